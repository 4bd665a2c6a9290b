"""The commands on a database that is moved away: it is held still, says where it went, and can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core.errors import NotPermitted, NotPossible
from core.gate.people import roles_of
from core.gate.rights import Role
from core.journal.body import told_in
from core.journal.model import Subject
from core.journal.tables import journal
from core.printable import printable
from core.store.marks import Mark, mark_of, marked_refusal
from core.store.schema import schema_of, set_mark

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.store.work import Work

SUBJECT = "database"
MOVED = "database.moved"
_NEWEST = (
    select(journal.c.body)
    .where(journal.c.subject_kind == SUBJECT, journal.c.kind == MOVED)
    .order_by(journal.c.seq.desc())
    .limit(1)
)


def hold(work: Work, name: str, to: str) -> None:
    """Lets nobody write from this commit on, and says where the database goes; done again, it changes nothing.

    Raises NotPermitted without the role admin, NotPossible where it is being moved elsewhere.
    """
    _must_be_admin(work)
    mark = mark_of(schema_of(work.connection).min_writer)
    if mark is Mark.MOVED and moved_to(work.connection) == to:
        return
    if mark is Mark.MOVED:
        raise NotPossible(
            f"{name} was moved to {moved_to(work.connection)}",
            next_step="Nothing was changed. `watchfloor admin move FILE --take-back` undoes that move",
        )
    if mark:
        raise marked_refusal(mark, name)
    set_mark(work.connection, Mark.MOVED)
    work.record(MOVED, Subject(SUBJECT, name), {"to": (None, to)})


def take_back(work: Work, name: str) -> str:
    """Lets a database that was moved be written again, and returns where it had gone. Raises NotPermitted, NotPossible."""
    _must_be_admin(work)
    if mark_of(schema_of(work.connection).min_writer) is not Mark.MOVED:
        raise NotPossible(f"{name} was not moved", next_step="Nothing was changed: it can be written")
    there = moved_to(work.connection)
    set_mark(work.connection, Mark.NONE)
    work.record("database.taken_back", Subject(SUBJECT, name), {"to": (there, None)})
    return there


def moved_to(connection: Connection) -> str:
    """Returns where the database was last moved to, without any secret; nothing where it never was."""
    body = connection.scalar(_NEWEST)
    return printable(str(told_in(body).get("to", ("", ""))[1]), 200) if body else ""


def _must_be_admin(work: Work) -> None:
    if Role.ADMIN not in roles_of(work):
        raise NotPermitted(
            f"moving a database is for the role {Role.ADMIN}, which {work.actor} has not",
            next_step="Nothing was changed. `watchfloor rights` tells who may do what",
        )
