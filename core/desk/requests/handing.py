"""A request handed over: given to somebody together with what they need to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.requests.commands import assign_request, note_request
from core.desk.requests.tables import request
from core.errors import BadInput
from core.store.rows import row_of

if TYPE_CHECKING:
    from core.desk.requests.model import Request
    from core.store.work import Work


def hand_over_request(work: Work, request_id: int, owner: str, text: str, seen: int | None = None) -> Request:
    """Writes what the next one needs to know on its time line, and gives it to them. Level 1, undoable.

    Raises BadInput where nobody is named.
    """
    if not owner.strip():
        raise BadInput("a request is handed over to somebody", next_step="Name who goes on with it")
    if text.strip():
        row_of(work, request, "request", request_id, seen)
        note_request(work, request_id, f"for {owner.strip()}: {text.strip()}")
    return assign_request(work, request_id, owner, seen)
