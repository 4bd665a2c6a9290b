"""Pages of the list of findings: in an order, from a place in it on, however long it is.

Whoever shows the list holds one page of it, never all. A page begins behind a row and is found by what that row is
ordered by, not by counting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, literal, not_, or_, select, tuple_

from core.security.findings.model import EXPLOITED_FROM, Finding, FindingState, Severity
from core.security.findings.queries import to_finding
from core.security.findings.tables import NEVER, finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Connection

PAGE = 150
_S = FindingState
_C = finding.c


class Order(NamedTuple):
    """An order of the list: what rows are compared by in the database, and the same of a row at hand; the number comes last."""

    columns: tuple[ColumnElement[Any], ...]
    of: Callable[[Finding], tuple[Any, ...]]


def _day(day: date | None) -> str:
    return day.isoformat() if day else NEVER


ORDERS: dict[str, Order] = {
    "due": Order((_C.due, _C.grade, _C.id), lambda f: (_day(f.due), f.severity.grade, f.id)),
    "severity": Order((_C.grade, _C.due, _C.id), lambda f: (f.severity.grade, _day(f.due), f.id)),
    "id": Order((_C.id,), lambda f: (f.id,)),
    "owner": Order((_C.owner, _C.due, _C.id), lambda f: (f.owner, _day(f.due), f.id)),
    "component": Order((_C.component, _C.due, _C.id), lambda f: (f.component, _day(f.due), f.id)),
    "vulnerability": Order((_C.vulnerability, _C.id), lambda f: (f.vulnerability, f.id)),
}
FIRST_ORDER = "due"

_IS_OPEN = _C.is_open == 1
_TO_DO = and_(_IS_OPEN, _C.state != _S.CORRECTED)
FIRST_VIEW = "open"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the list is wanted: by whom and on which day, which view, words that must (with `!`: must not) be there, the order."""

    person: str
    today: date
    view: str = FIRST_VIEW
    words: str = ""
    order: str = FIRST_ORDER
    is_reversed: bool = False


def end_of_week(today: date) -> date:
    """Returns the Sunday of the week of a day (ISO 8601)."""
    return today + timedelta(days=7 - today.isoweekday())


VIEWS: dict[str, Callable[[Wanted], ColumnElement[bool]]] = {
    "open": lambda _: _IS_OPEN,
    "late": lambda w: and_(_TO_DO, _C.due < w.today.isoformat()),
    "this week": lambda w: and_(_TO_DO, _C.due <= end_of_week(w.today).isoformat()),
    "exploited": lambda _: and_(_TO_DO, or_(_C.is_listed == 1, _C.epss >= EXPLOITED_FROM)),
    "unowned": lambda _: and_(_IS_OPEN, _C.owner == ""),
    "mine": lambda w: and_(_IS_OPEN, _C.owner == w.person),
    "corrected": lambda _: _C.state == _S.CORRECTED,
    "accepted": lambda _: _C.state == _S.ACCEPTED,
    "closed": lambda _: _C.state.in_((_S.VERIFIED, _S.NOT_AFFECTED)),
    "all": lambda _: literal(True),
}
"""The views of the list that everybody has, by name: what of it is shown."""


class Window(NamedTuple):
    """A part of the list: its rows in order, whether it reaches the first and the last one, and how many there are in all."""

    rows: list[Finding]
    is_first: bool
    is_last: bool
    total: int


class Figures(NamedTuple):
    """How many findings are where."""

    open: int = 0
    late: int = 0
    this_week: int = 0
    critical: int = 0  # open ones
    exploited: int = 0
    unowned: int = 0
    corrected: int = 0
    accepted: int = 0


def page(
    connection: Connection, wanted: Wanted, *, behind: Finding | None = None, before: Finding | None = None,
    at: Finding | None = None, limit: int = PAGE,
) -> list[Finding]:  # fmt: skip
    """Returns at most `limit` findings in the order wanted: the first, or those behind, from (`at`) or before a row.

    The row need not be there any more: what counts is what it was ordered by.
    """
    order = ORDERS[wanted.order]
    backwards = wanted.is_reversed is not (before is not None)
    query = _passing(select(finding), wanted)
    row = behind or before or at
    if row is not None:
        place, here = tuple_(*order.columns), tuple_(*map(literal, order.of(row)))
        if at is not None:
            query = query.where(place <= here if backwards else place >= here)
        else:
            query = query.where(place < here if backwards else place > here)
    query = query.order_by(*(c.desc() if backwards else c for c in order.columns)).limit(limit)
    found = [to_finding(each) for each in connection.execute(query).all()]
    return found[::-1] if before is not None else found


