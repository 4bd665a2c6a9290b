"""The gate of the agreements, as runs go through it: at the start of a procedure, for a request or without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.desk.agreements.coverage import Outcome
from core.desk.agreements.starting import ForRequest, only_for_requests, why_not_for
from core.desk.agreements.versions import agreements_at
from core.desk.requests import commands as requests
from core.desk.requests.approvals import ApprovalState, approval_of
from core.desk.requests.gate import approval_under, offered_type, version_under, why_not_deliver
from core.desk.requests.model import RequestState
from core.desk.requests.queries import to_request
from core.desk.requests.tables import request
from core.errors import BadInput, NotPermitted, Recording
from core.gate.people import roles_of
from core.gate.rights import Role
from core.journal.model import Subject
from core.store.rows import row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.model import Component
    from core.desk.agreements.starting import OnlyFor
    from core.desk.model import Incident
    from core.desk.requests.model import Request
    from core.store.work import Work

_HELD = frozenset({RequestState.HELD, RequestState.APPROVAL})


def admit_run_for(
    work: Work, request_id: int, procedure: str, component: Component, seen: int | None = None
) -> None:
    """Lets a procedure be started for a request, or raises NotPermitted with the clause, which is recorded on the request.

    Raises NotFound, and Moved where the request is no longer at version `seen`.
    """
    row = row_of(work, request, "request", request_id, seen)
    clause = why_not_for(_asked(work, row), procedure, component.id, component.service, work.now)
    clause = clause or why_not_deliver(work, row.agreement, row.agreement_since)
    if clause is not None:
        raise _refusal(clause, Recording("request.run_refused", requests.subject(request_id), f"{procedure}: {clause}"),
                       "Put the request right, or hand it to somebody who may")  # fmt: skip


def why_not_yet(asked: Request) -> str | None:
    """Returns that a request waits for a lead or an approval, or is over, so that nothing is begun for it; None otherwise."""
    waits = asked.state in _HELD or not asked.state.is_open
    return f"{asked.label} is {asked.standing}" if waits else None


def admit_run_alone(
    work: Work, procedure: str, component: Component, reason: str, incident: Incident | None
) -> str:
    """Lets a procedure be started without a request, or raises NotPermitted with the clause, which is recorded on the component.

    Returns the clause that it goes against, empty for none: a lead may where the agreement has what is outside it held,
    and who mends an incident of that component that is not solved. Raises BadInput where either gives no reason.
    """
    found = _without_request(work.connection, procedure, component, work.now)
    if found is None:
        return ""
    mends = incident is not None and incident.component == component.id and incident.state.is_unsolved
    if mends or (found.outcome is Outcome.HELD and Role.LEAD in roles_of(work)):
        if not reason:
            raise BadInput(f"a reason is asked for: {found.clause}", next_step="Nothing was begun. Say why")
        return found.clause
    step = "Start it for one: --for R-7" + ("; or a lead does" if found.outcome is Outcome.HELD else "")
    recording = Recording(
        "component.run_refused", Subject("component", component.id), f"{procedure}: {found.clause}"
    )
    raise _refusal(found.clause, recording, step)


def clause_without_request(
    connection: Connection, procedure: str, component: Component, at: datetime
) -> str | None:
    """Returns the clause that a start of a procedure without a request goes against at an instant; None for none."""
    found = _without_request(connection, procedure, component, at)
    return None if found is None else found.clause


def _without_request(
    connection: Connection, procedure: str, component: Component, at: datetime
) -> OnlyFor | None:
    return only_for_requests(agreements_at(connection, to_micros(at)), procedure, component.service, at)


def _asked(work: Work, row: Any) -> ForRequest:
    """Returns a request with what was declared for it in the version it has."""
    found, in_force = to_request(row), agreements_at(work.connection, to_micros(work.now))
    by = version_under(work, row.agreement, row.agreement_since)
    is_approved = approval_under(work, row.agreement, row.agreement_since, row.type) is None
    if not is_approved:
        held = approval_of(work.connection, row.id)
        is_approved = held is not None and held.state is ApprovalState.GRANTED
    return ForRequest(
        found.label, found.service, found.standing, found.state.is_open, found.state in _HELD, is_approved, found.opened_at,
        bool(in_force.agreements or found.agreement), found.type, by,
        next((each for each in in_force.agreements if each.agreement.id == row.agreement), None),
        offered_type(work, row.agreement, row.agreement_since, row.type),
    )  # fmt: skip


def _refusal(clause: str, recording: Recording, step: str) -> NotPermitted:
    refusal = NotPermitted(clause, next_step=f"Nothing was begun, and this refusal is in the log. {step}")
    refusal.recording = recording
    return refusal
