"""The one way to change an incident: its row, its entry, and its clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.desk.clocks.keeping import CHANGES_CLOCKS, set_clocks
from core.desk.clocks.promises import Item
from core.desk.tables import incident
from core.journal.model import Subject
from core.store.rows import revise

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import SimpleNamespace

    from core.journal.appending import Recorded
    from core.store.work import Work


def revise_incident(
    work: Work,
    row: Any,
    kind: str,
    after: Mapping[str, Any],
    *,
    note: str = "",
    cause: int | Recorded | None = None,
) -> SimpleNamespace:
    """Sets the fields `after` of an incident's row, records the entry `kind`, and keeps its clocks; returns the row as it now is."""
    about = Subject("incident", str(row.id))
    revised = revise(work, incident, row, kind, after, subject=about, note=note, cause=cause)
    if CHANGES_CLOCKS & after.keys():
        set_clocks(work, Item("incident", row.id, row.service, row.opened_at))
    return revised
