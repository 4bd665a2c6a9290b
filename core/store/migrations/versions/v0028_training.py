"""What people completed of training, and how that stood where a review of access asks about their rights."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

_TEXTS = (
    "person", "training", "done_on", "evidence", "recorded_by", "withdrawn_by", "withdrawn_why",
)  # fmt: skip


def upgrade() -> None:
    """Adds both; older programs go on, and freeze no training: it is then shown as not looked at."""
    op.create_table(
        "training_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("training_record_of", "training_record", ["person", "training", "id"])
    op.add_column("access_item", sa.Column("training", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE schema_info SET version = 28")
