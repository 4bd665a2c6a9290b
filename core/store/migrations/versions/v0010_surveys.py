"""Requesters are asked how satisfied they are."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Adds the table; older programs go on, and ask nobody."""
    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("survey_state", "scale", "token_digest")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("asked_at", "expires_at")),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("scored_at", sa.BigInteger(), nullable=True),
        sa.Column("scored_via", sa.Text(), nullable=False),
        sa.Column("follow_up", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("survey_state", "survey", ["survey_state", "expires_at"])
    op.execute("UPDATE schema_info SET version = 10")
