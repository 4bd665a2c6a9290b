"""Which agreements cover a service, as they and their calendars were in force at an instant, read from the catalog's versions."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, or_, select

from core.catalog.codec import decode
from core.catalog.model import Agreement, Calendar
from core.catalog.tables import catalog_item
from core.desk.service_hours import ServiceHours
from core.desk.targets import Terms

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ITEM = catalog_item.c
_VERSIONS = (
    select(_ITEM.kind, _ITEM.id, _ITEM.version, _ITEM.definition, _ITEM.since, _ITEM.until)
    .where(_ITEM.kind.in_(("agreement", "calendar")))
    .order_by(_ITEM.kind, _ITEM.id, _ITEM.version)
)  # fmt: skip
_STOOD = (_ITEM.since <= bindparam("at"), or_(_ITEM.until.is_(None), _ITEM.until > bindparam("at")))
_COVERING = (
    select(_ITEM.kind, _ITEM.id, _ITEM.version, _ITEM.definition, _ITEM.since, _ITEM.until)
    .where(
        _ITEM.kind == "agreement",
        *_STOOD,
        _ITEM.definition.contains(bindparam("service"), autoescape=False),
    )
    .order_by(_ITEM.id)
)
_CALENDAR = select(_ITEM.kind, _ITEM.id, _ITEM.version, _ITEM.definition, _ITEM.since, _ITEM.until).where(
    _ITEM.kind == "calendar", _ITEM.id == bindparam("calendar"), *_STOOD
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


class AllTerms:
    """Every version of every agreement and calendar, read once for many items."""

    def __init__(self, connection: Connection) -> None:
        self._versions = [_Version(*row) for row in connection.execute(_VERSIONS)]
        self._found: dict[tuple[str, int], list[Terms]] = {}
        self._turns = sorted(
            {each.since for each in self._versions} | {each.until for each in self._versions if each.until}
        )

    def covering(self, service: str, at: int) -> list[Terms]:
        """Returns the terms of the agreements that covered a service at an instant (microseconds UTC)."""
        from bisect import bisect_right

        key = service, bisect_right(self._turns, at)
        if key not in self._found:
            standing = {(each.kind, each.id): each for each in self._versions if each.stood_at(at)}
            self._found[key] = [
                _terms(version, standing.get(("calendar", agreement.calendar)))
                for version in standing.values()
                if (agreement := _agreement_for(version, service)) is not None
            ]
        return self._found[key]


def terms_covering(connection: Connection, service: str, at: int) -> list[Terms]:
    """Returns the terms of the agreements that covered a service at an instant (microseconds UTC), for one item."""
    found = []
    for row in connection.execute(_COVERING, {"at": at, "service": f'"{service}"'}).all():
        version = _Version(*row)
        agreement = _agreement_for(version, service)
        if agreement is not None:
            calendar = connection.execute(_CALENDAR, {"at": at, "calendar": agreement.calendar}).first()
            found.append(_terms(version, _Version(*calendar) if calendar else None))
    return found


def _agreement_for(version: _Version, service: str) -> Agreement | None:
    if version.kind != "agreement" or f'"{service}"' not in version.definition:
        return None
    agreement = _agreement(version.definition)
    return agreement if service in agreement.services else None


def _terms(version: _Version, calendar: _Version | None) -> Terms:
    hours = _hours(calendar.definition) if calendar else ServiceHours()
    return Terms(
        _agreement(version.definition),
        hours,
        version.version,
        version.since,
        calendar.version if calendar else 0,
    )


# A definition never changes: what it says is found once.


@lru_cache(maxsize=1024)
def _agreement(definition: str) -> Agreement:
    return decode(Agreement, json.loads(definition))


@lru_cache(maxsize=1024)
def _hours(definition: str) -> ServiceHours:
    return ServiceHours(decode(Calendar, json.loads(definition)))
