"""Pages of the items of a review: in an order, from a place in it on, however many there are.

Whoever shows them holds one page, never all. A page begins behind a row and is found by what that row is ordered by, not
by counting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, literal, not_, select, tuple_

from core.security.reviews.model import Decision, Item, ItemState
from core.security.reviews.queries import is_for, is_unsaid, to_item
from core.security.reviews.tables import access_answer, access_item, access_staged
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Connection

PAGE = 150
_I, _A, _G = access_item.c, access_answer.c, access_staged.c
_USED = func.coalesce(_I.last_used, 0)


class Order(NamedTuple):
    """An order of the list: what rows are compared by in the database, and the same of a row at hand; the number comes last."""

    columns: tuple[ColumnElement[Any], ...]
    of: Callable[[Item], tuple[Any, ...]]


ORDERS: dict[str, Order] = {
    "risk": Order((_I.grade, _I.id), lambda i: (i.grade, i.id)),
    "id": Order((_I.id,), lambda i: (i.id,)),
    "who": Order((_I.principal, _I.id), lambda i: (i.principal, i.id)),
    "on": Order((_I.thing, _I.id), lambda i: (i.on, i.id)),
    "used": Order((_USED, _I.id), lambda i: (to_micros(i.last_used) if i.last_used else 0, i.id)),
}
FIRST_ORDER, FIRST_VIEW = "risk", "yours"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a review is wanted: for whom, which view, words that must (with `!`: must not) be there, the order."""

    review: int
    person: str
    view: str = FIRST_VIEW
    words: str = ""
    order: str = FIRST_ORDER
    is_reversed: bool = False


_STAGED = and_(_G.item.is_not(None), _I.state == ItemState.OPEN)
_NOBODY = _I.outcome.in_((Decision.NO_ANSWER, Decision.UNDECIDED))

VIEWS: dict[str, Callable[[Wanted], ColumnElement[bool]]] = {
    "yours": lambda w: and_(is_for(w.person), is_unsaid(w.person, w.review)),
    "left": lambda w: and_(is_for(w.person), is_unsaid(w.person, w.review), _G.item.is_(None)),
    "staged": lambda _: _STAGED,
    "said": lambda _: _A.item.is_not(None),
    "privileged": lambda _: _I.is_privileged == 1,
    "changing": lambda _: _I.outcome.in_((Decision.CHANGE, Decision.REVOKE)),
    "nobody": lambda _: _NOBODY,
    "ordered": lambda _: _I.state.in_((ItemState.ORDERED, ItemState.REFUSED)),
    "all": lambda _: literal(True),
}
"""The views of a review that everybody has, by name: which of its items are shown."""
_WITH_STAGED = frozenset({"left", "staged"})
_WITH_SAID = frozenset({"said"})


class Window(NamedTuple):
    """A part of the list: its rows in order, whether it reaches the first and the last one, and how many there are in all."""

    rows: list[Item]
    is_first: bool
    is_last: bool
    total: int


def page(
    connection: Connection, wanted: Wanted, *, behind: Item | None = None, before: Item | None = None,
    at: Item | None = None, limit: int = PAGE,
) -> list[Item]:  # fmt: skip
    """Returns at most `limit` items in the order wanted: the first, or those behind, from (`at`) or before a row.

    The row need not be there any more: what counts is what it was ordered by.
    """
    order = ORDERS[wanted.order]
    backwards = wanted.is_reversed is not (before is not None)
    query = _passing(_rows(wanted), wanted)
    row = behind or before or at
    if row is not None:
        place, here = tuple_(*order.columns), tuple_(*map(literal, order.of(row)))
        if at is not None:
            query = query.where(place <= here if backwards else place >= here)
        else:
            query = query.where(place < here if backwards else place > here)
    query = query.order_by(*(c.desc() if backwards else c for c in order.columns)).limit(limit)
    found = [to_item(each) for each in connection.execute(query).all()]
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


