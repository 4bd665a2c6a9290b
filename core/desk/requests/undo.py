"""What of a request can be taken back: the doings that act at once, but for what its requester was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.requests.revising import revise_request
from core.desk.requests.tables import request
from core.gate.undo import Restorer
from core.journal.wording import first_line
from core.store.rows import row_of

if TYPE_CHECKING:
    from core.journal.model import Entry
    from core.store.work import Work

TAKEN_BACK = "request.taken_back"


def restore(work: Work, entry: Entry) -> None:
    """Puts back what the entry changed; a note, which changed nothing, stays on the time line with its taking back."""
    if not entry.changes:
        work.record(TAKEN_BACK, entry.subject, note=first_line(entry.note), cause=entry.seq)
        return
    row = row_of(work, request, "request", int(entry.subject.id))
    before = {name: pair[0] for name, pair in entry.changes.items()}
    revise_request(work, row, TAKEN_BACK, before, cause=entry.seq)


_KINDS = (
    "acknowledged",
    "taken",
    "assigned",
    "started",
    "graded",
    "noted",
    "waits",
    "handed_over",
    "snoozed",
    "woken",
)
_STAYS = frozenset({"request.told", "request.message_queued"})
"""What its requester was told stays told, and is in nobody's way when the rest is taken back."""
RESTORER = Restorer(frozenset(f"request.{kind}" for kind in _KINDS), TAKEN_BACK, restore, stays=_STAYS)
