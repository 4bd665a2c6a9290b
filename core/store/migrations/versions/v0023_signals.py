"""Signs of a breach, what suppresses them, and how far each log was read."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_TEXTS = (
    "state", "severity", "rule", "title", "source", "place", "component", "whom", "day", "samples", "owner", "why",
    "judged_by", "words",
)  # fmt: skip
_NUMBERS = ("count", "told", "first_at", "last_at", "newest")


def upgrade() -> None:
    """Adds the tables; older programs go on, and read no logs."""
    op.create_table(
        "signal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _NUMBERS),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("judged_at", sa.BigInteger(), nullable=True),
        sa.Column("suppression", sa.Integer(), nullable=True),
        sa.Column("incident", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("signal_key", "signal", ["day", "rule", "source", "whom"], unique=True)
    op.create_index("signal_grave", "signal", ["state", "grade", "newest", "id"])
    op.create_index("signal_newest", "signal", ["newest", "id"])
    op.create_table(
        "suppression",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("state", "rule", "source", "whom", "owner", "reason", "made_by", "ended_by")
        ),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("suppression_ends", "suppression", ["state", "ends_at"])
    op.create_table(
        "log_reader",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("path", "place", "windows", "trouble")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("begun_at", "read_at")),
        sa.Column("line_at", sa.BigInteger(), nullable=True),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("lines", "used", "unkeyed", "cut", "wrong")
        ),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("gap_s", "off_s")),
        sa.PrimaryKeyConstraint("source"),
    )
    op.execute("UPDATE schema_info SET version = 23")
