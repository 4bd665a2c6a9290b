"""Pages of the list of findings: in an order, from a place in it on, however long it is.

What a page is, and how it is found, stands in core.store.paging.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import ColumnElement, and_, func, literal, or_, select

from core.security.findings.model import EXPLOITED_FROM, Finding, FindingState, Severity
from core.security.findings.queries import to_finding
from core.security.findings.tables import finding
from core.store.paging import Order, Pages, count_where
from core.timekeeping import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

_S = FindingState
_C = finding.c


def _day(day: date | None) -> str:
    return day.isoformat() if day else NEVER


ORDERS: dict[str, Order[Finding]] = {
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


PAGES = Pages(finding, to_finding, ORDERS, VIEWS)
page, count = PAGES.page, PAGES.count


def figures(connection: Connection, today: date) -> Figures:
    """Returns how many findings are where on a day."""
    to_do = _C.state != _S.CORRECTED
    used = or_(_C.is_listed == 1, _C.epss >= EXPLOITED_FROM)
    row = connection.execute(
        select(
            func.count(), count_where(and_(to_do, _C.due < today.isoformat())),
            count_where(and_(to_do, _C.due <= end_of_week(today).isoformat())), count_where(_C.grade == Severity.CRITICAL.grade),
            count_where(and_(to_do, used)), count_where(_C.owner == ""), count_where(_C.state == _S.CORRECTED),
        ).where(_IS_OPEN)
    ).one()  # fmt: skip
    accepted = connection.scalar(select(func.count()).where(_C.state == _S.ACCEPTED)) or 0
    return Figures._make([*row, accepted])
