"""The duty of watching, and who holds it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from core.store.lease import BEAT_S, LeaseSight, lease_of, leases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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


class AgentsSight:
    """The agents of all zones as one observer sees them, who looks again and again."""

    def __init__(self, home: LeaseSight | None = None) -> None:
        self._sights = {"": home or LeaseSight()}

    @property
    def home(self) -> LeaseSight:
        """Returns how the home zone's agent is seen."""
        return self._sights[""]

    def look(self, leases: Mapping[str, Lease]) -> None:
        """Takes in the leases that stand now, by zone; to be called at every look."""
        self.home.look(leases.get(""))
        for zone, held in leases.items():
            if zone:
                self._sights.setdefault(zone, LeaseSight()).look(held)

    @property
    def zones(self) -> frozenset[str]:
        """Returns the zones that have or had an agent."""
        return frozenset(zone for zone, seen in self._sights.items() if seen.held is not None)

    def of(self, zone: str) -> LeaseSight | None:
        """Returns how a zone's agent is seen; None where it never had one."""
        return self._sights.get(zone)

    def silent(self, zones: Iterable[str]) -> frozenset[str]:
        """Returns those of these zones at whose components no agent looks."""
        return frozenset(zone for zone in zones if (seen := self.of(zone)) is None or not seen.stands)

    @property
    def is_doubtful(self) -> bool:
        """Tells whether of some agent only another look can tell."""
        return any(seen.is_doubtful for seen in self._sights.values())


def look_at_agents(store: Store) -> AgentsSight:
    """Returns what is seen of the agents from here; waits for up to two beats where one look cannot tell."""
    seen = AgentsSight()
    seen.look(store.read(agents_of))
    ends = time.monotonic() + 2 * BEAT_S
    while seen.is_doubtful and time.monotonic() < ends:
        time.sleep(BEAT_S / 4)
        seen.look(store.read(agents_of))
    return seen
