"""Watchfloor's own staff: a source that is always there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.gate.people import StaffState, members
from core.gate.rights import Role
from core.security.grants.sources.model import Collector, Line

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.gate.people import Member
    from core.security.grants.sources.model import Listing

OWN: Final = "watchfloor-staff"
"""The name of the source that Watchfloor itself is."""
KIND: Final = "staff"
ABOUT: Final = "service:watchfloor"
_PRIVILEGED: Final = frozenset({Role.ADMIN, Role.LEAD})


def listing_of(people: list[Member]) -> Listing:
    """Returns who may do what here; one who is kept out has no right."""
    found = Collector()
    for each in people:
        if each.state is StaffState.SUSPENDED:
            found.skip("people who are suspended")
            continue
        found.add(Line(
            f"staff {each.login}", each.login, f"role {each.role}", is_privileged=each.role in _PRIVILEGED,
            since=each.since.date(), said=each.name if each.name != each.login else "",
        ))  # fmt: skip
    return found.listing(KIND)


def own_staff(connection: Connection) -> Listing:
    """Returns who may do what in this database; nobody where an embedded one belongs to whoever may write its file."""
    return listing_of(members(connection))
