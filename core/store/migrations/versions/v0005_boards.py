"""What the journal says of every component is kept now and then, so that a past instant is quickly told."""

import sqlalchemy as sa
from alembic import op

from core.store.metadata import LONG_NUMBER

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Makes the table; programs that do not know it read and write as before."""
    op.create_table(
        "board",
        sa.Column("seq", LONG_NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.execute("UPDATE schema_info SET version = 5")
