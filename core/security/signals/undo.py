"""What of a signal can be taken back: that it was acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.gate.undo import Restorer
from core.security.signals.revising import revise_signal
from core.security.signals.tables import signal
from core.store.rows import row_of

if TYPE_CHECKING:
    from core.journal.model import Entry
    from core.store.work import Work

TAKEN_BACK = "signal.taken_back"


def restore(work: Work, entry: Entry) -> None:
    """Puts back what the entry changed."""
    row = row_of(work, signal, "signal", int(entry.subject.id))
    before = {name: pair[0] for name, pair in entry.changes.items()}
    revise_signal(work, row, TAKEN_BACK, before, cause=entry.seq)


RESTORER = Restorer(frozenset({"signal.acknowledged"}), TAKEN_BACK, restore)
