"""Pages of the list of grants: its orders, its views, and how many are where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, literal, select

from core.security.grants.model import TO_DECIDE, UNUSED_DAYS, Grant, Standing
from core.security.grants.queries import to_grant
from core.security.grants.revising import place_of
from core.security.grants.tables import access_grant
from core.store.paging import Order, Pages, count_where
from core.timekeeping import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

_S = Standing
_C = access_grant.c
ENDS_SOON_DAYS = 14


def _day(day: date | None) -> str:
    return day.isoformat() if day else NEVER


ORDERS: dict[str, Order[Grant]] = {
    "state": Order((_C.place, _C.id), lambda g: (place_of(g.standing), g.id)),
    "id": Order((_C.id,), lambda g: (g.id,)),
    "who": Order((_C.principal, _C.id), lambda g: (g.principal, g.id)),
    "on": Order((_C.thing, _C.entitlement, _C.id), lambda g: (g.on, g.entitlement, g.id)),
    "source": Order((_C.source, _C.id), lambda g: (g.source, g.id)),
    "ends": Order((_C.expires, _C.id), lambda g: (_day(g.expires), g.id)),
}
FIRST_ORDER = "state"
FIRST_VIEW = "open"
_IS_OPEN = _C.is_open == 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the list is wanted: by whom and on which day, which view, words that must (with `!`: must not) be there, the order."""

    person: str
    today: date
    view: str = FIRST_VIEW
    words: str = ""
    order: str = FIRST_ORDER
    is_reversed: bool = False


def _unused(wanted: Wanted) -> ColumnElement[bool]:
    limit = wanted.today - timedelta(days=UNUSED_DAYS)
    return _C.last_used < int((limit - date(1970, 1, 1)).total_seconds()) * 1_000_000


VIEWS: dict[str, Callable[[Wanted], ColumnElement[bool]]] = {
    "open": lambda _: _IS_OPEN,
    "to decide": lambda _: and_(_IS_OPEN, _C.place.in_([place_of(each) for each in TO_DECIDE])),
    "found": lambda _: and_(_IS_OPEN, _C.place == place_of(_S.FOUND)),
    "missing": lambda _: and_(_IS_OPEN, _C.place == place_of(_S.MISSING)),
    "removing": lambda _: and_(_IS_OPEN, _C.place == place_of(_S.REMOVING)),
    "late": lambda w: and_(_C.state == _S.REMOVING, _C.due < w.today.isoformat()),
    "ignored": lambda _: and_(_IS_OPEN, _C.place == place_of(_S.IGNORED)),
    "granted": lambda _: and_(_IS_OPEN, _C.place == place_of(_S.GRANTED)),
    "privileged": lambda _: and_(_IS_OPEN, _C.is_privileged == 1),
    "ends soon": lambda w: and_(
        _IS_OPEN, _C.is_granted == 1, _C.expires <= (w.today + timedelta(days=ENDS_SOON_DAYS)).isoformat()
    ),
    "unused": lambda w: and_(_IS_OPEN, _C.is_found == 1, _unused(w)),
    "unknown people": lambda _: and_(_IS_OPEN, _C.person == ""),
    "mine": lambda w: and_(_IS_OPEN, _C.owner == w.person),
    "ended": lambda _: _C.is_open == 0,
    "all": lambda _: literal(True),
}
"""The views of the list that everybody has, by name: what of it is shown."""

PAGES = Pages(access_grant, to_grant, ORDERS, VIEWS)


class Figures(NamedTuple):
    """How many grants are where."""

    open: int = 0
    found: int = 0  # and not granted
    missing: int = 0  # granted, and not found
    removing: int = 0
    late: int = 0
    ignored: int = 0
    privileged: int = 0
    ends_soon: int = 0


def figures(connection: Connection, today: date) -> Figures:
    """Returns how many grants are where on a day."""
    soon = (today + timedelta(days=ENDS_SOON_DAYS)).isoformat()

    def at(standing: Standing) -> Any:
        return count_where(_C.place == place_of(standing))

    row = connection.execute(
        select(
            func.count(), at(_S.FOUND), at(_S.MISSING), at(_S.REMOVING), at(_S.IGNORED), count_where(_C.is_privileged == 1)
        ).where(_IS_OPEN)
    ).one()  # fmt: skip
    late = connection.scalar(select(func.count()).where(_C.state == _S.REMOVING, _C.due < today.isoformat()))
    ends = connection.scalar(select(func.count()).where(_IS_OPEN, _C.is_granted == 1, _C.expires <= soon))
    return Figures._make([*row[:4], late or 0, *row[4:], ends or 0])
