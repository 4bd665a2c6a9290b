"""Revised thresholds."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_TEXTS = (
    "state", "component", "warning", "critical", "warning_clear", "critical_clear", "declared", "owner", "reason", "made_by",
    "ended_by", "why_ended",
)  # fmt: skip


def upgrade() -> None:
    """Adds the table; older programs read on: an agent of theirs would judge by the catalog alone."""
    op.create_table(
        "threshold_revision",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.Column("weakens", sa.Boolean(), nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("threshold_revision_ends", "threshold_revision", ["state", "ends_at"])
    op.create_index("threshold_revision_of", "threshold_revision", ["component", "state"])
    op.execute("UPDATE schema_info SET version = 25, min_writer = 25")
