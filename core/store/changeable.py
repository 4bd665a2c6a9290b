"""The journal of an embedded database, opened for the one change that there is: a text that is taken out of it.

A server has functions of its own for that (postgresql/sql/redaction.sql).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_STAYS = "journal_no_update"
"""The trigger that refuses every change of an entry."""


@contextmanager
def changeable_journal(connection: Connection) -> Iterator[None]:
    """Takes the trigger away that refuses changes, and puts it back as it was, all within the caller's transaction.

    What is changed meanwhile is written over in the file, not only let go of.
    """
    trigger = connection.scalar(
        text("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = :name"), {"name": _STAYS}
    )
    connection.exec_driver_sql("PRAGMA secure_delete = ON")
    if trigger:
        connection.exec_driver_sql(f"DROP TRIGGER {_STAYS}")
    try:
        yield
        if trigger:
            connection.exec_driver_sql(trigger)
    finally:
        connection.exec_driver_sql("PRAGMA secure_delete = OFF")
