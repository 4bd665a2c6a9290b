"""Every read of requests for access."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.errors import NotFound
from core.security.requests.model import OPEN, AccessRequest, AskState, Wish
from core.security.requests.tables import access_request
from core.timekeeping import from_micros, instant_or_none

if TYPE_CHECKING:
    from sqlalchemy import Connection

_C = access_request.c


def to_request(row: Any) -> AccessRequest:
    """Returns the value of a row of `access_request`."""
    wish = Wish(row.person, row.source, row.principal, row.entitlement, row.thing, row.reason, row.days)
    return AccessRequest(
        row.id, row.version, AskState(row.state), wish, from_micros(row.asked_at), row.asked_by, instant_or_none(row.next_at),
        date.fromisoformat(row.ends_on) if row.ends_on else None, row.grant_id, instant_or_none(row.decided_at), row.decided_by,
        row.why, instant_or_none(row.ended_at),
    )  # fmt: skip


def one_access_request(connection: Connection, request_id: int) -> AccessRequest:
    """Returns one request for access; raises NotFound."""
    row = connection.execute(select(access_request).where(_C.id == request_id)).first()
    if row is None:
        raise NotFound(
            f"there is no request for access AQ-{request_id}",
            next_step="watchfloor access request --all lists them",
        )
    return to_request(row)


def access_requests(connection: Connection, *, ended: bool = False, limit: int = 500) -> list[AccessRequest]:
    """Returns requests for access, newest first: those that wait or hold, or with `ended` all; at most `limit`."""
    query = select(access_request).order_by(_C.id.desc()).limit(limit)
    if not ended:
        query = query.where(_C.state.in_(OPEN))
    return [to_request(row) for row in connection.execute(query).all()]
