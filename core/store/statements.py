"""Statements whose text never changes, as every database runs them that has no shorter way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Insert, Select, Update


class CoreStatements:
    """Runs them through SQLAlchemy."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def first(self, statement: Select[Any], values: Mapping[str, Any]) -> Any:
        """Returns the first row, its columns by name; None where there is none."""
        return self._connection.execute(statement, values).first()

    def several(self, questions: Sequence[tuple[Select[Any], Mapping[str, Any]]]) -> list[list[Any]]:
        """Returns what each of several statements finds, one after the other."""
        return [list(self._connection.execute(statement, values)) for statement, values in questions]

    def change(self, statement: Update | Insert, values: Mapping[str, Any]) -> None:
        """Changes rows, or adds one."""
        self._connection.execute(statement, values)
