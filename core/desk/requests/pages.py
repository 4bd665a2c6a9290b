"""Pages of the queue: requests in an order, from a place in it on, however long it is.

Whoever shows the queue holds one page of it, never all. A page begins behind a row and is found by what that row is
ordered by, not by counting. Of long texts it holds the beginning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)

from core.desk.clocks.kept import kept_rows
from core.desk.finding.compiling import condition_of, is_open_only
from core.desk.finding.fields import Kind
from core.desk.finding.parsing import parse
from core.desk.finding.reading import Sight
from core.desk.requests.model import OVER, STANDING, Request, RequestState
from core.desk.requests.queries import to_listed
from core.desk.requests.tables import IN_SIGHT, NEVER, NEXT_DUE, request
from core.store.plain_rows import plain_rows
from core.timekeeping import to_micros, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Connection

BEGINNING = 600
"""So many characters of a text are at hand in a list."""
PAGE = 150
HEAD = 20
"""So many rows of the queue are known wherever one is, most urgent first."""
AN_HOUR = 3_600_000_000
NEAR = 2000
"""What is like a request is looked for among so many taken down before and after it: however many there ever were."""

_S = RequestState
OPEN = tuple(state for state in RequestState if STANDING[state].is_open)
STATE_ORDER = {
    state: place
    for place, state in enumerate(
        (_S.REOPENED, _S.NEW, _S.ACKNOWLEDGED, _S.IN_PROGRESS, _S.WAITING, _S.HELD, _S.APPROVAL, _S.DELIVERED)
    )
} | dict.fromkeys(OVER, 9)
"""What waits for us comes before what waits for others, and that before what is done."""


class Order(NamedTuple):
    """An order of the queue: what rows are compared by in the database, and the same of a row at hand; the number comes last."""

    columns: tuple[ColumnElement[Any], ...]
    of: Callable[[Request], tuple[Any, ...]]


_C = request.c
_STATES = " ".join(f"WHEN '{state}' THEN {place}" for state, place in STATE_ORDER.items())
_STATE: ColumnElement[int] = literal_column(f"CASE request.state {_STATES} END", Integer())
ORDERS: dict[str, Order] = {
    "due": Order(
        (NEXT_DUE, _C.priority, _C.id),
        lambda r: (NEVER if r.due is None else to_micros(r.due), r.priority, r.id),
    ),
    "id": Order((_C.id,), lambda r: (r.id,)),
    "priority": Order((_C.priority, _C.id), lambda r: (r.priority, r.id)),
    "age": Order((_C.opened_at, _C.id), lambda r: (to_micros(r.opened_at), r.id)),
    "state": Order((_STATE, _C.priority, _C.id), lambda r: (STATE_ORDER[r.state], r.priority, r.id)),
    "owner": Order((_C.owner, _C.priority, _C.id), lambda r: (r.owner, r.priority, r.id)),
    "service": Order((_C.service, _C.priority, _C.id), lambda r: (r.service, r.priority, r.id)),
    "customer": Order((_C.customer, _C.priority, _C.id), lambda r: (r.customer, r.priority, r.id)),
}  # fmt: skip
FIRST_ORDER = "due"
REQUESTS = frozenset({Kind.REQUEST})

_IS_AWAKE = _C.snoozed_until.is_(None)
_IS_OPEN = and_(IN_SIGHT, _C.state.not_in(sorted(set(RequestState) - set(OPEN) - OVER)), _IS_AWAKE)
"""What is to be worked on: open, and not snoozed. Said by what it is not, so that a page is read in the order wanted."""
_whose = _C.owner.concat(literal_column("''"))
"""Whose it is, where most rows of a view pass: not the column itself, by whose index the view would be sorted anew for each page."""
FIRST_VIEW = "unowned+mine"
VIEWS: dict[str, Callable[[ColumnElement[str]], ColumnElement[bool]]] = {
    FIRST_VIEW: lambda person: and_(_IS_OPEN, or_(_whose == "", _whose == person)),
    "unowned": lambda _: and_(_IS_OPEN, _whose == ""),
    "mine": lambda person: and_(_IS_OPEN, _C.owner == person),
    "waiting": lambda _: _C.state == _S.WAITING,
    "held": lambda _: _C.state.in_((_S.HELD, _S.APPROVAL)),
    "snoozed": lambda _: _C.snoozed_until.is_not(None),
    "delivered": lambda _: _C.state == _S.DELIVERED,
    "all open": lambda _: IN_SIGHT,
    "all": lambda _: literal(True),
}
"""The views of the queue that everybody has, by name: what of it is shown to a person."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the queue is wanted: by whom, which view, what passes the filter `words` (core.desk.finding.parsing), and the order."""

    person: str
    view: str = FIRST_VIEW
    words: str = ""
    order: str = FIRST_ORDER
    is_reversed: bool = False


