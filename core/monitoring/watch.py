"""The duty of watching, and who holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.store.lease import lease_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.store.lease import Lease

DUTY = "agent"


def agent_of(connection: Connection) -> Lease | None:
    """Returns the lease of the agent in force, live or not; None when none ever ran."""
    return lease_of(connection, DUTY)
