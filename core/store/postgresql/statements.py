"""Fixed statements on a shared database: compiled once for the process, prepared once for the session."""

from __future__ import annotations

from collections import namedtuple
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from core.store.plain_rows import numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Insert, Select, Update

    from core.store.plain_rows import Ready
    from core.store.postgresql.session import Session


class SessionStatements:
    """Runs them through a session: a change goes with whatever is asked next, and costs no round trip."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def first(self, statement: Select[Any], values: Mapping[str, Any]) -> Any:
        """Returns the first row, its columns by name; None where there is none."""
        fixed = _fixed(statement)
        row = self._session.ask(*fixed.with_values(values))
        return None if row is None else fixed.row(*row)

    def several(self, questions: Sequence[tuple[Select[Any], Mapping[str, Any]]]) -> list[list[Any]]:
        """Returns what each of several statements finds, asked in one message."""
        fixed = [_fixed(statement) for statement, _ in questions]
        asked = [each.with_values(values) for each, (_, values) in zip(fixed, questions, strict=True)]
        found = self._session.ask_all(asked)
        return [[each.row(*row) for row in rows] for each, rows in zip(fixed, found, strict=True)]

    def change(self, statement: Update | Insert, values: Mapping[str, Any]) -> None:
        """Has rows changed, or one added, before anything that follows; what goes wrong is raised there."""
        self._session.change(*_fixed(statement).with_values(values))


class _Fixed(NamedTuple):
    """A statement as the server prepares it, and what makes a row of the columns it finds."""

    ready: Ready
    row: Callable[..., Any]

    def with_values(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Returns its text, and its values in their order."""
        return self.ready.text, self.ready.filled(values)


@cache
def _fixed(statement: Select[Any] | Update | Insert) -> _Fixed:
    names = [column.name for column in getattr(statement, "selected_columns", ())]
    return _Fixed(numbered(statement), namedtuple("Row", names))  # noqa: PYI024
