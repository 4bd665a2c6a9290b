"""What a window covers, found out from what is declared: checked before it is planned, and asked again while it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core.catalog.nearest import did_you_mean
from core.catalog.queries import declared_components
from core.catalog.tables import component
from core.desk.queries import held_incidents
from core.errors import BadInput, NotFound
from core.monitoring.reachability import Dependencies
from core.operations.windows.model import HOME, Scope, Touched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from core.catalog.model import Component

_DECLARED = select(component.c.id, component.c.service, component.c.zone).order_by(component.c.id)


def checked_scope(
    connection: Connection, components: Iterable[str], services: Iterable[str] = (), zones: Iterable[str] = ()
) -> Scope:
    """Returns what is named so. Raises NotFound for what is not declared or holds no component, BadInput where nothing is named."""
    rows = connection.execute(_DECLARED).all()
    known = {
        "component": {row.id for row in rows}, "service": {row.service for row in rows if row.service},
        "zone": {row.zone or HOME for row in rows},
    }  # fmt: skip
    asked = {
        "component": sorted(set(components)), "service": sorted(set(services)), "zone": sorted(set(zones)),
    }  # fmt: skip
    for what, names in asked.items():
        for name in names:
            if name not in known[what]:
                words = "with components " if what != "component" else ""
                raise NotFound(
                    f"there is no {what} {words}{name!r}",
                    next_step=did_you_mean(name, sorted(known[what]), "watchfloor board lists them"),
                )
    if not any(asked.values()):
        raise BadInput(
            "a window covers something", where="component",
            next_step="Nothing was changed. Name components, a service or a zone",
        )  # fmt: skip
    return Scope(*(tuple(names) for names in asked.values()))


def scope_said(text: str) -> Scope:
    """Returns what is said in one line: `db-main db-spare`, `service:shop`, `zone:ams`, with blanks or commas between. Pure, unchecked."""
    found: dict[str, list[str]] = {"": [], "service": [], "zone": []}
    for word in text.replace(",", " ").split():
        kind, _, name = word.rpartition(":")
        if kind not in found:
            raise BadInput(
                f"{word[:60]!r} is no part of a window", where="covers",
                next_step="Write components, service:NAME or zone:NAME, with blanks between",
            )  # fmt: skip
        found[kind].append(name)
    return Scope(*(tuple(names) for names in found.values()))


def covered_by(connection: Connection, scopes: Sequence[Scope]) -> dict[str, list[int]]:
    """Returns every declared component that is covered, by id, with the places of the scopes in `scopes` that cover it."""
    found: dict[str, list[int]] = {}
    if not scopes:
        return found
    for row in connection.execute(_DECLARED):
        places = [place for place, scope in enumerate(scopes) if scope.holds(*row)]
        if places:
            found[row.id] = places
    return found


def touched(connection: Connection, scope: Scope) -> Touched:
    """Returns what a window over this would touch now."""
    covered = tuple(covered_by(connection, [scope]))
    under = frozenset(covered)
    declared = declared_components(connection)
    services = tuple(sorted({declared[name].service for name in covered if name in declared} - {""}))
    standing = tuple(
        f"{each.label} (major)" if each.is_major else each.label
        for each in held_incidents(connection, closed=0)
        if each.state.is_unsolved and each.component in under
    )
    return Touched(covered, services, cut_off(declared, covered), standing)


def cut_off(declared: Mapping[str, Component], down: Iterable[str]) -> tuple[str, ...]:
    """Returns what could not be reached if these were down: what has a need that too few others would meet. Pure."""
    gone = set(down)
    behind: list[str] = []
    for name in Dependencies(declared).affected_by(gone):
        needs = declared[name].needs if name in declared else ()
        if name not in gone and any(
            sum(each not in gone for each in need.of) < need.at_least for need in needs
        ):
            gone.add(name)
            behind.append(name)
    return tuple(behind)
