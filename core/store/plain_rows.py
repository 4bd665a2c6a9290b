"""Rows as the driver reads them: for lists of hundreds of rows, which are asked for with the same few statements all the time."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Dialect, Insert, Select, Update

MOST = 500
"""So many statements are kept as they were made ready."""


def plain_rows(
    connection: Connection, statement: Select[*tuple[Any, ...]], values: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """Returns all rows that a statement finds with its values, as tuples, its columns in their order.

    The statement is one object for as long as the program runs: it is made ready once, and a server plans it once for
    all values. Raises TypeError where a column has to be read in another way than the driver does (a Boolean of an
    embedded database), else the driver's own errors.
    """
    _check_plain(statement, connection.dialect)
    driver: Any = connection.connection.driver_connection
    rows: list[tuple[Any, ...]]
    if connection.dialect.name == "postgresql":
        ready = numbered(statement)
        rows = driver.planned_once(ready.text, ready.filled(values))
    else:
        ready = _made_ready(statement, connection.dialect)
        rows = driver.execute(ready.text, ready.filled(values)).fetchall()
    return rows


class Ready(NamedTuple):
    """A statement's text for the driver, the names of its values in their order, and the values that it was built with."""

    text: str
    names: tuple[str, ...]
    own: Mapping[str, Any]

    def filled(self, values: Mapping[str, Any]) -> list[Any]:
        """Returns the values in their order: those given, else those that the statement was built with."""
        return [values[name] if name in values else self.own[name] for name in self.names]


@cache
def numbered(statement: Select[*tuple[Any, ...]] | Update | Insert) -> Ready:
    """Returns a statement as a server prepares it: its values marked $1, $2 and so on."""
    from sqlalchemy.dialects.postgresql.base import PGDialect  # only where a server is asked

    return _made_ready(statement, PGDialect(paramstyle="numeric_dollar"))  # type: ignore[no-untyped-call]


@lru_cache(maxsize=MOST)
def _made_ready(statement: Select[*tuple[Any, ...]] | Update | Insert, dialect: Dialect) -> Ready:
    compiled: Any = statement.compile(dialect=dialect)
    given_later = dict.fromkeys(name for name, bind in compiled.binds.items() if bind.required)
    whole = compiled.construct_expanded_state(given_later)
    own = {name: value for name, value in whole.parameters.items() if name not in given_later}
    return Ready(whole.statement, tuple(whole.positiontup or ()), own)


@lru_cache(maxsize=MOST)
def _check_plain(statement: Select[*tuple[Any, ...]], dialect: Dialect) -> None:
    for column in statement.selected_columns:
        kind = column.type.dialect_impl(dialect)
        if kind.result_processor(dialect, None) is not None:
            raise TypeError(f"{column} is no {kind!r} as the driver reads it")
