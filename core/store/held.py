"""What is held of a table in memory: every row that is not over, however old, and as many of the others as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

MOST_OVER = 500


def open_and_newest(
    connection: Connection,
    query: Select[Any],
    number: ColumnElement[int],
    is_open: ColumnElement[bool],
    over: int = MOST_OVER,
) -> list[Any]:
    """Returns the rows of a query that are open, and the newest `over` of those that are not, by their number; newest first."""
    rows = [
        *connection.execute(query.where(is_open)).all(),
        *connection.execute(query.where(~is_open).order_by(number.desc()).limit(over)).all(),
    ]
    return sorted(rows, key=lambda row: -row.id)
