"""What a board shows of a component says how many procedures it has: its definition need not be read for that."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Adds the number; older programs may go on: where they leave it out, a procedure is looked for in vain, as before."""
    op.add_column("component", sa.Column("procedures", sa.Integer(), nullable=False, server_default="1"))
    op.execute(
        "UPDATE component SET procedures = 0 WHERE id IN (SELECT id FROM catalog_item "
        "WHERE kind = 'component' AND until IS NULL AND definition LIKE '%\"procedures\":[]%')"
    )
    op.execute("UPDATE schema_info SET version = 7")
