"""Requests through their whole life: links between items, watchers, snoozing, approvals, checklists."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    """Adds them; older programs go on, and neither snooze nor ask for an approval."""
    op.add_column("request", sa.Column("snoozed_until", sa.BigInteger(), nullable=True))
    op.add_column("request", sa.Column("snoozed_by", sa.Text(), nullable=True))
    op.create_index(
        "request_snoozed_until",
        "request",
        ["snoozed_until"],
        sqlite_where=sa.text("snoozed_until IS NOT NULL"),
    )
    op.create_table(
        "item_link",
        *_words("from_kind"),
        sa.Column("from_id", sa.Integer(), nullable=False, autoincrement=False),
        *_words("to_kind"),
        sa.Column("to_id", sa.Integer(), nullable=False, autoincrement=False),
        *_words("relation"),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        *_words("linked_by"),
        sa.PrimaryKeyConstraint("from_kind", "from_id", "to_kind", "to_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("item_link_to", "item_link", ["to_kind", "to_id"])
    op.create_table(
        "watcher",
        *_words("about_kind"),
        sa.Column("about_id", sa.Integer(), nullable=False, autoincrement=False),
        *_words("watcher"),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("about_kind", "about_id", "watcher"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_words("approval_state"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("approval_round", "approval_needed")),
        *_words("approvers"),
        sa.Column("approval_asked_at", sa.BigInteger(), nullable=False),
        *(
            sa.Column(f"approval_{name}", sa.BigInteger(), nullable=True)
            for name in ("expires_at", "next_at")
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "approval_next",
        "approval",
        ["approval_next_at"],
        sqlite_where=sa.text("approval_next_at IS NOT NULL"),
    )
    op.create_table(
        "approval_vote",
        sa.Column("request", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("approval_round", sa.Integer(), nullable=False, autoincrement=False),
        *_words("voted_by", "vote", "vote_why"),
        sa.Column("voted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("request", "approval_round", "voted_by"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checklist_item",
        sa.Column("request", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("place", sa.Integer(), nullable=False, autoincrement=False),
        *_words("text"),
        sa.Column("is_mandatory", sa.Boolean(), nullable=False),
        *_words("ticked_by"),
        sa.Column("ticked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("request", "place"),
        sqlite_with_rowid=False,
    )
    op.execute("UPDATE schema_info SET version = 13")
