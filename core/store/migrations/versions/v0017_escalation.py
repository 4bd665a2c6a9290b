"""Overrides of rotas, escalations and their steps."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Makes the tables; older programs may go on: what they open has no escalation, which the agent then begins."""
    op.create_table(
        "rota_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rota", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("rota_override_until", "rota_override", ["until_at", "rota"])
    op.create_table(
        "escalation",
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("policy_since", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("nobody_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id"),
        sqlite_with_rowid=False,
    )
    for column in ("next_at", "nobody_at"):
        op.create_index(
            f"escalation_{column.removesuffix('_at')}",
            "escalation",
            [column],
            sqlite_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_table(
        "escalation_step",
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("cycle", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("step", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("round", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", "cycle", "step", "round"),
        sqlite_with_rowid=False,
    )
    op.execute("UPDATE schema_info SET version = 17")
