"""A text can be taken out of the journal and of the rows."""

from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Changes no table: a server's rules are laid anew. Older programs read on, and write no more: they seal nothing redacted."""
    op.execute("UPDATE schema_info SET version = 31, min_writer = 31")
