"""Corrective actions are kept whole: from what they came, why it happened, who approved, what shows it, and the check."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_TEXTS = (
    "source", "containment", "whys", "category", "approved_by", "measure", "check_on", "checker", "done_by", "overruled",
)  # fmt: skip
_INSTANTS = ("approved_at", "done_at")


def upgrade() -> None:
    """Adds what was not kept; older programs go on reading, and write no more: they would close without the check."""
    add = op.add_column
    if op.get_bind().dialect.name == "postgresql":  # the rules are laid anew at the end of every upgrade
        op.execute("DROP TRIGGER IF EXISTS guard ON corrective_action")
    add("corrective_action", sa.Column("origin", sa.Text(), nullable=False, server_default="by hand"))
    add("corrective_action", sa.Column("evidence", sa.Text(), nullable=False, server_default="[]"))
    for name in _TEXTS:
        add("corrective_action", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    for name in ("needs_approval", "recurred"):
        add("corrective_action", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    add("corrective_action", sa.Column("figure", sa.Integer(), nullable=True))
    for name in _INSTANTS:
        add("corrective_action", sa.Column(name, sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE corrective_action SET origin = 'incident', source = 'incident:' || incident WHERE incident IS NOT NULL"
    )
    op.execute("UPDATE corrective_action SET measure = 'component:' || component WHERE component <> ''")
    op.execute(_DONE)
    op.create_index("corrective_action_source", "corrective_action", ["source", "id"])
    op.execute("UPDATE schema_info SET version = 24, min_writer = 24")


_DONE = """
UPDATE corrective_action SET
    done_at = (SELECT max(at) FROM journal j WHERE j.subject_kind = 'action' AND j.subject_id = CAST(id AS text) AND j.kind = 'action.done'),
    done_by = coalesce((
        SELECT actor FROM journal j WHERE j.subject_kind = 'action' AND j.subject_id = CAST(id AS text) AND j.kind = 'action.done'
        ORDER BY seq DESC LIMIT 1
    ), '')
WHERE state IN ('done', 'closed')
"""
"""When and by whom what is done or closed was carried out, as the journal has it."""
