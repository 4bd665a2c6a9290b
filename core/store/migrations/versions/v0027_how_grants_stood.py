"""An item of a review says how its grant stood when the review opened: granted, or only found."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Adds what was not kept; older programs go on reading, and write no more: what they keep they would not grant."""
    if op.get_bind().dialect.name == "postgresql":  # the rules are laid anew at the end of every upgrade
        op.execute("DROP TRIGGER IF EXISTS guard ON access_item")
    op.add_column("access_item", sa.Column("stood", sa.Text(), nullable=False, server_default=""))
    op.execute(_STOOD)
    op.execute("UPDATE schema_info SET version = 27, min_writer = 27")


_STOOD = """
UPDATE access_item SET stood = coalesce((
    SELECT g.state FROM access_grant g WHERE g.id = access_item.grant_id AND g.version = access_item.grant_version
), '')
"""
"""What has changed since is not known any more, and stays empty."""
