"""Indexes by which a page of the queue is read in the order wanted, however many requests there ever were."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_NEXT_DUE = "coalesce(due, 4611686018427387904)"
_IN_SIGHT = "state NOT IN ('cancelled', 'closed', 'merged', 'refused')"


def upgrade() -> None:
    """Adds the indexes; older programs may go on."""
    op.create_index(
        "request_in_sight", "request", [sa.text(_NEXT_DUE), "priority", "id", "state", "owner", "snoozed_until"],
        sqlite_where=sa.text(_IN_SIGHT), postgresql_where=sa.text(_IN_SIGHT),
    )  # fmt: skip
    op.create_index("request_all_due", "request", [sa.text(_NEXT_DUE), "priority", "id"])
    op.execute("UPDATE schema_info SET version = 16")
