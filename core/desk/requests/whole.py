"""One request whole: as it stands, what happened to it, what belongs to it, and what may be about the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.desk.clocks.promises import with_clocks
from core.desk.escalation.queries import escalation_of
from core.desk.links.queries import links_of
from core.desk.requests.approvals import approval_of
from core.desk.requests.attending import watchers_of
from core.desk.requests.checklists import checks_of
from core.desk.requests.commands import subject
from core.desk.requests.pages import like
from core.desk.requests.queries import one_request
from core.improvement.surveys.promises import promises_kept
from core.improvement.surveys.queries import survey_of
from core.journal.queries import of_subject
from core.operations.queries import runs_for_request

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.desk.escalation.queries import Escalation
    from core.desk.links.model import Link
    from core.desk.requests.approvals import ApprovalRound
    from core.desk.requests.checklists import Check
    from core.desk.requests.model import Request
    from core.improvement.surveys.model import Survey
    from core.improvement.surveys.promises import Promise
    from core.journal.model import Entry
    from core.operations.queries import Run

MOST_ENTRIES = 500


class Whole(NamedTuple):
    """A request with its clocks and its newest entries, oldest first, and the requests that may be about the same.

    Then its links, who of the staff watches it, its checklist, the approval that was asked for last, how it is escalated, and the
    runs that were begun for it, oldest first; where its requester was asked how satisfied they are, what they answered, and which
    promises had been kept.
    """

    request: Request
    entries: list[Entry]
    like: list[Request]
    links: list[Link]
    watchers: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    approval: ApprovalRound | None = None
    escalation: Escalation | None = None
    runs: tuple[Run, ...] = ()
    asked: Survey | None = None
    promises: tuple[Promise, ...] = ()


def whole_request(connection: Connection, request_id: int, now: datetime, most: int = MOST_ENTRIES) -> Whole:
    """Returns one request whole, with at most so many entries; raises NotFound."""
    request = with_clocks(connection, [one_request(connection, request_id)], now)[0]
    about, asked = subject(request_id), survey_of(connection, request_id)
    return Whole(
        request, of_subject(connection, about, limit=most), like(connection, request), links_of(connection, about),
        tuple(watchers_of(connection, about)), tuple(checks_of(connection, request_id)), approval_of(connection, request_id),
        escalation_of(connection, "request", request_id), tuple(runs_for_request(connection, request_id)), asked,
        promises_kept(connection, request_id, now) if asked else (),
    )  # fmt: skip
