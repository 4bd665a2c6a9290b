"""Trying agreements and calendars against what was: what items would have been promised, had others been in force.

The clocks are those that judge live, from the same entries. What the journal says of breaches stays as it is; nothing is
written. Every item keeps the agreement that was chosen for it: whether it would have been let in is not asked.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from core.desk.agreements.targets import Terms
from core.desk.agreements.terms import Versions, all_version_rows, all_versions
from core.desk.clocks.model import ClockKind, due_at
from core.desk.clocks.promises import AT_ONCE, Item, item_clocks, told_of
from core.desk.hours.service_hours import ServiceHours
from core.desk.requests.tables import request
from core.desk.tables import incident
from core.journal.wording import label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Table

    from core.catalog.model import Catalog
    from core.desk.clocks.promised import Clock
    from core.desk.clocks.told import Covered, Told


MOST_DAYS = 366
"""So far back items are tried at most."""
MOST = 20_000
"""So many of a kind are tried at most, the newest."""
_DAY = 86_400_000_000


class Judged(NamedTuple):
    """How a promise was judged, or would be: within how many seconds, when it was due, and when it was broken first (microseconds UTC)."""

    allowed_s: float
    due: int | None
    broken_at: int | None


class Otherwise(NamedTuple):
    """A promise of an item that would be judged otherwise; None where there was, or would be, none."""

    item: str
    title: str
    agreement: str
    kind: ClockKind
    was: Judged | None
    would: Judged | None

    @property
    def more(self) -> int:
        """Returns 1 for a breach that there would be, -1 for one that there would not be, 0 where that is as it was."""
        was, would = (each is not None and each.broken_at is not None for each in (self.was, self.would))
        return int(would) - int(was)


class Trial(NamedTuple):
    """What was tried: how many items were opened, how many promises were broken then and would be, and what would be otherwise.

    They were opened from `begin` on (microseconds UTC): later than was asked for where that was longer ago than MOST_DAYS.
    `cut` are the kinds of which older ones than the newest MOST were left out.
    """

    begin: int
    opened: int
    broken: int
    would_break: int
    otherwise: tuple[Otherwise, ...]
    cut: tuple[str, ...] = ()


class TriedVersions(Versions):
    """Every version that was in force, but for some agreements, which go by other terms; or with `is_all` only those."""

    def __init__(self, connection: Connection, terms: Mapping[str, Terms], *, is_all: bool) -> None:
        super().__init__(connection, all_version_rows(connection))
        self._tried, self._is_all = terms, is_all

    def _covering_at(self, service: str, at: int) -> list[Terms]:
        stood = [] if self._is_all else super()._covering_at(service, at)
        untouched = [each for each in stood if each.agreement.id not in self._tried]
        return [*untouched, *(each for each in self._tried.values() if service in each.agreement.services)]

    def _chosen(self, covered: Covered, at: int) -> list[Terms]:
        tried = self._tried.get(covered.agreement)
        if tried is not None:
            return [tried]
        return [] if self._is_all else super()._chosen(covered, at)


def terms_in(catalog: Catalog) -> dict[str, Terms]:
    """Returns the terms of every agreement of a catalog that is not in force."""
    return {
        each.id: Terms(each, ServiceHours(catalog.calendars.get(each.calendar)))
        for each in catalog.agreements.values()
    }


def try_terms(
    connection: Connection, terms: Mapping[str, Terms], begin: int, end: int, *, is_all: bool, only: str = ""
) -> Trial:
    """Returns what would be otherwise of the items opened between two instants (microseconds UTC), as of the second.

    `terms` are those of agreements by their ids: of all with `is_all`, else of some, the others being as they were. With
    `only` the promises of one agreement are looked at.
    """
    begin = max(begin, end - MOST_DAYS * _DAY)
    trying = _Trying(connection, TriedVersions(connection, terms, is_all=is_all), end, only)
    cut = []
    for kind, table in (("incident", incident), ("request", request)):
        left = MOST
        for items in _opened(connection, kind, table, begin, end):
            taken = dict(islice(items.items(), left))
            trying.take(kind, taken)
            left -= len(taken)
            if len(taken) < len(items):
                cut.append(kind)
                break
    return Trial(begin, trying.opened, trying.broken, trying.would_break, tuple(trying.otherwise), tuple(cut))


class _Trying:
    """What items come to by the terms as they were and by others, some items at a time."""

    def __init__(self, connection: Connection, tried: Versions, now: int, only: str) -> None:
        self._connection, self._now, self._only = connection, now, only
        self._live, self._tried = all_versions(connection), tried
        self.opened = self.broken = self.would_break = 0
        self.otherwise: list[Otherwise] = []

    def take(self, kind: str, items: Mapping[Item, str]) -> None:
        """Takes in items of a kind, with their titles."""
        told_by = told_of(self._connection, kind, [each.id for each in items])
        for item, title in items.items():
            self._take(item, title, told_by.get(item.id, []))

    def _take(self, item: Item, title: str, told: Sequence[Told]) -> None:
        was = _judged(item_clocks(self._live, item, told, self._now), self._only)
        unsaid = [
            each._replace(said=None) for each in told
        ]  # what was said is of the agreements as they were
        would = _judged(item_clocks(self._tried, item, unsaid, self._now), self._only)
        self.opened += 1
        self.broken += _broken(was)
        self.would_break += _broken(would)
        self.otherwise += [
            Otherwise(label(item.kind, str(item.id)), title, *key, was.get(key), would.get(key))
            for key in sorted({*was, *would})
            if was.get(key) != would.get(key)
        ]


def _opened(
    connection: Connection, kind: str, table: Table[Any], begin: int, end: int
) -> Iterator[dict[Item, str]]:
    """Yields the items of a kind that were opened in a time, with their titles, AT_ONCE at a time, the newest first.

    Their numbers go with their instants, but for those of writers at the same moment: where none of so many is of that time
    any more, no older one is.
    """
    columns = table.c.id, table.c.service, table.c.opened_at, table.c.title
    page = select(*columns).order_by(table.c.id.desc()).limit(AT_ONCE)
    rows = connection.execute(page).all()
    while rows:
        items = {
            Item(kind, row.id, row.service, row.opened_at): row.title
            for row in rows
            if begin <= row.opened_at < end
        }
        if items:
            yield items
        if len(rows) < AT_ONCE or max(row.opened_at for row in rows) < begin:
            return
        rows = connection.execute(page.where(table.c.id < rows[-1].id)).all()


def _judged(clocks: Sequence[Clock], only: str) -> dict[tuple[str, ClockKind], Judged]:
    return {
        (each.agreement.id, each.kind): Judged(each.allowed_s, _due(each), each.broken_at)
        for each in clocks
        if not only or each.agreement.id == only
    }


def _due(clock: Clock) -> int | None:
    """Returns when a promise is due; of one that is over when it was before that: since then its clock stands still."""
    over_at = clock.met_at if clock.met_at is not None else clock.ended_at
    if over_at is None or not clock.segments:
        return clock.due
    before = [each for each in clock.segments if each.begin < over_at] or list(clock.segments[:1])
    return due_at(
        int(clock.allowed_s * 1_000_000), [*before[:-1], before[-1]._replace(end=None)], clock.hours
    )


def _broken(judged: Mapping[tuple[str, ClockKind], Judged]) -> int:
    return sum(each.broken_at is not None for each in judged.values())
