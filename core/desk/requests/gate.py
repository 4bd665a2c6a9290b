"""The gate of the agreements, as requests go through it: at intake, and where somebody delivers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.catalog.model import PRIORITIES
from core.desk.agreements.approvers import approvers, person_called
from core.desk.agreements.coverage import Outcome, groups_of, judge, may_deliver, priority_of, roles_of
from core.desk.agreements.coverage_words import deliverers
from core.desk.agreements.forms import filled_form
from core.desk.agreements.versions import agreements_at, versions_at
from core.desk.requests.model import RequestState
from core.errors import NotPermitted, Recording
from core.improvement.surveys.model import Scale
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from core.catalog.model import Approval, RequestType
    from core.desk.agreements.coverage import AgreementVersion, InForce
    from core.desk.hours.service_hours import ServiceHours
    from core.desk.requests.model import Asked
    from core.journal.model import Subject
    from core.store.work import Work


@dataclass(frozen=True, slots=True)
class Intake:
    """What becomes of a request that comes in: its state, and the clause where that is not the usual one."""

    state: RequestState
    priority: int
    clause: str = ""
    customer: str = ""
    agreement: str = ""
    agreement_since: int | None = None
    form: dict[str, Any] = field(default_factory=dict)
    type: RequestType | None = None


def take_in(work: Work, asked: Asked) -> Intake:
    """Returns what the agreements in force say of a request. Raises BadInput for a form that is not filled in as asked.

    Where no agreement is declared at all, everything is let in: there is nothing to be held against.
    """
    in_force = agreements_at(work.connection, to_micros(work.now))
    if not in_force.agreements:
        return Intake(
            RequestState.NEW, PRIORITIES[asked.impact - 1][asked.urgency - 1], form=dict(asked.form)
        )
    verdict = judge(
        in_force,
        asker=asked.requester.strip(),
        service=asked.service.strip(),
        request_type=asked.type,
        at=work.now,
    )
    state = {
        Outcome.COVERED: RequestState.NEW, Outcome.HELD: RequestState.HELD, Outcome.REFUSED: RequestState.REFUSED,
    }[verdict.outcome]  # fmt: skip
    by = verdict.by
    if by is None:
        priority = PRIORITIES[asked.impact - 1][asked.urgency - 1]
        return Intake(state, priority, verdict.clause, verdict.customer, form=dict(asked.form))
    offered = next((each for each in by.agreement.request_types if each.id == asked.type), None)
    form, clause = dict(asked.form), "" if verdict.is_covered else verdict.clause
    if offered is not None and verdict.is_covered:
        form = dict(filled_form(offered, asked.form))
        if offered.approval is not None:
            able = len(approvers(offered.approval, in_force, asked.requester))
            state = RequestState.APPROVAL if able >= offered.approval.count else RequestState.HELD
            if state is RequestState.HELD:
                clause = f"agreement {by.agreement.id}: {offered.approval.count} of {deliverers(offered.approval.by)} approve it, and of the staff only {able} may"
    return Intake(
        state, priority_of(by.agreement, asked.impact, asked.urgency), clause, verdict.customer, by.agreement.id, by.since, form, offered,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Approving:
    """What a request's agreement says of its approval, in the version the request has, and who is there now to give it."""

    approval: Approval
    hours: ServiceHours
    in_force: InForce


def offered_type(work: Work, agreement: str, since: int | None, type_id: str) -> RequestType | None:
    """Returns the request type of that id by the version of the agreement that a request has; None where there is none."""
    found = _version(work, agreement, since)
    if found is None:
        return None
    return next((each for each in found[0].agreement.request_types if each.id == type_id), None)


def approval_under(work: Work, agreement: str, since: int | None, type_id: str) -> Approving | None:
    """Returns how a request of that type is approved by the version of the agreement that it has; None where it needs no approval."""
    found = _version(work, agreement, since)
    offered = offered_type(work, agreement, since, type_id)
    if found is None or offered is None or offered.approval is None:
        return None
    return Approving(offered.approval, found[0].hours, found[1])


def priority_under(work: Work, agreement: str, since: int | None, impact: int, urgency: int) -> int:
    """Returns the priority of an impact and an urgency by the version of the agreement that a request has. Raises BadInput."""
    found = _version(work, agreement, since)
    if found is None:
        return PRIORITIES[impact - 1][urgency - 1]
    return priority_of(found[0].agreement, impact, urgency)


def survey_under(work: Work, agreement: str, since: int | None) -> Scale | None:
    """Returns what a requester is asked at delivery by the version of the agreement that a request has; None for nothing."""
    found = _version(work, agreement, since)
    asks = found[0].agreement.survey if found is not None else Scale.CSAT
    return None if asks == "none" else Scale(asks)


def is_their_own(work: Work, requester: str) -> bool:
    """Tells whether the actor asked themselves: nobody is asked how satisfied they are with themselves."""
    mine = {work.actor.lower()}
    for each in versions_at(work.connection, ("staff",), to_micros(work.now)):
        if work.actor in {each.value.login or each.value.id, each.value.id}:
            mine |= {each.value.id.lower(), each.value.email.lower()}
    return requester.strip().lower() in mine - {""}


def check_deliverer(work: Work, agreement: str, since: int | None, subject: Subject, verb: str) -> None:
    """Raises NotPermitted, which is recorded, where the agreement names who delivers and the actor is none of them."""
    clause = why_not_deliver(work, agreement, since)
    if clause is not None:
        refusal = NotPermitted(
            clause,
            next_step="Nothing was changed, and this refusal is in the log. Hand it to somebody who may",
        )
        refusal.recording = Recording("request.delivery_refused", subject, f"{verb}: {clause}")
        raise refusal


def why_not_deliver(work: Work, agreement: str, since: int | None) -> str | None:
    """Returns the clause by which the actor may not deliver by the version of the agreement that a request has; None where they may."""
    found = _version(work, agreement, since)
    if found is None:
        return None
    by, in_force = found
    person = person_called(in_force, work.actor)
    staff_id, role = (person.id, person.role) if person is not None else (work.actor, "viewer")
    return may_deliver(by.agreement, staff_id, roles_of(role), groups_of(in_force.groups, staff_id))


def version_under(work: Work, agreement: str, since: int | None) -> AgreementVersion | None:
    """Returns the version of the agreement that a request has; None where none was chosen for it."""
    found = _version(work, agreement, since)
    return None if found is None else found[0]


def _version(work: Work, agreement: str, since: int | None) -> tuple[AgreementVersion, InForce] | None:
    """Returns the version of an agreement that stood from `since` on, with what was declared beside it; None where there is none."""
    if not agreement or since is None:
        return None
    in_force = agreements_at(work.connection, since)
    for each in in_force.agreements:
        if each.agreement.id == agreement:
            return each, agreements_at(work.connection, to_micros(work.now))
    return None
