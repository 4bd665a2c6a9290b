"""The clocks of agreements beside the items they are of, when something is to be said of each, and when a status was told last."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Adds the clocks, which the agent fills from the journal; what an older program that goes on leaves behind, it mends."""
    op.add_column("incident", sa.Column("told_at", sa.BigInteger(), nullable=True))
    op.add_column("incident", sa.Column("due", sa.BigInteger(), nullable=True))
    op.add_column("request", sa.Column("due", sa.BigInteger(), nullable=True))
    for table in ("incident", "request"):
        op.create_index(
            f"{table}_due", table, ["due", "id"], unique=False, sqlite_where=sa.text("due IS NOT NULL")
        )
    op.create_index(
        "request_wait_until",
        "request",
        ["wait_until"],
        unique=False,
        sqlite_where=sa.text("wait_until IS NOT NULL"),
    )
    op.create_table(
        "clock",
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agreement_since", sa.BigInteger(), nullable=False),
        sa.Column("calendar_version", sa.Integer(), nullable=False),
        sa.Column("allowed_s", sa.Double(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("risk_at", sa.BigInteger(), nullable=True),
        sa.Column("met_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("broken_at", sa.BigInteger(), nullable=True),
        sa.Column("warned_at", sa.BigInteger(), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", "agreement", "kind"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "clock_next", "clock", ["next_at"], unique=False, sqlite_where=sa.text("next_at IS NOT NULL")
    )
    op.execute("UPDATE schema_info SET version = 11")