def first_window(connection: Connection, wanted: Wanted, limit: int = 2 * PAGE) -> Window:
    """Returns the beginning of the list."""
    rows = page(connection, wanted, limit=limit)
    is_last = len(rows) < limit
    return Window(rows, True, is_last, len(rows) if is_last else count(connection, wanted))


def last_window(connection: Connection, wanted: Wanted, limit: int = 2 * PAGE) -> Window:
    """Returns the end of the list."""
    other = first_window(connection, replace(wanted, is_reversed=not wanted.is_reversed), limit)
    return Window(other.rows[::-1], other.is_last, True, other.total)


def window_around(connection: Connection, wanted: Wanted, finding_id: int) -> Window | None:
    """Returns the part of the list around a finding; None where that is not in it."""
    found = some(connection, [finding_id], wanted)
    if not found:
        return None
    above = page(connection, wanted, before=found[0])
    rows = [*above, *page(connection, wanted, at=found[0])]
    is_first, is_last = len(above) < PAGE, len(rows) - len(above) < PAGE
    return Window(rows, is_first, is_last, len(rows) if is_first and is_last else count(connection, wanted))


def window_again(connection: Connection, wanted: Wanted, first: Finding | None, length: int) -> Window:
    """Returns the part that was read before as it is now: from the place of its `first` row on (None: from the beginning)."""
    rows = page(connection, wanted, at=first, limit=length)
    is_last = len(rows) < length
    total = len(rows) if is_last and first is None else count(connection, wanted)
    return Window(rows, first is None, is_last, total)


def window_and_others(
    connection: Connection, wanted: Wanted, first: Finding | None, length: int, held: Iterable[int]
) -> tuple[Window, list[Finding]]:
    """Returns the part that was read before as it is now, and those of the numbers `held` that are no longer in it."""
    window = window_again(connection, wanted, first, length)
    others = set(held) - {each.id for each in window.rows}
    return window, some(connection, others) if others else []


def some(connection: Connection, ids: Iterable[int], wanted: Wanted | None = None) -> list[Finding]:
    """Returns the findings of these numbers that exist; with `wanted` only those that belong to it."""
    query = select(finding).where(_C.id.in_(list(ids)))
    if wanted is not None:
        query = _passing(query, wanted)
    return [to_finding(each) for each in connection.execute(query).all()]


def ids_of(connection: Connection, wanted: Wanted, limit: int) -> list[int]:
    """Returns the numbers of the first `limit` findings of the list."""
    columns = ORDERS[wanted.order].columns
    order = (c.desc() if wanted.is_reversed else c for c in columns)
    return list(connection.scalars(_passing(select(_C.id), wanted).order_by(*order).limit(limit)))


def count(connection: Connection, wanted: Wanted) -> int:
    """Returns how many findings the list has."""
    return connection.scalar(_passing(select(func.count()).select_from(finding), wanted)) or 0


def figures(connection: Connection, today: date) -> Figures:
    """Returns how many findings are where on a day."""
    to_do = _C.state != _S.CORRECTED
    used = or_(_C.is_listed == 1, _C.epss >= EXPLOITED_FROM)
    row = connection.execute(
        select(
            func.count(), _counted(and_(to_do, _C.due < today.isoformat())),
            _counted(and_(to_do, _C.due <= end_of_week(today).isoformat())), _counted(_C.grade == Severity.CRITICAL.grade),
            _counted(and_(to_do, used)), _counted(_C.owner == ""), _counted(_C.state == _S.CORRECTED),
        ).where(_IS_OPEN)
    ).one()  # fmt: skip
    accepted = connection.scalar(select(func.count()).where(_C.state == _S.ACCEPTED)) or 0
    return Figures._make([*row, accepted])


def _counted(condition: ColumnElement[bool]) -> Any:
    return func.count(case((condition, 1)))


def _passing(query: Any, wanted: Wanted) -> Any:
    query = query.where(VIEWS[wanted.view](wanted))
    words = wanted.words.split()
    if not words:
        return query
    passing = select(_C.id)  # asked of the index that holds the words, not row by row
    for word in words:
        inverts = word[0] == "!" and len(word) > 1
        found = _C.words.contains((word[1:] if inverts else word).lower(), autoescape=True)
        passing = passing.where(not_(found) if inverts else found)
    return query.where(_C.id.in_(passing))
