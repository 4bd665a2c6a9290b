"""One request whole: as it stands, what happened to it, and what may be about the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.desk.clocks.promises import with_clocks
from core.desk.requests.commands import subject
from core.desk.requests.pages import like
from core.desk.requests.queries import one_request
from core.journal.queries import of_subject

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.desk.requests.model import Request
    from core.journal.model import Entry

MOST_ENTRIES = 500


class Whole(NamedTuple):
    """A request with its clocks and its newest entries, oldest first, and the requests that may be about the same."""

    request: Request
    entries: list[Entry]
    like: list[Request]


def whole_request(connection: Connection, request_id: int, now: datetime, most: int = MOST_ENTRIES) -> Whole:
    """Returns one request whole, with at most so many entries; raises NotFound."""
    request = with_clocks(connection, [one_request(connection, request_id)], now)[0]
    return Whole(request, of_subject(connection, subject(request_id), limit=most), like(connection, request))
