"""What of a corrective action can be taken back: the doings that act at once, without being asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.gate.undo import Restorer
from core.improvement.model import ActionState
from core.improvement.tables import corrective_action
from core.store.rows import revise, row_of

if TYPE_CHECKING:
    from core.journal.model import Entry
    from core.store.work import Work

TAKEN_BACK = "action.taken_back"


def restore(work: Work, entry: Entry) -> None:
    """Puts back what the entry changed; a draft, which nothing was before, is cancelled: its number stays given out."""
    row = row_of(work, corrective_action, "action", int(entry.subject.id))
    before: dict[str, Any] = {name: pair[0] for name, pair in entry.changes.items()}
    if entry.kind == "action.drafted":
        before = {"state": ActionState.CANCELLED, "outcome": "taken back"}
    revise(work, corrective_action, row, TAKEN_BACK, before, subject=entry.subject, cause=entry.seq)


RESTORER = Restorer(
    frozenset({"action.drafted", "action.revised", "action.done", "action.evidence_added"}),
    TAKEN_BACK,
    restore,
)
