"""Fixed statements on a shared database: compiled once for the process, prepared once for the session."""

from __future__ import annotations

from collections import namedtuple
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.dialects.postgresql.base import PGDialect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Select, Update

    from core.store.postgresql.session import Session


class SessionStatements:
    """Runs them through a session: a change goes with whatever is asked next, and costs no round trip."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def first(self, statement: Select[Any], values: Mapping[str, Any]) -> Any:
        """Returns the first row, its columns by name; None where there is none."""
        fixed = _fixed(statement)
        row = self._session.ask(fixed.text, [values[name] for name in fixed.values])
        return None if row is None else fixed.row(*row)

    def change(self, statement: Update, values: Mapping[str, Any]) -> None:
        """Has rows changed before anything that follows; what goes wrong is raised there."""
        fixed = _fixed(statement)
        self._session.change(fixed.text, [values[name] for name in fixed.values])


class _Fixed(NamedTuple):
    """A statement's text, the names of its values in their order, and what makes a row of the columns it finds."""

    text: str
    values: tuple[str, ...]
    row: Callable[..., Any]


@cache
def _fixed(statement: Select[Any] | Update) -> _Fixed:
    compiled = statement.compile(dialect=PGDialect(paramstyle="numeric_dollar"))  # type: ignore[no-untyped-call]
    names = [column.name for column in getattr(statement, "selected_columns", ())]
    return _Fixed(str(compiled), tuple(compiled.positiontup or ()), namedtuple("Row", names))  # noqa: PYI024
