"""Pages of a list of rows: in an order, from a place in it on, however long it is.

Whoever shows the list holds one page of it, never all. A page begins behind a row and is found by what that row is
ordered by, not by counting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

from sqlalchemy import ColumnElement, case, func, literal, not_, select, tuple_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy import Connection, Table

PAGE = 150


class Numbered(Protocol):
    """What a row of a list is known by."""

    @property
    def id(self) -> int:
        """Its number."""
        ...


class Asked(Protocol):
    """What of a list is wanted: a view of it, words that must (with `!`: must not) be there, the order."""

    @property
    def view(self) -> str:
        """The name of the view."""
        ...

    @property
    def words(self) -> str:
        """The words, divided by blanks."""
        ...

    @property
    def order(self) -> str:
        """The name of the order."""
        ...

    @property
    def is_reversed(self) -> bool:
        """Whether the order is turned round."""
        ...


Row = TypeVar("Row", bound=Numbered)


@dataclass(frozen=True, slots=True)
class Order(Generic[Row]):
    """An order of the list: what rows are compared by in the database, and the same of a row at hand; the number comes last."""

    columns: tuple[ColumnElement[Any], ...]
    of: Callable[[Row], tuple[Any, ...]]


class Window(NamedTuple, Generic[Row]):
    """A part of the list: its rows in order, whether it reaches the first and the last one, and how many there are in all."""

    rows: list[Row]
    is_first: bool
    is_last: bool
    total: int


class Pages(Generic[Row]):
    """The pages of one table, whose columns `id` and `words` it goes by. Views and orders by name; `value` makes a row's value.

    Who shows more than the rows of the table says so in `_asked`, and which rows a list has in `_passing`.
    """

    PAGE = PAGE

    def __init__(
        self, table: Table[Any], value: Callable[[Any], Row], orders: Mapping[str, Order[Row]],
        views: Mapping[str, Callable[[Any], ColumnElement[bool]]],
    ) -> None:  # fmt: skip
        self._table, self._value = table, value
        self.ORDERS, self.VIEWS = orders, views

    def page(
        self, connection: Connection, wanted: Asked, *, behind: Row | None = None, before: Row | None = None,
        at: Row | None = None, limit: int = PAGE,
    ) -> list[Row]:  # fmt: skip
        """Returns at most `limit` rows in the order wanted: the first, or those behind, from (`at`) or before a row.

        The row need not be there any more: what counts is what it was ordered by.
        """
        order = self.ORDERS[wanted.order]
        backwards = wanted.is_reversed is not (before is not None)
        query = self._passing(self._asked(wanted), wanted)
        row = behind or before or at
        if row is not None:
            place, here = tuple_(*order.columns), tuple_(*map(literal, order.of(row)))
            if at is not None:
                query = query.where(place <= here if backwards else place >= here)
            else:
                query = query.where(place < here if backwards else place > here)
        query = query.order_by(*(c.desc() if backwards else c for c in order.columns)).limit(limit)
        found = [self._value(each) for each in connection.execute(query).all()]
        return found[::-1] if before is not None else found

    def first_window(self, connection: Connection, wanted: Asked, limit: int = 2 * PAGE) -> Window[Row]:
        """Returns the beginning of the list."""
        rows = self.page(connection, wanted, limit=limit)
        is_last = len(rows) < limit
        return Window(rows, True, is_last, len(rows) if is_last else self.count(connection, wanted))

    def last_window(self, connection: Connection, wanted: Any, limit: int = 2 * PAGE) -> Window[Row]:
        """Returns the end of the list."""
        other = self.first_window(connection, replace(wanted, is_reversed=not wanted.is_reversed), limit)
        return Window(other.rows[::-1], other.is_last, True, other.total)

    def window_around(self, connection: Connection, wanted: Asked, number: int) -> Window[Row] | None:
        """Returns the part of the list around a row; None where that is not in it."""
        found = self.some(connection, [number], wanted)
        if not found:
            return None
        above = self.page(connection, wanted, before=found[0])
        rows = [*above, *self.page(connection, wanted, at=found[0])]
        is_first, is_last = len(above) < PAGE, len(rows) - len(above) < PAGE
        total = len(rows) if is_first and is_last else self.count(connection, wanted)
        return Window(rows, is_first, is_last, total)

    def window_again(
        self, connection: Connection, wanted: Asked, first: Row | None, length: int
    ) -> Window[Row]:
        """Returns the part that was read before as it is now: from the place of its `first` row on (None: from the beginning)."""
        rows = self.page(connection, wanted, at=first, limit=length)
        is_last = len(rows) < length
        total = len(rows) if is_last and first is None else self.count(connection, wanted)
        return Window(rows, first is None, is_last, total)

    def window_and_others(
        self, connection: Connection, wanted: Asked, first: Row | None, length: int, held: Iterable[int]
    ) -> tuple[Window[Row], list[Row]]:
        """Returns the part that was read before as it is now, and those of the numbers `held` that are no longer in it."""
        window = self.window_again(connection, wanted, first, length)
        others = set(held) - {each.id for each in window.rows}
        return window, self.as_shown(connection, others, wanted) if others else []

    def as_shown(self, connection: Connection, ids: Iterable[int], wanted: Asked) -> list[Row]:
        """Returns the rows of these numbers that exist, as whoever wants the list is shown them, whether they belong to it or not."""
        query = self._asked(wanted).where(self._table.c.id.in_(list(ids)))
        return [self._value(each) for each in connection.execute(query).all()]

    def some(self, connection: Connection, ids: Iterable[int], wanted: Asked | None = None) -> list[Row]:
        """Returns the rows of these numbers that exist; with `wanted` only those that belong to it."""
        query: Any = select(self._table)
        if wanted is not None:
            query = self._passing(self._asked(wanted), wanted)
        query = query.where(self._table.c.id.in_(list(ids)))
        return [self._value(each) for each in connection.execute(query).all()]

    def ids_of(self, connection: Connection, wanted: Asked, limit: int) -> list[int]:
        """Returns the numbers of the first `limit` rows of the list."""
        columns = self.ORDERS[wanted.order].columns
        order = (c.desc() if wanted.is_reversed else c for c in columns)
        number: ColumnElement[Any] = self._table.c.id
        query = self._passing(self._asked(wanted, number), wanted).order_by(*order).limit(limit)
        return list(connection.scalars(query))

    def count(self, connection: Connection, wanted: Asked) -> int:
        """Returns how many rows the list has."""
        counted: Any = func.count()
        query = self._passing(self._asked(wanted, counted), wanted)
        return connection.scalar(query) or 0

    def _asked(self, _wanted: Any, *columns: ColumnElement[Any]) -> Any:
        """Returns the question for these columns, or for all that a row's value is made of, before anything is left out."""
        return select(*columns or (self._table,)).select_from(self._table)

    def _passing(self, query: Any, wanted: Any) -> Any:
        """Returns the question for what belongs to the list."""
        query = query.where(self.VIEWS[wanted.view](wanted))
        words = wanted.words.split()
        if not words:
            return query
        passing = select(self._table.c.id)  # asked of the index that holds the words, not row by row
        for word in words:
            inverts = word[0] == "!" and len(word) > 1
            found = self._table.c.words.contains((word[1:] if inverts else word).lower(), autoescape=True)
            passing = passing.where(not_(found) if inverts else found)
        return query.where(self._table.c.id.in_(passing))


def count_where(condition: ColumnElement[bool]) -> Any:
    """Returns the column that counts the rows for which something holds, beside others in one look at the table."""
    return func.count(case((condition, 1)))
