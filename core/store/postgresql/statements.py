"""Fixed statements on a shared database: compiled once for the process, prepared once for the session."""

from __future__ import annotations

from collections import namedtuple
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.dialects.postgresql.base import PGDialect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Insert, Select, Update

    from core.store.postgresql.session import Session


class SessionStatements:
    """Runs them through a session: a change goes with whatever is asked next, and costs no round trip."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def first(self, statement: Select[Any], values: Mapping[str, Any]) -> Any:
        """Returns the first row, its columns by name; None where there is none."""
        fixed = _fixed(statement)
        row = self._session.ask(fixed.text, fixed.filled(values))
        return None if row is None else fixed.row(*row)

    def several(self, questions: Sequence[tuple[Select[Any], Mapping[str, Any]]]) -> list[list[Any]]:
        """Returns what each of several statements finds, asked in one message."""
        fixed = [_fixed(statement) for statement, _ in questions]
        asked = [(each.text, each.filled(values)) for each, (_, values) in zip(fixed, questions, strict=True)]
        found = self._session.ask_all(asked)
        return [[each.row(*row) for row in rows] for each, rows in zip(fixed, found, strict=True)]

    def change(self, statement: Update | Insert, values: Mapping[str, Any]) -> None:
        """Has rows changed, or one added, before anything that follows; what goes wrong is raised there."""
        fixed = _fixed(statement)
        self._session.change(fixed.text, fixed.filled(values))


class _Fixed(NamedTuple):
    """A statement's text, the names of its values in their order, its own values, and what makes a row of the columns it finds."""

    text: str
    names: tuple[str, ...]
    own: Mapping[str, Any]
    row: Callable[..., Any]

    def filled(self, values: Mapping[str, Any]) -> list[Any]:
        """Returns the values in their order: those given, else those that the statement was built with."""
        return [values[name] if name in values else self.own[name] for name in self.names]


@cache
def _fixed(statement: Select[Any] | Update | Insert) -> _Fixed:
    compiled = statement.compile(dialect=PGDialect(paramstyle="numeric_dollar"))  # type: ignore[no-untyped-call]
    names = [column.name for column in getattr(statement, "selected_columns", ())]
    own = {name: value for name, value in compiled.params.items() if value is not None}
    return _Fixed(str(compiled), tuple(compiled.positiontup or ()), own, namedtuple("Row", names))  # noqa: PYI024
