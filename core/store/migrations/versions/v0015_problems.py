"""Problems have a table of their own; an incident may belong to one, and may be a major incident."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_WORDS = (
    "state", "title", "component", "service", "owner", "cause", "workaround", "solution", "opened_by", "solved_by",
    "closed_by", "outcome",
)  # fmt: skip
_INSTANTS = ("known_at", "solved_at", "closed_at")
_OF_INCIDENT = {
    "problem": sa.Integer, "declared_at": sa.BigInteger, "commander": sa.Text, "roles": sa.Text, "update_every_s": sa.Integer,
    "stood_down_at": sa.BigInteger, "review": sa.Text, "review_owner": sa.Text, "review_due": sa.Text,
    "review_outcome": sa.Text, "review_action": sa.Integer,
}  # fmt: skip


def upgrade() -> None:
    """Adds the table and the columns; older programs go on, and see no problems and no major incidents."""
    op.create_table(
        "problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _WORDS),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in _INSTANTS),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("problem_state", "problem", ["state", "id"])
    for name, type_ in _OF_INCIDENT.items():
        op.add_column("incident", sa.Column(name, type_(), nullable=True))
    op.create_index(
        "incident_problem",
        "incident",
        ["problem", "id"],
        sqlite_where=sa.text("problem IS NOT NULL"),
        postgresql_where=sa.text("problem IS NOT NULL"),
    )
    op.create_index(
        "incident_major",
        "incident",
        ["declared_at", "id"],
        sqlite_where=sa.text("declared_at IS NOT NULL"),
        postgresql_where=sa.text("declared_at IS NOT NULL"),
    )
    op.create_index("incident_opened", "incident", ["opened_at", "component"])
    op.execute("UPDATE schema_info SET version = 15")
