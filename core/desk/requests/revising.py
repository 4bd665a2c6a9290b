"""The one way to change a request: its row, its entry, and its clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.desk.clocks.keeping import CHANGES_CLOCKS, set_clocks
from core.desk.clocks.promises import Item
from core.desk.requests.model import RequestState, check_open
from core.desk.requests.tables import request
from core.journal.model import Subject
from core.store.rows import revise, row_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import SimpleNamespace

    from core.journal.appending import Recorded
    from core.journal.model import Changes
    from core.store.work import Work

NOT_SNOOZED: dict[str, Any] = {"snoozed_until": None, "snoozed_by": None}


def revise_request(
    work: Work,
    row: Any,
    kind: str,
    after: Mapping[str, Any],
    *,
    note: str = "",
    cause: int | Recorded | None = None,
    beside: Changes | None = None,
) -> SimpleNamespace:
    """Sets the fields `after` of a request's row, records the entry `kind`, and keeps its clocks; returns the row as it now is.

    Whatever changes its state or its owner ends a snooze. `beside` is what the same entry says of other rows of the request.
    """
    about = Subject("request", str(row.id))
    if row.snoozed_until is not None and "snoozed_until" not in after and _differs(row, after):
        after = {**after, **NOT_SNOOZED}
    revised = revise(work, request, row, kind, after, subject=about, note=note, cause=cause)
    if beside:
        work.recorded[-1].changes.update({name: pair for name, pair in beside.items() if pair[0] != pair[1]})
    if CHANGES_CLOCKS & after.keys():
        item = Item("request", row.id, row.service, row.opened_at)
        set_clocks(work, item, chosen=(row.agreement,), asker=row.requester)
    return revised


def _differs(row: Any, after: Mapping[str, Any]) -> bool:
    return any(name in after and after[name] != getattr(row, name) for name in ("state", "owner"))


def open_row(work: Work, request_id: int, seen: int | None, done: str) -> Any:
    """Returns the row of a request that is not over, locked; raises NotFound, Moved, and NotPossible where it is over."""
    row = row_of(work, request, "request", request_id, seen)
    check_open(f"R-{request_id}", RequestState(row.state), done)
    return row
