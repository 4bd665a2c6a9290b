"""Taking back one's own last change, as a compensating entry.

A change can be taken back by the person who made it, within UNDO_S, while nobody changed the subject
since. Nothing is removed: the journal holds the change and its taking back.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from core.desk.tables import incident
from core.errors import NotPossible
from core.gate.commands import admit
from core.gate.model import UNDO_S
from core.improvement.model import ActionState
from core.improvement.tables import corrective_action
from core.journal import queries as journal
from core.journal.log_filter import LogFilter, Term
from core.journal.wording import label, sentence
from core.store.rows import revise, row_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from core.journal.model import Entry
    from core.store.work import Work

UNDOABLE = frozenset(
    {
        "incident.acknowledged", "incident.taken", "incident.started", "incident.severity_set",
        "action.drafted", "action.revised", "action.done",
    }
)  # fmt: skip
_TABLES: dict[str, Table[Any]] = {"incident": incident, "action": corrective_action}
_TAKEN_BACK = {"incident": "incident.taken_back", "action": "action.taken_back"}


def last_undoable(connection: Connection, actor: str, now: datetime, *, among: int = 50) -> Entry | None:
    """Returns the newest change of `actor` that can still be taken back, among their newest `among`."""
    wanted = LogFilter((Term(actor, "actor"),))
    for entry in journal.page(connection, limit=among, wanted=wanted):
        if entry.actor != actor:
            continue
        if entry.at < now - timedelta(seconds=UNDO_S):
            return None
        if entry.kind in UNDOABLE:
            later = journal.of_subject(connection, entry.subject, limit=1)
            return entry if later and later[-1].seq == entry.seq else None
        if entry.kind in _TAKEN_BACK.values():
            return None
    return None


def take_back(work: Work, seq: int) -> str:
    """Takes back the actor's change number `seq`; returns what was taken back, in words.

    Raises NotPossible when it is somebody else's, too old, of a kind that cannot be taken back, or when
    the subject changed since.
    """
    entry = journal.one(work.connection, seq)
    admit(work, "undo", [str(entry.subject) if entry else str(seq)])
    if entry is None or entry.kind not in UNDOABLE:
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
    table = _TABLES[entry.subject.kind]
    row = row_of(work, table, entry.subject.kind, int(entry.subject.id))
    before = {name: pair[0] for name, pair in entry.changes.items()}
    if entry.kind == "action.drafted":
        before = {"state": ActionState.CANCELLED, "outcome": "taken back"}
    revise(work, table, row, _TAKEN_BACK[entry.subject.kind], before, subject=entry.subject, cause=seq)
    return sentence(entry)
