"""The one way to change a signal: its row, what follows from it beside, and its entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.journal.model import Subject
from core.security.indexed import words_of
from core.security.signals.model import Severity
from core.security.signals.tables import signal
from core.store.rows import revise

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import SimpleNamespace

    from core.journal.appending import Recorded
    from core.store.work import Work
QUIET = frozenset({"count", "first_at", "last_at", "samples"})
"""What goes on without an entry."""


def subject(signal_id: int) -> Subject:
    """Returns the journal's subject of a signal."""
    return Subject("signal", str(signal_id))


def beside(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the columns that follow from the others of a signal's row, and that no entry names."""
    words = (
        f"sg-{number}", row["title"], row["whom"], row["place"], row["source"], row["component"], row["rule"],
        f"severity:{row['severity']}", f"state:{row['state']}", row["day"],
    )  # fmt: skip
    return {
        "grade": Severity(row["severity"]).grade, "newest": -int(row["last_at"]),
        "words": words_of(words),
    }  # fmt: skip


def revise_signal(
    work: Work,
    row: Any,
    kind: str,
    after: Mapping[str, Any],
    *,
    note: str = "",
    cause: int | Recorded | None = None,
) -> SimpleNamespace:
    """Sets the fields `after` of a signal's row and records the entry `kind`; returns the row as it now is.

    What goes on without an entry is set beside.
    """
    quiet = {name: value for name, value in after.items() if name in QUIET}
    told = {name: value for name, value in after.items() if name not in QUIET}
    follows = quiet | beside(row.id, {**row._asdict(), **after})
    return revise(
        work, signal, row, kind, told, subject=subject(row.id), note=note, cause=cause, beside=follows
    )