class Window(NamedTuple):
    """A part of the queue: its rows in order, whether it reaches the first and the last one, and how many there are in all."""

    rows: list[Request]
    is_first: bool
    is_last: bool
    total: int


class Figures(NamedTuple):
    """How many requests are where; what is over is not counted."""

    in_sight: int = 0
    unowned: int = 0
    mine: int = 0
    waiting: int = 0
    held: int = 0
    delivered: int = 0
    worst: int = 0  # open, of priority 1
    snoozed: int = 0


def page(
    connection: Connection, wanted: Wanted, *, behind: Request | None = None, before: Request | None = None,
    at: Request | None = None, limit: int = PAGE,
) -> list[Request]:  # fmt: skip
    """Returns at most `limit` requests in the order wanted: the first, or those behind, from (`at`) or before a row.

    The row need not be there any more: what counts is what it was ordered by.
    """
    query, named = page_query(connection, wanted, behind=behind, before=before, at=at, limit=limit)
    is_fixed = not wanted.words.strip()
    rows = plain_rows(connection, query, named) if is_fixed else connection.execute(query, named).all()
    found = _with_kept(connection, rows)
    return found[::-1] if before is not None else found


def page_query(
    connection: Connection, wanted: Wanted, *, behind: Request | None = None, before: Request | None = None,
    at: Request | None = None, limit: int = PAGE,
) -> tuple[Any, dict[str, Any]]:  # fmt: skip
    """Returns the question for a page as `page` asks it, and what it is asked with; with `before` its rows come the other way round."""
    backwards = wanted.is_reversed is not (before is not None)
    row = behind or before or at
    query = _page_question(wanted.view, wanted.order, backwards, row is not None, at is not None)
    named: dict[str, Any] = {"person": wanted.person, "most": limit}
    if row is not None:
        named |= {f"place_{number}": value for number, value in enumerate(ORDERS[wanted.order].of(row))}
    return _with_words(connection, query, wanted), named


@cache
def _page_question(view: str, order: str, backwards: bool, is_placed: bool, is_at: bool) -> Any:
    """Returns the question for a page, put together once: that takes as long as a third of the answer."""
    columns = ORDERS[order].columns
    query = _LISTED.where(VIEWS[view](bindparam("person", type_=Text())))
    if is_placed:
        here = [bindparam(f"place_{number}", type_=each.type) for number, each in enumerate(columns)]
        whole, place = tuple_(*columns), tuple_(*here)
        # Where in an index to begin: of a row of several, none is told.
        query = query.where(columns[0] <= here[0] if backwards else columns[0] >= here[0])
        if is_at:
            query = query.where(whole <= place if backwards else whole >= place)
        else:
            query = query.where(whole < place if backwards else whole > place)
    return query.order_by(*(c.desc() if backwards else c for c in columns)).limit(
        bindparam("most", type_=Integer())
    )


def first_window(connection: Connection, wanted: Wanted, limit: int = 2 * PAGE) -> Window:
    """Returns the beginning of the queue."""
    rows = page(connection, wanted, limit=limit)
    is_last = len(rows) < limit
    return Window(rows, True, is_last, len(rows) if is_last else count(connection, wanted))


def last_window(connection: Connection, wanted: Wanted, limit: int = 2 * PAGE) -> Window:
    """Returns the end of the queue."""
    other = first_window(connection, replace(wanted, is_reversed=not wanted.is_reversed), limit)
    return Window(other.rows[::-1], other.is_last, True, other.total)


def window_around(connection: Connection, wanted: Wanted, request_id: int) -> Window | None:
    """Returns the part of the queue around a request; None where that is not in it."""
    found = some(connection, [request_id], wanted)
    if not found:
        return None
    above = page(connection, wanted, before=found[0])
    rows = [*above, *page(connection, wanted, at=found[0])]
    is_first, is_last = len(above) < PAGE, len(rows) - len(above) < PAGE
    return Window(rows, is_first, is_last, len(rows) if is_first and is_last else count(connection, wanted))


def window_again(connection: Connection, wanted: Wanted, first: Request | None, length: int) -> Window:
    """Returns the part that was read before as it is now: from the place of its `first` row on (None: from the beginning)."""
    rows = page(connection, wanted, at=first, limit=length)
    is_last = len(rows) < length
    total = len(rows) if is_last and first is None else count(connection, wanted)
    return Window(rows, first is None, is_last, total)


def window_and_others(
    connection: Connection, wanted: Wanted, first: Request | None, length: int, held: Iterable[int]
) -> tuple[Window, list[Request]]:
    """Returns the part that was read before as it is now, and those of the numbers `held` that are no longer in it."""
    window = window_again(connection, wanted, first, length)
    others = set(held) - {each.id for each in window.rows}
    return window, some(connection, others) if others else []


