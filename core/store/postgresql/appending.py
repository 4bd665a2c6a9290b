"""Hands the entries of one transaction to the server's own function, which numbers, dates, chains and tells them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core.journal.appending import Recorded
from core.journal.body import entry_text
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.store.postgresql.session import Session

_written = json.JSONEncoder(ensure_ascii=False).encode
_APPEND = "SELECT journal_append($1,$2,$3,$4)"


def append_and_commit(
    session: Session, entries: Sequence[Recorded], *, via: str, at: datetime, key: str | None
) -> None:
    """Sends the entries and the COMMIT as one message, so that the journal's head is held for no round trip.

    The entries know their numbers afterwards. The server keeps `at` and each entry's actor only of who moves a
    database; for everybody else it writes its own clock and who the session is.
    """
    within = {id(entry): n for n, entry in enumerate(entries, 1)}
    said = [
        (
            entry.actor, entry.kind, *entry.subject, entry_text(entry.changes, entry.note), _known(entry.cause),
            within.get(id(entry.cause)) if isinstance(entry.cause, Recorded) else None,
        )
        for entry in entries
    ]  # fmt: skip
    values = (to_micros(at), str(via), key, _written(said))
    results = session.say(session.called(_APPEND, values, "journal_append") + b";COMMIT")
    ((first,),) = session.rows_of(results[-2])
    for n, entry in enumerate(entries):
        entry.seq = first + n


def _known(cause: int | Recorded | None) -> int | None:
    """Returns the number of a cause that has one already."""
    return (cause.seq if isinstance(cause, Recorded) else cause) or None
