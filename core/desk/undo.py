"""What of an incident can be taken back: the doings that act at once, without being asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.tables import incident
from core.gate.undo import Restorer
from core.store.rows import revise, row_of

if TYPE_CHECKING:
    from core.journal.model import Entry
    from core.store.work import Work

TAKEN_BACK = "incident.taken_back"


def restore(work: Work, entry: Entry) -> None:
    """Puts back what the entry changed."""
    row = row_of(work, incident, "incident", int(entry.subject.id))
    before = {name: pair[0] for name, pair in entry.changes.items()}
    revise(work, incident, row, TAKEN_BACK, before, subject=entry.subject, cause=entry.seq)


RESTORER = Restorer(
    frozenset({"incident.acknowledged", "incident.taken", "incident.started", "incident.severity_set"}),
    TAKEN_BACK,
    restore,
)
