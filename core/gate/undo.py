"""Taking back one's own last change, as a compensating entry.

A change can be taken back by the person who made it, within UNDO_S, while nobody changed the subject
since. Nothing is removed: the journal holds the change and its taking back. Here is decided whether it may be
taken back; how is known to the house that made the change, and handed in as a `Restorer`.

What was done to several subjects at once, in one transaction whose first entry led to the others, is taken back at
once, too, but for the subjects that changed since.
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

    from core.journal.model import Entry, Subject
    from core.store.work import Work


_LOOKED_THROUGH = 6
"""Among so many entries of a subject the last change is found: a macro tells its requester twice at most."""


@dataclass(frozen=True, slots=True)
class Restorer:
    """What one house can take back: its kinds of entries, and how the state before one of them is put back.

    `restore(work, entry)` writes the state rows and the compensating entry, of kind `taken_back`. Entries of the kinds
    `stays` that were made in the same transaction are left as they are.
    """

    kinds: frozenset[str]
    taken_back: str
    restore: Callable[[Work, Entry], None]
    stays: frozenset[str] = frozenset()


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
            together = _together(connection, restorers, entry)
            return (
                together[0][-1]
                if any(_is_newest(connection, restorers, each[-1]) for each in together)
                else None
            )
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
    together = _together(work.connection, restorers, entry)
    standing = [each for each in together if _is_newest(work.connection, restorers, each[-1])]
    if not standing:
        newest = journal.of_subject(work.connection, entry.subject, limit=1)[-1]
        name = label(*entry.subject)
        raise NotPossible(f"{name} changed since: {sentence(newest)}", next_step="Change it by hand")
    for each in (one for of_subject in standing for one in reversed(of_subject)):
        (_restorer_of(restorers, each) or restorer).restore(work, each)
    count = sum(map(len, standing))
    more = f" and {count - 1} more" if count > 1 else ""
    changed = [label(*each[-1].subject) for each in together if each not in standing]
    return f"{sentence(standing[0][-1])}{more}" + (
        f"; not {', '.join(changed)}: changed since" if changed else ""
    )


def _together(connection: Connection, restorers: Sequence[Restorer], entry: Entry) -> list[list[Entry]]:
    """Returns what was done at once with the change `entry`, that among it: of each subject its changes in the order they were done.

    Of one transaction are entries of one instant by one person; they hang together by their cause, the first of them.
    What was written beside a change is left on the time line.
    """
    first = journal.one(connection, entry.cause) if entry.cause is not None else None
    if first is None or (first.at, first.actor) != (entry.at, entry.actor):
        first = entry
    found: dict[Subject, list[Entry]] = {}
    for each in [first, *journal.led_to(connection, first.seq)]:
        if (each.at, each.actor) == (entry.at, entry.actor) and _restorer_of(restorers, each) is not None:
            found.setdefault(each.subject, []).append(each)
    return [[each for each in of if each.changes] or of[-1:] for of in found.values()]


def _is_newest(connection: Connection, restorers: Sequence[Restorer], entry: Entry) -> bool:
    """Tells whether nothing happened to its subject since, but for what stays when it is taken back."""
    restorer = _restorer_of(restorers, entry)
    stays = restorer.stays if restorer else frozenset()
    for each in reversed(journal.of_subject(connection, entry.subject, limit=_LOOKED_THROUGH)):
        if each.kind not in stays or (each.at, each.actor) != (entry.at, entry.actor):
            return each.seq == entry.seq
    return False


def _restorer_of(restorers: Sequence[Restorer], entry: Entry) -> Restorer | None:
    return next((each for each in restorers if entry.kind in each.kinds), None)
