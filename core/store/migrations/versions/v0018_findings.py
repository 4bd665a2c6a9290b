"""Vulnerabilities of components, and the reports that named them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_TEXTS = (
    "vulnerability", "component", "package", "package_version", "fixed_in", "path", "severity", "title", "aliases", "url",
    "listed_due", "start", "due", "due_rule", "seen_in", "owner", "why", "justification", "accepted_until",
    "accepted_owner", "corrected_by", "proof",
)  # fmt: skip
_COUNTS = ("lines", "matched", "created", "changed", "closed", "reopened", "refused")
_INDEXES = {
    "due": ["is_open", "due", "grade", "id", "state", "owner", "is_listed", "epss"],
    "grade": ["is_open", "grade", "due", "id"], "number": ["is_open", "id"], "owner": ["is_open", "owner", "due", "id"],
    "component": ["is_open", "component", "due", "id"], "vulnerability": ["is_open", "vulnerability", "id"],
    "state": ["state", "due", "grade", "id"], "accepted": ["state", "accepted_until"], "any": ["due", "grade", "id"],
    "words": ["id", "words"],
}  # fmt: skip


def upgrade() -> None:
    """Adds the tables; older programs go on, and import nothing."""
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("is_graded", "is_listed", "restarts")),
        *(sa.Column(name, sa.Double(), nullable=True) for name in ("epss", "percentile")),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("corrected_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("in_time", sa.Integer(), nullable=True),
        sa.Column("is_open", sa.Integer(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("finding_key", "finding", ["component", "vulnerability", "package"], unique=True)
    for name, columns in _INDEXES.items():
        op.create_index(f"finding_{name}", "finding", columns)
    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("kind", "source", "scope", "components", "file", "digest")
        ),
        sa.Column("scanned_at", sa.BigInteger(), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.Column("refusals", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("scan_series", "scan", ["source", "scope", "scanned_at"])
    op.execute("UPDATE schema_info SET version = 18")
