"""What of a grant can be taken back: the doings that act at once, without being asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.gate.undo import Restorer
from core.journal.wording import first_line
from core.security.grants.revising import revise_grant
from core.security.grants.tables import access_grant
from core.store.rows import row_of

if TYPE_CHECKING:
    from core.journal.model import Entry
    from core.store.work import Work

TAKEN_BACK = "grant.taken_back"


def restore(work: Work, entry: Entry) -> None:
    """Puts back what the entry changed; a note, which changed nothing, stays on the time line with its taking back."""
    if not entry.changes:
        work.record(TAKEN_BACK, entry.subject, note=first_line(entry.note), cause=entry.seq)
        return
    row = row_of(work, access_grant, "grant", int(entry.subject.id))
    before = {name: pair[0] for name, pair in entry.changes.items()}
    revise_grant(work, row, TAKEN_BACK, before, cause=entry.seq)


RESTORER = Restorer(frozenset({"grant.assigned", "grant.noted"}), TAKEN_BACK, restore)
