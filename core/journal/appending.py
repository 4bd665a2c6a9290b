"""Writes the entries a unit of work collected, as the last thing before its commit.

Called by core.store alone: nothing else may add to the journal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from core.journal.body import entry_text
from core.journal.chain import link
from core.journal.model import START, Changes, Cursor, Subject
from core.journal.tables import journal
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

_HEAD = select(journal.c.seq, journal.c.hash, journal.c.at).order_by(journal.c.seq.desc()).limit(1)
_INSERT = insert(journal)


@dataclass(slots=True)
class Recorded:
    """An entry waiting for its number; `seq` is 0 until the journal gave one."""

    kind: str
    subject: Subject
    changes: Changes
    note: str
    cause: int | Recorded | None
    actor: str
    seq: int = 0


def head(connection: Connection) -> tuple[Cursor, int]:
    """Returns the cursor of the newest entry and its `at` in microseconds; (START, 0) when there is none."""
    row = connection.execute(_HEAD).first()
    return (Cursor(row.seq, row.hash), row.at) if row else (START, 0)


def append(
    connection: Connection, entries: Sequence[Recorded], *, via: str, at: datetime, key: str | None
) -> Cursor:
    """Gives each entry its number and hash and inserts it; returns the cursor after the last.

    `at` is raised to the newest entry's where the clock went backwards, so that it never decreases.
    `key` marks the whole transaction and stands on its first entry.
    """
    (seq, before), newest = head(connection)
    micros = max(to_micros(at), newest)
    rows = []
    for entry in entries:
        seq += 1
        entry.seq = seq
        cause = entry.cause.seq if isinstance(entry.cause, Recorded) else entry.cause
        body = entry_text(entry.changes, entry.note)
        before = link(
            before,
            seq,
            micros,
            entry.actor,
            via,
            entry.kind,
            *entry.subject,
            body,
            str(cause or ""),
            key or "",
        )
        rows.append(
            {
                "seq": seq, "at": micros, "actor": entry.actor, "via": via, "kind": entry.kind,
                "subject_kind": entry.subject.kind, "subject_id": entry.subject.id,
                "body": body, "cause": cause, "key": key, "hash": before,
            }
        )  # fmt: skip
        key = None
    connection.execute(_INSERT, rows)
    return Cursor(seq, before)
