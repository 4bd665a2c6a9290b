"""One request that asks for two things becomes two: a part of it goes on as a request of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.links.commands import record_link
from core.desk.links.model import Relation
from core.desk.requests.commands import record_request, subject
from core.desk.requests.model import Asked, Request, RequestState, check_open
from core.desk.requests.tables import request
from core.gate.commands import admit
from core.store.rows import row_of

if TYPE_CHECKING:
    from core.gate.model import Consent
    from core.store.work import Work


def split_request(
    work: Work, request_id: int, title: str, text: str, consent: Consent, seen: int | None = None, *, service: str = ""
) -> Request:  # fmt: skip
    """Makes a request of a part of another: of the same requester, linked to it, and told as every new one is. Level 2.

    It is of the same service unless another is named, and comes in through the same gate. Raises BadInput without a title.
    """
    admit(work, "request.split", [f"R-{request_id}"], consent)
    row = row_of(work, request, "request", request_id, seen)
    check_open(f"R-{request_id}", RequestState(row.state), "split")
    part = Asked(
        title=title, service=service.strip() or row.service, requester=row.requester, text=text,
        requester_name=row.requester_name, component="" if service.strip() else row.component, impact=row.impact,
        urgency=row.urgency, source=row.source,
    )  # fmt: skip
    made = record_request(work, part)
    opened = next(each for each in work.recorded if each.subject == subject(made.id))
    work.record("request.split", subject(request_id), {"split_into": (None, made.id)}, cause=opened)
    record_link(work, subject(made.id), Relation.SPLIT_FROM, subject(request_id))
    return made
