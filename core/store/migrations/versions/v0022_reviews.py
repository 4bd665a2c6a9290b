"""Reviews of access: frozen items, who has to say, what is staged and said; and requests for access."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_ITEM_TEXTS = (
    "state", "panel", "outcome", "silence", "source", "principal", "person", "entitlement", "thing", "owner", "reason",
    "granter", "since", "expires", "trouble", "words",
)  # fmt: skip
_ITEM_NUMBERS = ("review", "stage", "is_settled", "grade", "grant_id", "grant_version", "is_privileged")
_ITEM_INDEXES = {
    "grade": ["review", "grade", "id"],
    "state": ["review", "state", "outcome", "is_privileged"],
    "panel": ["review", "panel", "state", "is_settled"],
    "principal": ["review", "principal", "id"],
    "thing": ["review", "thing", "id"],
    "grant": ["grant_id", "id"],
    "ordered": ["state", "grant_id"],
}
_REQUEST_TEXTS = (
    "state", "person", "source", "principal", "entitlement", "thing", "reason", "asked_by", "ends_on", "decided_by", "why",
)  # fmt: skip


def upgrade() -> None:
    """Adds the tables; older programs go on, and review nothing."""
    _reviews()
    _items()
    _words()
    _requests()
    op.execute("UPDATE schema_info SET version = 22")


def _reviews() -> None:
    op.create_table(
        "access_review",
        *_columns(sa.Integer(), ("id", "version", "stage", "steps", "drawn", "privileged")),
        *_columns(
            sa.Text(), ("state", "name", "plan", "owner", "scheduled", "digest", "signed_by", "outcome")
        ),
        sa.Column("occasion", sa.Text(), nullable=True),
        *_instants(("stage_at", "due_at", "next_at", "drawn_at", "decided_at", "signed_at")),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("occasion"),
    )
    op.create_index("access_review_state", "access_review", ["state", "next_at"])


def _items() -> None:
    op.create_table(
        "access_item",
        *_columns(sa.Integer(), ("id", *_ITEM_NUMBERS)),
        *_columns(sa.Text(), _ITEM_TEXTS),
        *_instants(("last_used", "ordered_at", "done_at")),
        sa.PrimaryKeyConstraint("id"),
    )
    for name, columns in _ITEM_INDEXES.items():
        op.create_index(f"access_item_{name}", "access_item", columns)


def _words() -> None:
    op.create_table(
        "access_seat",
        *_columns(sa.Integer(), ("review", "stage", "is_asked")),
        *_columns(sa.Text(), ("panel", "reviewer", "alias", "why")),
        sa.PrimaryKeyConstraint("review", "stage", "panel", "reviewer"),
    )
    for name, who, at in (("answer", "said_by", "said_at"), ("staged", "reviewer", "staged_at")):
        op.create_table(
            f"access_{name}",
            *_columns(sa.Integer(), ("item", "stage", "review")),
            *_columns(sa.Text(), (who, "decision", "reason", "until")),
            sa.Column(at, sa.BigInteger(), nullable=False),
            sa.Column("took_ms", sa.Integer(), nullable=True),
            sa.PrimaryKeyConstraint("item", "stage", who),
        )
    op.create_index("access_answer_review", "access_answer", ["review", "said_by", "stage"])
    op.create_index("access_staged_review", "access_staged", ["review", "reviewer", "staged_at"])
    op.create_table(
        "access_known",
        *_columns(sa.Text(), ("person", "role")),
        sa.Column("is_gone", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )


def _requests() -> None:
    op.create_table(
        "access_request",
        *_columns(sa.Integer(), ("id", "version", "days")),
        *_columns(sa.Text(), _REQUEST_TEXTS),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=True),
        *_instants(("next_at", "decided_at", "ended_at")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("access_request_state", "access_request", ["state", "next_at"])


def _columns(kind: sa.types.TypeEngine[Any], names: tuple[str, ...]) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _instants(names: tuple[str, ...]) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger(), nullable=True) for name in names]
