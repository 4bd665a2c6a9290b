"""The journal is sealed: a row for each sealed batch, only ever added to."""

import sqlalchemy as sa
from alembic import op

from core.store.metadata import LONG_NUMBER

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes the table of seals; older programs may go on reading and writing, for they only add entries to seal."""
    op.create_table(
        "seal",
        sa.Column("n", LONG_NUMBER, nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("prev", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("sig", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("last"),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER seal_no_{verb.lower()} BEFORE {verb} ON seal "
                "BEGIN SELECT RAISE(ABORT, 'seals are only ever added to'); END"
            )
    op.execute("UPDATE schema_info SET version = 3")
