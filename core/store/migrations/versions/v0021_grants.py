"""Who has which right on what, the sources it is read from, and what each reading changed."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_TEXTS = (
    "state", "source", "principal", "person", "entitlement", "thing", "owner", "reason", "granter", "since", "expires",
    "said", "due", "why", "decided_by", "words",
)  # fmt: skip
_NUMBERS = ("version", "is_privileged", "is_granted", "is_found", "is_open", "place")
_INSTANTS = ("last_used", "found_at", "decided_at", "ended_at")
_INDEXES = {
    "standing": ["is_open", "place", "id", "is_privileged", "expires"],
    "expires": ["is_open", "expires", "id", "is_granted"],
    "principal": ["is_open", "principal", "id"],
    "thing": ["is_open", "thing", "entitlement", "id"],
    "source": ["is_open", "source", "id"],
    "person": ["person", "is_open", "id"],
    "due": ["state", "due"],
    "words": ["id", "words"],
}
_COUNTS = ("is_granting", "lines", "matched", "created", "changed", "gone", "back", "refused")


def upgrade() -> None:
    """Adds the tables; older programs go on, and read no sources."""
    op.create_table(
        "access_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _NUMBERS),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in _INSTANTS),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "access_grant_key", "access_grant", ["source", "principal", "entitlement", "thing"], unique=True
    )
    for name, columns in _INDEXES.items():
        op.create_index(f"access_grant_{name}", "access_grant", columns)
    op.create_table(
        "access_source",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "kind", "about", "path", "owner")),
        sa.Column("every_s", sa.Double(), nullable=True),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.Column("good_at", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("trouble", "digest")),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "access_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("source", "kind", "file", "digest", "read_by", "refusals")
        ),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("access_reading_source", "access_reading", ["source", "id"])
    op.execute("UPDATE schema_info SET version = 21")
