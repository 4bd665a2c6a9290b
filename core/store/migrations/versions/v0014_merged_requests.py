"""What was merged into a request is found without looking at all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Makes the index; older programs may go on."""
    op.create_index(
        "request_merged_into", "request", ["merged_into"], sqlite_where=sa.text("merged_into IS NOT NULL")
    )
    op.execute("UPDATE schema_info SET version = 14")
