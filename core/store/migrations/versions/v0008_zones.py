"""Components belong to zones, each watched by an agent of its own; probes are numbered apart from what they found."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Adds the zone and the table of numbers; older programs may go on, but an older agent knows of no zones."""
    op.add_column("component", sa.Column("zone", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "probe_number",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("probe", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("component", "probe"),
    )
    op.execute(
        "INSERT INTO probe_number (number, component, probe) SELECT number, component, probe FROM probe_state"
    )
    op.execute("UPDATE schema_info SET version = 8")
