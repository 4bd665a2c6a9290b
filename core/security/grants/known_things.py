"""Whether there is what somebody names: a source of grants, and what a right may be on. A name that means nothing is refused early."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core.catalog.nearest import did_you_mean, listed, nearest
from core.catalog.queries import declared_access_sources, declared_components, declared_services
from core.errors import BadInput
from core.printable import printable
from core.security.grants.queries import known_sources
from core.security.grants.sources.staff import OWN
from core.security.grants.tables import access_grant

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

_C = access_grant.c
_NOTHING = "Nothing was changed"
DECLARED_KINDS = ("component", "service")
"""What of the things that rights are on the catalog declares; hosts it does not."""


def check_source(connection: Connection, source: str) -> None:
    """Raises BadInput for a source that is neither declared nor was ever read."""
    known = {OWN, *declared_access_sources(connection), *known_sources(connection)}
    if source in known or _is_any(connection, source):
        return
    raise BadInput(
        f"{printable(source, 60)!r} is no source of grants: none of that name is declared, or was read", where="source",
        next_step=f"{_NOTHING}. {did_you_mean(source, known, f'Sources: {listed(known)}')}",
    )  # fmt: skip


def check_about(connection: Connection, about: str) -> None:
    """Raises BadInput for a component or a service that is not declared. Where none is declared at all, any is."""
    declared = _declared(connection)
    if not declared or about in declared or about.partition(":")[0] not in DECLARED_KINDS:
        return
    raise _not_declared(about, declared, "about")


def check_on(connection: Connection, source: str, on: str) -> None:
    """Raises BadInput for something that no right of a source can be on.

    That is a component or a service that is not declared, or anything else of which the source neither speaks nor has ever
    shown a right on it.
    """
    if on.partition(":")[0] in DECLARED_KINDS:
        declared = _declared(connection)
        if declared and on not in declared:
            raise _not_declared(on, declared, "on")
        return
    here = declared_access_sources(connection).get(source) or known_sources(connection).get(source)
    if (here is not None and here.about == on) or _is_any(connection, source, on):
        return
    things = {here.about} if here is not None else set()
    things |= set(connection.scalars(select(_C.thing).where(_C.source == source).distinct().limit(200)))
    raise BadInput(
        f"{printable(on, 60)!r} is nothing that {source} has rights on", where="on",
        next_step=f"{_NOTHING}. {did_you_mean(on, things, f'It has rights on: {listed(things)}')}",
    )  # fmt: skip


class Things:
    """What the catalog declares of what rights may be on, asked for many lines of a list."""

    def __init__(self, connection: Connection) -> None:
        self._declared = _declared(connection)
        self._why: dict[str, str] = {}

    def why_not(self, on: str) -> str:
        """Returns why nothing can be granted on something: it is a component or a service that is not declared. Else nothing."""
        if not self._declared or on in self._declared or on.partition(":")[0] not in DECLARED_KINDS:
            return ""
        if on not in self._why:
            self._why[on] = (
                f"{printable(on, 60)!r} is not declared in the catalog. {_nearest(on, self._declared)}"
            )
        return self._why[on]


def _declared(connection: Connection) -> set[str]:
    components = (f"component:{name}" for name in declared_components(connection))
    return {*components, *(f"service:{name}" for name in declared_services(connection))}


def _not_declared(name: str, declared: Collection[str], where: str) -> BadInput:
    """Returns what is wrong, with the nearest name of the same kind."""
    return BadInput(
        f"{printable(name, 60)!r} is not declared in the catalog",
        where=where,
        next_step=f"{_NOTHING}. {_nearest(name, declared)}",
    )


def _nearest(name: str, declared: Collection[str]) -> str:
    """Returns the question for the nearest name of the same kind, else which there are: all names of a kind begin alike."""
    kind, _, bare = name.partition(":")
    near = nearest(bare, [each.partition(":")[2] for each in declared if each.startswith(f"{kind}:")])
    alike = listed(each for each in declared if each.startswith(f"{kind}:"))
    if near:
        return f'Did you mean "{kind}:{near}"?'
    return f"Declared: {alike}" if alike else f"No {kind} is declared"


def _is_any(connection: Connection, source: str, on: str = "") -> bool:
    query = select(_C.id).where(_C.source == source)
    if on:
        query = query.where(_C.thing == on)
    return connection.execute(query.limit(1)).first() is not None
