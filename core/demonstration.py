"""A database made to look at: its first entry says so, and everybody who opens it is told.

Only in such a one may a past be written down at once, each entry at its own instant: of any other every entry says what
its transaction did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import insert

from core.errors import NotPossible
from core.journal import queries as journal
from core.journal.appending import head
from core.journal.body import body_text
from core.journal.chain import record_link
from core.journal.model import Subject
from core.journal.tables import journal as journal_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from sqlalchemy import Connection, Table

    from core.journal.model import Changes
    from core.store.work import Work

KIND = "database.made_to_look_at"
_INSERT = insert(journal_table)


class Happening(NamedTuple):
    """An entry of a past that is made up: at an instant (microseconds UTC), by whom, through which door, of what it tells."""

    at: int
    actor: str
    via: str
    kind: str
    subject: Subject
    changes: Changes
    note: str


def begin_demonstration(work: Work) -> None:
    """Says of a database that nothing in it ever happened. Raises NotPossible where something is in it already."""
    if journal.one(work.connection, 1) is not None:
        raise NotPossible("this database holds something already", next_step="Nothing was changed")
    work.record(KIND, Subject("database", ""))


def is_demonstration(connection: Connection) -> bool:
    """Tells whether nothing in this database ever happened."""
    first = journal.one(connection, 1)
    return first is not None and first.kind == KIND


def write_past(
    work: Work, happenings: Sequence[Happening], rows: Iterable[tuple[Table[Any], Sequence[dict[str, Any]]]]
) -> None:
    """Writes down a past that is made up: its entries, in the order in which they happened, and the rows they come to.

    Raises NotPossible in a database that is no demonstration, and for what lies before the newest entry or after now.
    """
    if not is_demonstration(work.connection):
        raise NotPossible("only a demonstration has a past that is made up", next_step="Nothing was changed")
    (seq, before), newest = head(work.connection)
    entries = []
    for each in happenings:
        if each.at < newest:
            raise NotPossible(
                "a past is written in the order in which it happened", next_step="Nothing was changed"
            )
        seq, newest = seq + 1, each.at
        body = body_text(each.changes, each.note)
        record = (seq, each.at, each.actor, each.via, each.kind, *each.subject, body, None, None, "")
        before = record_link(before, record)
        entries.append(
            {
                "seq": seq, "at": each.at, "actor": each.actor, "via": each.via, "kind": each.kind,
                "subject_kind": each.subject.kind, "subject_id": each.subject.id, "body": body, "cause": None,
                "key": None, "hash": before,
            }
        )  # fmt: skip
    if entries:
        work.connection.execute(_INSERT, entries)
    for table, found in rows:
        if found:
            work.connection.execute(insert(table), found)
