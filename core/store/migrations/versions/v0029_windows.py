"""Maintenance windows, and the mark of one on the components it holds for."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

_TEXTS = ("state", "scope", "owner", "reason", "zone", "every", "at", "last_on", "made_by", "ended_by")
_INSTANTS = ("begins_at", "ends_at", "made_at")


def upgrade() -> None:
    """Adds the table and the marks; older programs read on, and write no more: they would raise what is planned."""
    if op.get_bind().dialect.name == "postgresql":  # the rules are laid anew at the end of every upgrade
        op.execute("DROP TRIGGER IF EXISTS guard ON component_state")
    op.create_table(
        "maintenance_window",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("id", "version", "length_s")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _INSTANTS),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in ("began_at", "ended_at")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("maintenance_window_state", "maintenance_window", ["state", "ends_at"])
    op.add_column("component_state", sa.Column("window_id", sa.Integer(), nullable=True))
    op.add_column("component_state", sa.Column("window_until", sa.BigInteger(), nullable=True))
    op.execute("UPDATE schema_info SET version = 29, min_writer = 29")
