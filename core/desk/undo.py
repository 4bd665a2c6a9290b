"""What of an incident can be taken back: the doings that act at once, without being asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.attached import ATTACHED, TAKEN_BACK
from core.desk.revising import revise_incident
from core.desk.tables import incident
from core.gate.undo import Restorer
from core.journal.wording import first_line
from core.store.rows import row_of

if TYPE_CHECKING:
    from core.journal.model import Entry
    from core.store.work import Work


def restore(work: Work, entry: Entry) -> None:
    """Puts back what the entry changed; a note or a log, which changed nothing, stays on the time line with its taking back."""
    if not entry.changes or entry.kind == ATTACHED:
        words = first_line(entry.note) or "a log"
        work.record(TAKEN_BACK, entry.subject, note=words, cause=entry.seq)
        return
    row = row_of(work, incident, "incident", int(entry.subject.id))
    before = {name: pair[0] for name, pair in entry.changes.items()}
    revise_incident(work, row, TAKEN_BACK, before, cause=entry.seq)


_KINDS = (
    "acknowledged", "taken", "started", "severity_set", "noted", "log_attached", "problem_set", "problem_cleared", "declared", "command_changed",
    "stood_down",
)  # fmt: skip
RESTORER = Restorer(frozenset(f"incident.{kind}" for kind in _KINDS), TAKEN_BACK, restore)
