"""The duty of watching, and who holds it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from core.store.lease import BEAT_S, LeaseSight, lease_of, leases

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.store.lease import Lease
    from core.store.store import Store

DUTY = "agent"
"""Watching the home zone. Each other zone is a duty of its own."""


def duty_of(zone: str) -> str:
    """Returns the duty of watching a zone; the home zone's name is empty."""
    return f"{DUTY}:{zone}" if zone else DUTY


def agent_of(connection: Connection, zone: str = "") -> Lease | None:
    """Returns the lease of a zone's agent in force, live or not; None when none ever ran."""
    return lease_of(connection, duty_of(zone))


def agents_of(connection: Connection) -> dict[str, Lease]:
    """Returns the lease of the agent of each zone that ever had one, by zone."""
    found = leases(connection, DUTY)
    return {held.duty.removeprefix(DUTY).removeprefix(":"): held for held in found}


def look_at_agent(store: Store) -> LeaseSight:
    """Returns what is seen of the agent from here; waits for up to two beats where one look cannot tell."""
    seen = LeaseSight()
    seen.look(store.read(agent_of))
    ends = time.monotonic() + 2 * BEAT_S
    while seen.is_doubtful and time.monotonic() < ends:
        time.sleep(BEAT_S / 4)
        seen.look(store.read(agent_of))
    return seen
