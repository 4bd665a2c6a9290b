"""Hands the entries of one transaction to the server's own function, which numbers, dates, chains and tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.journal.appending import Recorded
from core.journal.body import body_text
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from psycopg import Connection, Cursor

_APPEND = (
    "SELECT first_seq, last_hash FROM journal_append"
    "(%s, %s::text[], %s, %s, %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::int[])"
)


def append(
    raw: Connection[Any], entries: Sequence[Recorded], *, via: str, at: datetime, key: str | None
) -> Cursor[Any]:
    """Sends the call; its row is the number of the first entry and the hash of the last.

    The server keeps `at` and each entry's actor only of the database's owner; for everybody else it writes
    its own clock and who the session is.
    """
    within = {id(entry): n for n, entry in enumerate(entries, 1)}
    return raw.execute(
        _APPEND,
        (
            to_micros(at),
            [entry.actor for entry in entries],
            str(via),
            key,
            [entry.kind for entry in entries],
            [entry.subject.kind for entry in entries],
            [entry.subject.id for entry in entries],
            [body_text(entry.changes, entry.note) for entry in entries],
            [
                entry.cause.seq or None if isinstance(entry.cause, Recorded) else entry.cause
                for entry in entries
            ],
            [within.get(id(entry.cause), 0) if isinstance(entry.cause, Recorded) else 0 for entry in entries],
        ),
        prepare=True,
    )