def window_around(connection: Connection, wanted: Wanted, item_id: int) -> Window | None:
    """Returns the part of the list around an item; None where that is not in it."""
    found = [each for each in some(connection, [item_id], wanted) if _is_in(connection, wanted, each.id)]
    if not found:
        return None
    above = page(connection, wanted, before=found[0])
    rows = [*above, *page(connection, wanted, at=found[0])]
    is_first, is_last = len(above) < PAGE, len(rows) - len(above) < PAGE
    return Window(rows, is_first, is_last, len(rows) if is_first and is_last else count(connection, wanted))


def window_again(connection: Connection, wanted: Wanted, first: Item | None, length: int) -> Window:
    """Returns the part that was read before as it is now: from the place of its `first` row on (None: from the beginning)."""
    rows = page(connection, wanted, at=first, limit=length)
    is_last = len(rows) < length
    total = len(rows) if is_last and first is None else count(connection, wanted)
    return Window(rows, first is None, is_last, total)


def window_and_others(
    connection: Connection, wanted: Wanted, first: Item | None, length: int, held: Iterable[int]
) -> tuple[Window, list[Item]]:
    """Returns the part that was read before as it is now, and those of the numbers `held` that are no longer in it."""
    window = window_again(connection, wanted, first, length)
    others = set(held) - {each.id for each in window.rows}
    return window, some(connection, others, wanted) if others else []


def some(connection: Connection, ids: Iterable[int], wanted: Wanted | None = None) -> list[Item]:
    """Returns the items of these numbers; with `wanted`, with what its person said and staged of them."""
    query = _rows(wanted or Wanted(0, "")).where(_I.id.in_(list(ids)))
    return [to_item(each) for each in connection.execute(query).all()]


def ids_of(connection: Connection, wanted: Wanted, limit: int) -> list[int]:
    """Returns the numbers of the first `limit` items of the list."""
    columns = ORDERS[wanted.order].columns
    order = (c.desc() if wanted.is_reversed else c for c in columns)
    return list(
        connection.scalars(_passing(_joined(select(_I.id), wanted), wanted).order_by(*order).limit(limit))
    )


def count(connection: Connection, wanted: Wanted) -> int:
    """Returns how many items the list has."""
    query = _passing(_joined(select(func.count(_I.id)), wanted, is_needed=True), wanted)
    return connection.scalar(query) or 0


def _is_in(connection: Connection, wanted: Wanted, item_id: int) -> bool:
    query = _passing(_joined(select(_I.id).where(_I.id == item_id), wanted), wanted)
    return connection.execute(query).first() is not None


def _rows(wanted: Wanted) -> Any:
    columns = (_A.decision.label("mine"), _G.decision.label("staged"), _G.reason.label("staged_why"))
    return _joined(select(access_item, *columns), wanted)


def _joined(query: Any, wanted: Wanted, *, is_needed: bool = False) -> Any:
    """Joins what the person said and staged in the present stage of each item; with `is_needed` only what the view asks for."""
    joined = query.select_from(access_item)
    if not is_needed or wanted.view in _WITH_SAID:
        joined = joined.outerjoin(
            access_answer,
            and_(_A.item == _I.id, _A.stage == _I.stage, _A.said_by == wanted.person),
        )
    if not is_needed or wanted.view in _WITH_STAGED:
        joined = joined.outerjoin(
            access_staged,
            and_(_G.item == _I.id, _G.stage == _I.stage, _G.reviewer == wanted.person),
        )
    return joined


def _passing(query: Any, wanted: Wanted) -> Any:
    query = query.where(_I.review == wanted.review, VIEWS[wanted.view](wanted))
    for word in wanted.words.split():
        inverts = word[0] == "!" and len(word) > 1
        found = _I.words.contains((word[1:] if inverts else word).lower(), autoescape=True)
        query = query.where(not_(found) if inverts else found)
    return query
