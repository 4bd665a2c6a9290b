"""Open samples have numbers, and how far their packing came is kept."""

import sqlalchemy as sa
from alembic import op

from core.store.metadata import LONG_NUMBER

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Numbers the open samples in the order they came; older programs may read on, but no longer write."""
    op.rename_table("sample_open", "sample_unnumbered")
    op.create_table(
        "sample_open",
        sa.Column("id", LONG_NUMBER, nullable=False),
        sa.Column("probe", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_bind().dialect.name == "sqlite":  # no other database ever held unnumbered ones
        op.execute(
            "INSERT INTO sample_open (probe, at, value, state) "
            "SELECT probe, at, value, state FROM sample_unnumbered ORDER BY rowid"
        )
    op.drop_table("sample_unnumbered")
    op.create_table(
        "sample_packing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("through", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("INSERT INTO sample_packing (id, upto, through, last) VALUES (1, 0, 0, 0)")
    op.execute("UPDATE schema_info SET version = 2, min_writer = 2")
