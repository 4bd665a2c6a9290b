"""Under which agreements an item stands, as they and their calendars were in force, read from the catalog's versions.

An item under an agreement that was chosen for it goes by that one; any other by all that covered its service when it was
opened.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, bindparam, or_, select

from core.catalog.codec import decode
from core.catalog.model import Agreement, Calendar, Staff
from core.catalog.tables import catalog_item
from core.desk.agreements.targets import Terms
from core.desk.hours.service_hours import ServiceHours

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from core.desk.clocks.told import Covered, Told

EVER = 2**62
_ITEM = catalog_item.c
_VERSIONS = select(_ITEM.kind, _ITEM.id, _ITEM.version, _ITEM.definition, _ITEM.since, _ITEM.until)
_STOOD = and_(_ITEM.since <= bindparam("at"), or_(_ITEM.until.is_(None), _ITEM.until > bindparam("at")))
_ALL = _VERSIONS.where(_ITEM.kind.in_(("agreement", "calendar", "staff")))
_AGREEMENTS = _VERSIONS.where(
    _ITEM.kind == "agreement",
    or_(
        _ITEM.id.in_(bindparam("chosen", expanding=True)),
        and_(_STOOD, _ITEM.definition.contains(bindparam("service"))),
    ),
)
_BESIDE = _VERSIONS.where(
    or_(
        and_(_ITEM.kind == "calendar", _ITEM.id.in_(bindparam("calendars", expanding=True))),
        _ITEM.kind == bindparam("also"),
    )
)


class _Version(NamedTuple):
    kind: str
    id: str
    version: int
    definition: str
    since: int
    until: int | None

    def stood_at(self, at: int) -> bool:
        return self.since <= at and (self.until is None or self.until > at)


class Versions:
    """Versions of agreements, of calendars and of the staff's addresses."""

    def __init__(self, rows: Iterable[Sequence[object]]) -> None:
        self._versions = sorted(_Version(*row) for row in rows)  # type: ignore[arg-type]
        self._turns = sorted(
            {each.since for each in self._versions} | {each.until or EVER for each in self._versions}
        )
        self._standing: dict[int, dict[tuple[str, str], _Version]] = {}
        self._covering: dict[tuple[str, int], list[Terms]] = {}
        self._addresses: dict[int, dict[str, str]] = {}

    def terms(self, service: str, at: int, told: Sequence[Told]) -> list[Terms]:
        """Returns the terms of an item that was opened at an instant (microseconds UTC), each for as long as it stood under them."""
        chosen = [(each.at, each.covered) for each in told if each.covered is not None]
        if not chosen:
            return [each for each in self._covering_at(service, at) if each.is_in_force(at)]
        found: list[Terms] = []
        ends = [begun for begun, _ in chosen[1:]] + [EVER]
        for (begun, covered), end in zip(chosen, ends, strict=True):
            terms = self._chosen(covered, at) if covered.agreement else self.terms(service, at, ())
            found += [each._replace(begun=0 if begun == told[0].at else begun, until=end) for each in terms]
        return found

    def addresses(self, at: int) -> dict[str, str]:
        """Returns the addresses of the staff as they were at an instant, by login in small letters."""
        turn = bisect_right(self._turns, at)
        if turn not in self._addresses:
            staff = (_person(each.definition) for each in self._at(at).values() if each.kind == "staff")
            self._addresses[turn] = {
                (each.login or each.id).lower(): each.email for each in staff if each.email
            }
        return self._addresses[turn]

    def _covering_at(self, service: str, at: int) -> list[Terms]:
        key = service, bisect_right(self._turns, at)
        if key not in self._covering:
            standing = self._at(at).values()
            found = [
                each for each in standing if each.kind == "agreement" and f'"{service}"' in each.definition
            ]
            self._covering[key] = [
                self._terms(each, at) for each in found if service in _agreement(each.definition).services
            ]
        return self._covering[key]

    def _chosen(self, covered: Covered, at: int) -> list[Terms]:
        """Returns the terms of an agreement in the version that was chosen; where that is not said, of the opening."""
        since = at if covered.since is None else covered.since
        found = self._at(since).get(("agreement", covered.agreement))
        return [] if found is None else [self._terms(found, max(at, since))]

    def _terms(self, version: _Version, at: int) -> Terms:
        agreement = _agreement(version.definition)
        calendar = self._at(at).get(("calendar", agreement.calendar))
        hours = _hours(calendar.definition) if calendar else ServiceHours()
        return Terms(agreement, hours, version.version, version.since, calendar.version if calendar else 0)

    def _at(self, at: int) -> dict[tuple[str, str], _Version]:
        turn = bisect_right(self._turns, at)
        if turn not in self._standing:
            self._standing[turn] = {
                (each.kind, each.id): each for each in self._versions if each.stood_at(at)
            }
        return self._standing[turn]


def all_versions(connection: Connection) -> Versions:
    """Returns every version, for many items."""
    return Versions(connection.execute(_ALL).all())


def versions_for(connection: Connection, service: str, at: int, told: Sequence[Told]) -> Versions:
    """Returns the versions that one item goes by, which was opened at an instant (microseconds UTC)."""
    chosen = {each.covered.agreement for each in told if each.covered is not None}
    rows = connection.execute(
        _AGREEMENTS, {"at": at, "service": f'"{service}"', "chosen": sorted(chosen)}
    ).all()
    if not rows:
        return Versions(())
    asks_itself = any(each.owner for each in told) and any(each.requester for each in told)
    calendars = sorted({_agreement(row.definition).calendar for row in rows})
    beside = {"calendars": calendars, "also": "staff" if asks_itself else ""}
    return Versions([*rows, *connection.execute(_BESIDE, beside).all()])


# A definition never changes: what it says is found once.


@lru_cache(maxsize=1024)
def _agreement(definition: str) -> Agreement:
    return decode(Agreement, json.loads(definition))


@lru_cache(maxsize=1024)
def _hours(definition: str) -> ServiceHours:
    return ServiceHours(decode(Calendar, json.loads(definition)))


@lru_cache(maxsize=4096)
def _person(definition: str) -> Staff:
    return decode(Staff, json.loads(definition))
