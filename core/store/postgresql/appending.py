"""Hands the entries of one transaction to the server's own function, which numbers, dates, chains and tells them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from core.journal.appending import Recorded
from core.journal.body import entry_text
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.store.postgresql.session import Session

_written = json.JSONEncoder(ensure_ascii=False).encode
_APPEND = "SELECT journal_append($1,$2,$3,$4)"
_NOT_YET: Final = b"SET LOCAL synchronous_commit = off"
_FLUSHED: Final = "SELECT pg_logical_emit_message(true, 'watchfloor', '')"


class NotFlushed(Exception):
    """The entries were committed, and the server did not say that they are on disk; the cause is the driver's error."""


def append_and_commit(
    session: Session,
    entries: Sequence[Recorded],
    *,
    via: str,
    at: datetime,
    key: str | None,
    is_handed_on: bool,
) -> None:
    """Sends the entries and the COMMIT as one message, so that the journal's head is held for no round trip.

    Where `is_handed_on`, the COMMIT gives the head to the next writer before its own record is on disk, and a second
    transaction in the same message, which writes next to nothing, waits until it is: so many writers share one flush. Nobody
    is answered before that. Raises the driver's errors, and NotFlushed.

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
    message = session.called(_APPEND, values, "journal_append") + b";COMMIT"
    if is_handed_on:
        message = b"%b;%b;%b" % (_NOT_YET, message, session.called(_FLUSHED, (), "flushed"))
    results = session.answers(message)
    committed = next((n for n, result in enumerate(results) if result.command_status == b"COMMIT"), None)
    if (error := session.error_in(results)) is not None:
        if committed is not None:
            raise NotFlushed from error
        raise error
    assert committed is not None
    ((first,),) = session.rows_of(results[committed - 1])
    for n, entry in enumerate(entries):
        entry.seq = first + n


def flush(session: Session) -> None:
    """Waits until all that was committed is on disk."""
    session.say(session.called(_FLUSHED, (), "flushed"))


def _known(cause: int | Recorded | None) -> int | None:
    """Returns the number of a cause that has one already."""
    return (cause.seq if isinstance(cause, Recorded) else cause) or None
