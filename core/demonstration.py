"""A database made to look at: its first entry says so, and everybody who opens it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import NotPossible
from core.journal import queries as journal
from core.journal.model import Subject

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.store.work import Work

KIND = "database.made_to_look_at"


def begin_demonstration(work: Work) -> None:
    """Says of a database that nothing in it ever happened. Raises NotPossible where something is in it already."""
    if journal.one(work.connection, 1) is not None:
        raise NotPossible("this database holds something already", next_step="Nothing was changed")
    work.record(KIND, Subject("database", ""))


def is_demonstration(connection: Connection) -> bool:
    """Tells whether nothing in this database ever happened."""
    first = journal.one(connection, 1)
    return first is not None and first.kind == KIND
