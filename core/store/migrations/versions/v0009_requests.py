"""Requests have a table of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_WORDS = (
    "customer", "agreement", "service", "type", "component", "requester", "requester_name", "title", "text", "form",
    "source", "opened_by", "owner", "answered_by", "waiting_for", "held_why", "closed_by", "outcome",
)  # fmt: skip
_INSTANTS = ("agreement_since", "answered_at", "told_at", "wait_until", "delivered_at", "closed_at")


def upgrade() -> None:
    """Adds the table; older programs go on, and see no requests."""
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("priority", "impact", "urgency")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _WORDS),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in _INSTANTS),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("request_state", "request", ["state", "id"])
    op.create_index("request_requester", "request", ["requester", "id"])
    op.execute("UPDATE schema_info SET version = 9")
