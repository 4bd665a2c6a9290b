"""What of a problem can be taken back: the doings that act at once, without being asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.desk.problems.model import ProblemState
from core.desk.problems.tables import problem
from core.gate.undo import Restorer
from core.journal.wording import first_line
from core.store.rows import revise, row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from core.journal.model import Entry
    from core.store.work import Work

TAKEN_BACK = "problem.taken_back"


def restore(work: Work, entry: Entry) -> None:
    """Puts back what the entry changed; one that was opened by it, which nothing was before, is closed: its number stays given out."""
    if not entry.changes:
        work.record(TAKEN_BACK, entry.subject, note=first_line(entry.note), cause=entry.seq)
        return
    row = row_of(work, problem, "problem", int(entry.subject.id))
    before: dict[str, Any] = {name: pair[0] for name, pair in entry.changes.items()}
    if entry.kind == "problem.opened":
        before = {
            "state": ProblemState.CLOSED, "outcome": "taken back", "closed_at": to_micros(work.now), "closed_by": work.actor,
        }  # fmt: skip
    revise(work, problem, row, TAKEN_BACK, before, subject=entry.subject, cause=entry.seq)


RESTORER = Restorer(
    frozenset({"problem.opened", "problem.revised", "problem.known", "problem.noted"}), TAKEN_BACK, restore
)
