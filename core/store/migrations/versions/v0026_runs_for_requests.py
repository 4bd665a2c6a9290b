"""A run says for which request it was begun, and against which clause of an agreement."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Adds both; older programs go on reading, and write no more: they would begin runs and ask no agreement."""
    op.add_column("run", sa.Column("request", sa.Integer(), nullable=True))
    op.add_column("run", sa.Column("despite", sa.Text(), nullable=False, server_default=""))
    op.create_index("run_request", "run", ["request", "id"])
    op.execute("UPDATE schema_info SET version = 26, min_writer = 26")
