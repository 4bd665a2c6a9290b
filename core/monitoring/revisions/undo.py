"""What of a threshold can be taken back: that it was revised, and that a revision was ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.gate.undo import Restorer
from core.monitoring.revisions.commands import subject, tell_incident
from core.monitoring.revisions.model import ENDED, IN_FORCE, Name
from core.monitoring.revisions.queries import to_revision
from core.monitoring.revisions.tables import threshold_revision
from core.store.rows import revise, row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from core.journal.model import Entry
    from core.store.work import Work

KINDS = frozenset({"threshold.revised", "threshold.widened", "threshold.ended"})
TAKEN_BACK = "threshold.taken_back"


def restore(work: Work, entry: Entry) -> None:
    """Puts back what it was judged by before the entry; where it was not revised, by the catalog again."""
    name = Name.parse(entry.subject.id)
    row = row_of(work, threshold_revision, "threshold", entry.subject.id)
    before: dict[str, Any] = {field: pair[0] for field, pair in entry.changes.items()}
    if before.get("state", IN_FORCE) != IN_FORCE:
        ended_at = before.get("ended_at") or to_micros(work.now)
        before = {name: value for name, value in before.items() if value is not None}
        before |= {"state": ENDED, "ended_at": ended_at, "ended_by": before.get("ended_by") or work.actor}
    now = revise(work, threshold_revision, row, TAKEN_BACK, before, subject=subject(name), cause=entry.seq)
    found = to_revision(now)
    words = (
        found.words
        if found.state == IN_FORCE
        else f"{name.probe} {name.metric} is judged by the catalog again"
    )
    tell_incident(work, name, words, work.recorded[-1])


RESTORER = Restorer(KINDS, TAKEN_BACK, restore)