def some(connection: Connection, ids: Iterable[int], wanted: Wanted | None = None) -> list[Request]:
    """Returns the requests of these numbers as lists have them; with `wanted` only those that belong to it."""
    query = _LISTED.where(_C.id.in_(list(ids)))
    if wanted is not None:
        query = _passing(connection, query, wanted)
    return _with_kept(connection, connection.execute(query).all())


def ids_of(connection: Connection, wanted: Wanted, limit: int) -> list[int]:
    """Returns the numbers of the first `limit` requests of the queue."""
    columns = ORDERS[wanted.order].columns
    order = (c.desc() if wanted.is_reversed else c for c in columns)
    return list(connection.scalars(_passing(connection, select(_C.id), wanted).order_by(*order).limit(limit)))


def count(connection: Connection, wanted: Wanted) -> int:
    """Returns how many requests the queue has."""
    return connection.scalar(_passing(connection, select(func.count()).select_from(request), wanted)) or 0


def figures(connection: Connection, person: str) -> Figures:
    """Returns how many requests are where, seen by a person."""
    state = _C.state.concat(literal_column("''"))  # not the column itself: its own index knows no owners
    groups = connection.execute(
        select(
            state, func.count(), func.count(case((and_(_C.owner == "", _IS_AWAKE), 1))),
            func.count(case((and_(_C.owner == person, _IS_AWAKE), 1))),
            func.count(case((_C.priority == 1, 1))), func.count(_C.snoozed_until),
        )
        .where(IN_SIGHT)
        .group_by(state)
    ).all()  # fmt: skip
    found = {RequestState(state): numbers for state, *numbers in groups}
    still_open = [numbers for state, numbers in found.items() if state.is_open]
    return Figures(
        in_sight=sum(numbers[0] for numbers in found.values()),
        unowned=sum(numbers[1] for numbers in still_open), mine=sum(numbers[2] for numbers in still_open),
        waiting=found.get(_S.WAITING, (0,))[0],
        held=found.get(_S.HELD, (0,))[0] + found.get(_S.APPROVAL, (0,))[0],
        delivered=found.get(_S.DELIVERED, (0,))[0], worst=sum(numbers[3] for numbers in still_open),
        snoozed=sum(numbers[4] for numbers in still_open),
    )  # fmt: skip


class Head(NamedTuple):
    """The queue at one glance: how many are where, and the rows that are most urgent for a person."""

    figures: Figures = Figures()
    rows: tuple[Request, ...] = ()


def head(connection: Connection, person: str, limit: int = HEAD) -> Head:
    """Returns the queue at one glance, as a person sees it first."""
    return Head(figures(connection, person), tuple(page(connection, Wanted(person), limit=limit)))


def like(connection: Connection, of: Request, limit: int = 6) -> list[Request]:
    """Returns requests that may be about the same: of the same component or requester, opened within an hour of it."""
    opened = to_micros(of.opened_at)
    alike = [_C.requester == of.requester]
    if of.component:
        alike.append(_C.component == of.component)
    query = _LISTED.where(
        _C.id != of.id, _C.id.between(of.id - NEAR, of.id + NEAR), _C.opened_at.between(opened - AN_HOUR, opened + AN_HOUR), or_(*alike), _C.state != _S.MERGED
    )  # fmt: skip
    return [to_listed(each) for each in connection.execute(query.order_by(_C.id.desc()).limit(limit)).all()]


def _with_kept(connection: Connection, rows: Sequence[Any]) -> list[Request]:
    """Returns the requests of rows, each with how its promises stand."""
    clocks = kept_rows(connection, "request", [each[0] for each in rows])
    return [to_listed(each, clocks.get(each[0], ())) for each in rows]


def _select() -> Any:
    """Of the long texts a list has the beginning, and forms are read where a request is opened."""
    long: dict[str, Any] = {
        "text": func.substr(_C.text, 1, BEGINNING).label("text"), "form": literal_column("'{}'").label("form"),
    }  # fmt: skip
    return select(*(long.get(column.name, column) for column in _C))


_LISTED = _select()


def _passing(connection: Connection, query: Any, wanted: Wanted) -> Any:
    return _with_words(connection, query.where(VIEWS[wanted.view](literal(wanted.person))), wanted)


def _with_words(connection: Connection, query: Any, wanted: Wanted) -> Any:
    """Returns the question for what also passes the filter."""
    if not wanted.words.strip():
        return query
    tree = parse(wanted.words, REQUESTS).tree
    is_narrow = wanted.view != "all"
    if not is_narrow and is_open_only(tree, Kind.REQUEST):
        query, is_narrow = query.where(IN_SIGHT), True
    sight = Sight(wanted.person, utc_now())
    return query.where(condition_of(connection, tree, Kind.REQUEST, sight, by_index=not is_narrow))
