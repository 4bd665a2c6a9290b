"""The first schema."""

from alembic import op

from core.store.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes every table."""
    metadata.create_all(op.get_bind())
    op.execute("INSERT INTO schema_info (id, version, min_reader, min_writer) VALUES (1, 1, 1, 1)")
