"""Every source there is: those that are declared, Watchfloor's own staff, and those that somebody once imported."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from core.catalog.queries import declared_access_sources
from core.errors import BadInput
from core.gate.people import members
from core.security.grants.importing import Asked
from core.security.grants.matching import Of
from core.security.grants.model import Source
from core.security.grants.queries import known_sources
from core.security.grants.sources.opening import Opened, open_source
from core.security.grants.sources.postgresql import database_at
from core.security.grants.sources.staff import ABOUT, KIND, OWN, own_staff

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from core.catalog.access import AccessSource

OWN_EVERY_S = 60.0
"""So often Watchfloor's own staff is compared."""


def sources_of(connection: Connection) -> list[Source]:
    """Returns every source by its name; of a declared one the catalog says where it lies and how often it is read."""
    known = known_sources(connection)
    found = dict(known)
    for each in declared_access_sources(connection).values():
        found[each.id] = _declared(each, known.get(each.id))
    if OWN in known or members(connection):
        own = known.get(OWN) or _unread(OWN, KIND, ABOUT)
        found[OWN] = replace(own, every_s=OWN_EVERY_S, is_declared=True)
    return [found[name] for name in sorted(found)]


def asked_of(declared: AccessSource, *, is_granting: bool = False, is_fewer_right: bool = False) -> Asked:
    """Returns what is known of a declared source beside what is read of it."""
    of = Of(declared.id, declared.about, declared.privileged, is_granting)
    return Asked(of, declared.path or declared.address, declared.owner, declared.every_s, is_fewer_right)


def own_asked() -> Asked:
    """Returns the same of Watchfloor's own staff."""
    return Asked(Of(OWN, ABOUT), every_s=OWN_EVERY_S)


def own_opened(connection: Connection) -> Opened | None:
    """Returns who may do what here; None where an embedded database belongs to whoever may write its file."""
    listing = own_staff(connection)
    if not listing.lines and OWN not in known_sources(connection):
        return None
    return Opened(listing, sha256(repr(listing.lines).encode()).hexdigest(), "Watchfloor's own staff")


def opened_of(declared: AccessSource, password: Callable[[], str | None]) -> Opened:
    """Reads what a declared source lists; not to be called for the database in use. Raises BadInput or Unavailable."""
    if declared.kind == "postgresql":
        if not declared.address:
            raise BadInput("is read through the connection in use", where=declared.id)
        return database_at(declared.address, password())
    return open_source(declared.path, declared.kind, declared.account)


def is_own_database(declared: AccessSource) -> bool:
    """Tells whether a source is the database that Watchfloor is in, which `own_database` reads."""
    return declared.kind == "postgresql" and not declared.address


def _declared(each: AccessSource, known: Source | None) -> Source:
    found = known or _unread(each.id, each.kind, each.about)
    return replace(
        found, kind=each.kind, about=each.about, path=each.path or each.address, owner=each.owner,
        every_s=each.every_s, is_declared=True,
    )  # fmt: skip


def _unread(name: str, kind: str, about: str) -> Source:
    return Source(name, kind, about, "", "", None, None, None, "", 0, is_declared=False)
