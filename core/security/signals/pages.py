"""Pages of the list of signals: in an order, from a place in it on, however long it is.

What a page is, and how it is found, stands in core.store.paging.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import ColumnElement, and_, func, literal, select

from core.security.signals.model import Severity, Signal, SignalState
from core.security.signals.queries import to_signal
from core.security.signals.tables import signal
from core.store.paging import Order, Pages, count_where
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy import Connection

_S = SignalState
_C = signal.c


def _newest(item: Signal) -> int:
    return -to_micros(item.last_at)


ORDERS: dict[str, Order[Signal]] = {
    "severity": Order((_C.grade, _C.newest, _C.id), lambda s: (s.severity.grade, _newest(s), s.id)),
    "last": Order((_C.newest, _C.id), lambda s: (_newest(s), s.id)),
    "id": Order((_C.id,), lambda s: (s.id,)),
    "about": Order((_C.whom, _C.newest, _C.id), lambda s: (s.about, _newest(s), s.id)),
    "place": Order((_C.place, _C.newest, _C.id), lambda s: (s.place, _newest(s), s.id)),
    "rule": Order((_C.rule, _C.newest, _C.id), lambda s: (s.rule, _newest(s), s.id)),
    "count": Order((_C.count, _C.id), lambda s: (s.count, s.id)),
}
FIRST_ORDER = "severity"

_TELLS = _C.severity != Severity.INFO
FIRST_VIEW = "new"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the list is wanted: by whom and on which day, which view, words that must (with `!`: must not) be there, the order."""

    person: str
    today: date
    view: str = FIRST_VIEW
    words: str = ""
    order: str = FIRST_ORDER
    is_reversed: bool = False


VIEWS: dict[str, Callable[[Wanted], ColumnElement[bool]]] = {
    "new": lambda _: and_(_C.state == _S.NEW, _TELLS),
    "grave": lambda _: and_(_C.state == _S.NEW, _C.grade <= Severity.HIGH.grade),
    "today": lambda w: and_(_C.day == w.today.isoformat(), _TELLS),
    "acknowledged": lambda _: _C.state == _S.ACKNOWLEDGED,
    "suppressed": lambda _: _C.state == _S.SUPPRESSED,
    "incidents": lambda _: _C.state == _S.INCIDENT,
    "counted": lambda _: _C.severity == Severity.INFO,
    "all": lambda _: literal(True),
}
"""The views of the list that everybody has, by name: what of it is shown."""


class Figures(NamedTuple):
    """How many signals are where; of those that are only counted none."""

    new: int = 0
    critical: int = 0  # new ones
    high: int = 0  # new ones
    today: int = 0
    acknowledged: int = 0
    suppressed: int = 0
    incidents: int = 0
    counted: int = 0  # what was seen today, and is no signal by itself


PAGES = Pages(signal, to_signal, ORDERS, VIEWS)
page, count = PAGES.page, PAGES.count


def figures(connection: Connection, today: date) -> Figures:
    """Returns how many signals are where on a day."""
    is_new, of_today = _C.state == _S.NEW, _C.day == today.isoformat()
    row = connection.execute(
        select(
            count_where(is_new), count_where(and_(is_new, _C.severity == Severity.CRITICAL)),
            count_where(and_(is_new, _C.severity == Severity.HIGH)), count_where(of_today),
            *(count_where(_C.state == state) for state in (_S.ACKNOWLEDGED, _S.SUPPRESSED, _S.INCIDENT)),
        ).where(_TELLS)
    ).one()  # fmt: skip
    seen = connection.scalar(select(func.sum(_C.count)).where(of_today, _C.severity == Severity.INFO))
    return Figures._make([*row, int(seen or 0)])
