"""Taking back one's own last change, as a compensating entry.

A change can be taken back by the person who made it, within UNDO_S, while nobody changed the subject
since. Nothing is removed: the journal holds the change and its taking back. Here is decided whether it may be
taken back; how is known to the house that made the change, and handed in as a `Restorer`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from core.errors import NotPossible
from core.gate.commands import admit
from core.gate.model import UNDO_S
from core.journal import queries as journal
from core.journal.log_filter import LogFilter, Term
from core.journal.wording import label, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.journal.model import Entry
    from core.store.work import Work


@dataclass(frozen=True, slots=True)
class Restorer:
    """What one house can take back: its kinds of entries, and how the state before one of them is put back.

    `restore(work, entry)` writes the state rows and the compensating entry, of kind `taken_back`.
    """

    kinds: frozenset[str]
    taken_back: str
    restore: Callable[[Work, Entry], None]


def last_undoable(
    connection: Connection, restorers: Sequence[Restorer], actor: str, now: datetime, *, among: int = 50
) -> Entry | None:
    """Returns the newest change of `actor` that can still be taken back, among their newest `among`."""
    wanted = LogFilter((Term(actor, "actor"),))
    for entry in journal.page(connection, limit=among, wanted=wanted):
        if entry.actor != actor:
            continue
        if entry.at < now - timedelta(seconds=UNDO_S):
            return None
        if _restorer_of(restorers, entry) is not None:
            later = journal.of_subject(connection, entry.subject, limit=1)
            return entry if later and later[-1].seq == entry.seq else None
        if any(entry.kind == each.taken_back for each in restorers):
            return None
    return None


def take_back(work: Work, restorers: Sequence[Restorer], seq: int) -> str:
    """Takes back the actor's change number `seq`; returns what was taken back, in words.

    Raises NotPossible when it is somebody else's, too old, of a kind that cannot be taken back, or when
    the subject changed since.
    """
    entry = journal.one(work.connection, seq)
    admit(work, "undo", [str(entry.subject) if entry else str(seq)])
    restorer = None if entry is None else _restorer_of(restorers, entry)
    if entry is None or restorer is None:
        raise NotPossible("that cannot be taken back", next_step="Change it by hand")
    if entry.actor != work.actor:
        raise NotPossible(f"that was done by {entry.actor}", next_step="Only who did it can take it back")
    if entry.at < work.now - timedelta(seconds=UNDO_S):
        raise NotPossible(
            f"that was more than {UNDO_S} s ago", next_step="Change it by hand; the log shows what it was"
        )
    newest = journal.of_subject(work.connection, entry.subject, limit=1)[-1]
    if newest.seq != entry.seq:
        name = label(*entry.subject)
        raise NotPossible(f"{name} changed since: {sentence(newest)}", next_step="Change it by hand")
    restorer.restore(work, entry)
    return sentence(entry)


def _restorer_of(restorers: Sequence[Restorer], entry: Entry) -> Restorer | None:
    return next((each for each in restorers if entry.kind in each.kinds), None)
