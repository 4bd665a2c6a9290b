"""Statements whose text never changes, as every database runs them that has no shorter way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Select, Update


class CoreStatements:
    """Runs them through SQLAlchemy."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def first(self, statement: Select[Any], values: Mapping[str, Any]) -> Any:
        """Returns the first row, its columns by name; None where there is none."""
        return self._connection.execute(statement, values).first()

    def change(self, statement: Update, values: Mapping[str, Any]) -> None:
        """Changes rows."""
        self._connection.execute(statement, values)
