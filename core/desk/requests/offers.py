"""Which types of requests somebody may ask for, of a service, under the agreements in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core.desk.agreements.coverage import judge
from core.desk.agreements.versions import agreements_at
from core.desk.requests.tables import request
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.model import RequestType


def offered_types(connection: Connection, requester: str, service: str, at: datetime) -> list[RequestType]:
    """Returns the types that somebody may ask for of a service, by id; none where no agreement covers them."""
    in_force = agreements_at(connection, to_micros(at))
    found: dict[str, RequestType] = {}
    for version in in_force.agreements:
        for offered in version.agreement.request_types:
            if offered.service != service or offered.id in found:
                continue
            verdict = judge(
                in_force, asker=requester.strip(), service=service, request_type=offered.id, at=at
            )
            if verdict.is_covered and verdict.by is not None:
                own = next(each for each in verdict.by.agreement.request_types if each.id == offered.id)
                found[own.id] = own
    return [found[name] for name in sorted(found)]


def type_of(connection: Connection, request_id: int) -> RequestType | None:
    """Returns the type of a request by the version of the agreement that it has; None where it has none."""
    row = connection.execute(
        select(request.c.agreement, request.c.agreement_since, request.c.type).where(
            request.c.id == request_id
        )
    ).first()
    if row is None or row.agreement_since is None:
        return None
    for version in agreements_at(connection, row.agreement_since).agreements:
        if version.agreement.id == row.agreement:
            return next((each for each in version.agreement.request_types if each.id == row.type), None)
    return None
