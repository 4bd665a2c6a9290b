"""Under which agreements an item stands, as they and their calendars were in force, read from the catalog's versions.

An item under an agreement that was chosen for it goes by that one; any other by all that covered its service when it was
opened.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Text, and_, bindparam, func, literal, or_, select

from core.catalog.tables import catalog_item
from core.desk.agreements.targets import Terms
from core.desk.agreements.versions import values_of
from core.desk.hours.service_hours import ServiceHours

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from core.desk.clocks.told import Covered, Told

EVER = 2**62
_ITEM = catalog_item.c
_KEYS = select(_ITEM.kind, _ITEM.id, _ITEM.since, _ITEM.version, _ITEM.until)
_ALL = _KEYS.where(_ITEM.kind.in_(("agreement", "calendar")))
_STAFF = _KEYS.where(_ITEM.kind == "staff")
_STOOD = and_(_ITEM.since <= bindparam("at"), or_(_ITEM.until.is_(None), _ITEM.until > bindparam("at")))
_CHOSEN = bindparam("chosen", type_=Text).contains(literal('"', Text) + _ITEM.id + literal('"', Text))
_AGREED = or_(
    _ITEM.kind == "calendar",
    and_(
        _ITEM.kind == "agreement",
        or_(and_(_STOOD, _ITEM.definition.contains(bindparam("service", type_=Text))), _CHOSEN),
    ),
)
_ASKS = and_(
    _ITEM.kind == "staff", _STOOD, func.lower(_ITEM.definition).contains(bindparam("asker", type_=Text))
)
_OF_ONE, _WITH_ASKER = _KEYS.where(_AGREED), _KEYS.where(or_(_AGREED, _ASKS))
"""Their text is always the same: they go in one message with whatever else is asked of the item."""
_PLAIN = re.compile(r"[a-z0-9.+_@-]+", re.ASCII | re.IGNORECASE)


class _Version(NamedTuple):
    kind: str
    id: str
    since: int
    version: int
    until: int | None

    def stood_at(self, at: int) -> bool:
        return self.since <= at and (self.until is None or self.until > at)


class Versions:
    """Versions of agreements, of calendars and of the staff; what each says is read when it is needed first."""

    def __init__(
        self, connection: Connection, rows: Iterable[Sequence[Any]], *, has_staff: bool = False
    ) -> None:
        """Begins with the keys of versions: `has_staff` where those of the staff that matter are among them."""
        self._connection = connection
        self._has_staff = has_staff
        self._take(_Version(*row) for row in rows)

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

    def of_version(self, agreement: str, version: int) -> Terms | None:
        """Returns the terms of one version of an agreement, with its calendar as it was when that came into force; None for no such one."""
        for each in self._versions:
            if (each.kind, each.id, each.version) == ("agreement", agreement, version):
                return self._terms(each, self._values([each])[0], each.since)
        return None

    def addresses(self, at: int) -> dict[str, str]:
        """Returns the addresses of the staff as they were at an instant, by login in small letters."""
        if not self._has_staff:
            self._has_staff = True
            self._take([*self._versions, *(_Version(*row) for row in self._connection.execute(_STAFF))])
        turn = bisect_right(self._turns, at)
        if turn not in self._addresses:
            staff = self._values([each for each in self._at(at).values() if each.kind == "staff"])
            self._addresses[turn] = {
                (each.login or each.id).lower(): each.email for each in staff if each.email
            }
        return self._addresses[turn]

    def _take(self, versions: Iterable[_Version]) -> None:
        self._versions = sorted(versions)
        self._turns = sorted(
            {each.since for each in self._versions} | {each.until or EVER for each in self._versions}
        )
        self._standing: dict[int, dict[tuple[str, str], _Version]] = {}
        self._covering: dict[tuple[str, int], list[Terms]] = {}
        self._addresses: dict[int, dict[str, str]] = {}

    def _covering_at(self, service: str, at: int) -> list[Terms]:
        key = service, bisect_right(self._turns, at)
        if key not in self._covering:
            standing = [each for each in self._at(at).values() if each.kind == "agreement"]
            values = zip(standing, self._values(standing), strict=True)
            self._covering[key] = [
                self._terms(each, agreement, at)
                for each, agreement in values
                if service in agreement.services
            ]
        return self._covering[key]

    def _chosen(self, covered: Covered, at: int) -> list[Terms]:
        """Returns the terms of an agreement in the version that was chosen; where that is not said, of the opening."""
        since = at if covered.since is None else covered.since
        found = self._at(since).get(("agreement", covered.agreement))
        if found is None:
            return []
        (agreement,) = self._values([found])
        return [self._terms(found, agreement, max(at, since))]

    def _terms(self, version: _Version, agreement: Any, at: int) -> Terms:
        calendar = self._at(at).get(("calendar", agreement.calendar))
        if calendar is None:
            return Terms(agreement, ServiceHours(), version.version, version.since)
        (value,) = self._values([calendar])
        return Terms(agreement, ServiceHours(value), version.version, version.since, calendar.version)

    def _at(self, at: int) -> dict[tuple[str, str], _Version]:
        turn = bisect_right(self._turns, at)
        if turn not in self._standing:
            self._standing[turn] = {
                (each.kind, each.id): each for each in self._versions if each.stood_at(at)
            }
        return self._standing[turn]

    def _values(self, versions: Sequence[_Version]) -> list[Any]:
        keys = [(each.kind, each.id, each.since) for each in versions]
        found = values_of(self._connection, keys)
        return [found[key] for key in keys]


def all_versions(connection: Connection) -> Versions:
    """Returns every version, for many items."""
    return Versions(connection, all_version_rows(connection))


def all_version_rows(connection: Connection) -> Sequence[Sequence[Any]]:
    """Returns the keys of every version, as `Versions` takes them."""
    return connection.execute(_ALL).all()


class Question(NamedTuple):
    """What asks for the keys of the versions that one item goes by: a statement, and its values."""

    statement: Any
    values: Mapping[str, Any]

    def answered(self, connection: Connection, rows: Iterable[Sequence[Any]]) -> Versions:
        """Returns the versions whose keys these are."""
        return Versions(connection, rows, has_staff=self.statement is _WITH_ASKER)


def question_for(service: str, at: int, chosen: Iterable[str], asker: str) -> Question:
    """Returns what asks for the versions that one item goes by, which was opened at an instant (microseconds UTC).

    `chosen` are the agreements that may have been chosen for it; `asker` is who asks for it, who may be one of the staff.
    """
    values = {
        "at": at,
        "service": f'"{service}"',
        "chosen": "".join(f'"{each}"' for each in sorted(chosen)),
    }
    if not _PLAIN.fullmatch(asker):
        return Question(_OF_ONE, values)
    return Question(_WITH_ASKER, values | {"asker": asker.lower()})
