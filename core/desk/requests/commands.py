"""Every write of requests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from core.desk.clocks.keeping import set_clocks
from core.desk.clocks.promises import Item
from core.desk.messages.contact import tell
from core.desk.requests.approvals import ApprovalState, approval_of, ask_approval, check_possible
from core.desk.requests.checklists import begin_checklist, check_delivered
from core.desk.requests.gate import (
    approval_under,
    check_deliverer,
    is_their_own,
    priority_under,
    survey_under,
    take_in,
)
from core.desk.requests.model import (
    PRIORITIES,
    STANDING,
    Asked,
    RequestState,
    WaitingFor,
    check_follows,
)
from core.desk.requests.queries import one_request, standing_for, to_request
from core.desk.requests.revising import NOT_SNOOZED, open_row, revise_request
from core.desk.requests.tables import request
from core.errors import BadInput, NotPossible
from core.gate.commands import admit
from core.gate.model import AT_ONCE
from core.improvement.surveys.commands import ask
from core.journal.model import Subject
from core.printable import printable
from core.sentences import LONGEST_NOTE, line_written, sentence_of, written
from core.store.rows import new_number, row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from datetime import datetime
    from types import SimpleNamespace

    from core.desk.requests.model import Request
    from core.gate.model import Consent
    from core.store.work import Work

LONGEST_TITLE, LONGEST_NAME, LONGEST_ADDRESS = 200, 80, 320
GRADES = (1, 2, 3)
"""Impact and urgency: 1 high, 2 medium, 3 low."""


def subject(request_id: int) -> Subject:
    """Returns the journal's subject of a request."""
    return Subject("request", str(request_id))


def new_request(work: Work, asked: Asked, consent: Consent = AT_ONCE) -> Request:
    """Records what somebody asks for. Level 2. Raises BadInput for a request without a title, a service or a requester."""
    admit(work, "request.new", [asked.title], consent)
    return record_request(work, asked)


def record_request(work: Work, asked: Asked) -> Request:
    """Records what somebody asks for, whoever takes it down: a person, or the agent that reads the mail. Raises BadInput."""
    title = line_written(asked.title, "title", LONGEST_TITLE)
    if not title:
        raise BadInput("the request needs a title", next_step="Say in one line what is asked for")
    if not asked.requester.strip():
        raise BadInput(
            "the request needs a requester",
            next_step="Give the address of who asks, to tell them how it stands",
        )
    if not asked.service.strip():
        raise BadInput("the request needs a service", next_step="Name the service it is about")
    if asked.impact not in GRADES or asked.urgency not in GRADES:
        raise BadInput("impact and urgency are 1 (high), 2 or 3 (low)", next_step="Choose again")
    intake = take_in(work, asked)
    number = new_number(work, request)
    values: dict[str, Any] = {
        "state": intake.state, "priority": intake.priority, "impact": asked.impact,
        "urgency": asked.urgency, "customer": intake.customer, "agreement": intake.agreement,
        "agreement_since": intake.agreement_since,
        "service": line_written(asked.service, "service", LONGEST_TITLE), "type": line_written(asked.type, "type", LONGEST_TITLE),
        "component": line_written(asked.component, "component", LONGEST_TITLE), "requester": line_written(asked.requester, "requester", LONGEST_ADDRESS),
        "requester_name": line_written(asked.requester_name, "requester's name", LONGEST_TITLE), "title": title,
        "text": written(asked.text, "text", LONGEST_NOTE), "form": json.dumps(intake.form, sort_keys=True, default=str),
        "source": printable(asked.source, 40), "opened_at": to_micros(work.now), "opened_by": work.actor, "owner": "",
        "answered_at": None, "answered_by": "", "told_at": None, "waiting_for": "", "wait_until": None, "held_why": intake.clause if intake.state is RequestState.HELD else "",
        "delivered_at": None, "closed_at": to_micros(work.now) if intake.state is RequestState.REFUSED else None, "closed_by": "",
        "outcome": intake.clause if intake.state is RequestState.REFUSED else "", "merged_into": None,
    }  # fmt: skip
    work.connection.execute(insert(request).values(id=number, version=1, **values))
    opened = work.record(
        "request.opened", subject(number), {name: (None, value) for name, value in values.items()}
    )
    if intake.clause:
        kind = "request.held" if intake.state is RequestState.HELD else "request.turned_away"
        work.record(kind, subject(number), note=intake.clause, cause=opened)
    set_clocks(work, Item("request", number, values["service"], values["opened_at"]), is_new=True)
    row = work.connection.execute(select(request).where(request.c.id == number)).one()
    found = to_request(row)
    if intake.type is not None:
        begin_checklist(work, number, intake.type, opened)
    if found.state is RequestState.APPROVAL:
        ask_approval(work, row, cause=opened)
    purpose = {RequestState.HELD: "held", RequestState.REFUSED: "refused"}.get(found.state, "receipt")
    once = f"refused {found.requester} {work.now:%Y-%m-%d}" if purpose == "refused" else ""
    tell(work, found, purpose, "" if purpose == "receipt" else intake.clause, once=once)
    return found


def acknowledge_request(work: Work, request_id: int, seen: int | None = None) -> Request:
    """Says that a person has seen it. Level 1, undoable."""
    return _moved(
        work, "request.acknowledge", request_id, seen, RequestState.ACKNOWLEDGED, "request.acknowledged", {}
    )


def take_request(work: Work, request_id: int, seen: int | None = None) -> Request:
    """Makes the actor its owner, which is also taking note of it. Level 1, undoable."""
    return _owned(work, "request.take", request_id, seen, work.actor, "request.taken")


def assign_request(work: Work, request_id: int, owner: str, seen: int | None = None) -> Request:
    """Gives it to somebody, or with an empty name to nobody. Level 1, undoable."""
    return _owned(
        work,
        "request.assign",
        request_id,
        seen,
        line_written(owner, "owner", LONGEST_NAME),
        "request.assigned",
    )


def start_request(work: Work, request_id: int, seen: int | None = None) -> Request:
    """Says that work on it has begun, or goes on; takes ownership where nobody had. Level 1, undoable."""
    admit(work, "request.start", [f"R-{request_id}"])
    row = row_of(work, request, "request", request_id, seen)
    after = {"owner": row.owner or work.actor, **_not_waiting()}
    return _step(work, row, RequestState.IN_PROGRESS, "request.started", after)


def grade_request(work: Work, request_id: int, impact: int, urgency: int, seen: int | None = None) -> Request:
    """Sets its impact and urgency, and so its priority. Level 1, undoable. Raises BadInput for other than 1, 2, 3."""
    admit(work, "request.grade", [f"R-{request_id}"])
    if impact not in GRADES or urgency not in GRADES:
        raise BadInput("impact and urgency are 1 (high), 2 or 3 (low)", next_step="Choose again")
    row = open_row(work, request_id, seen, "given another priority")
    after = {
        "impact": impact,
        "urgency": urgency,
        "priority": priority_under(work, row.agreement, row.agreement_since, impact, urgency),
    }
    return to_request(revise_request(work, row, "request.graded", after))


def set_priority(work: Work, request_id: int, priority: int, seen: int | None = None) -> Request:
    """Sets its priority by hand, 1 (worst) to 4. Level 1, undoable. Raises BadInput for another number."""
    admit(work, "request.grade", [f"R-{request_id}"])
    if priority not in PRIORITIES:
        raise BadInput(f"priority {priority} does not exist", next_step="Choose 1 (worst), 2, 3 or 4")
    row = open_row(work, request_id, seen, "given another priority")
    return to_request(revise_request(work, row, "request.graded", {"priority": priority}))


def note_request(work: Work, request_id: int, text: str) -> None:
    """Adds an internal note to its time line, which its requester never reads; a note binds to nothing seen."""
    admit(work, "request.note", [f"R-{request_id}"])
    row_of(work, request, "request", request_id)
    work.record(
        "request.noted",
        subject(request_id),
        note=_text(text, "the note is empty", "Write what you saw or did"),
    )


def tell_requester(work: Work, request_id: int, text: str, seen: int | None = None) -> Request:
    """Tells its requester how it stands, which is also the first answer where none was given. Level 1."""
    admit(work, "request.tell", [f"R-{request_id}"])
    row = row_of(work, request, "request", request_id, seen)
    told = _text(text, "nothing is said", "Write what its requester is to read")
    after: dict[str, Any] = {"told_at": to_micros(work.now), **_answered(work, row)}
    if row.state == RequestState.NEW:
        after["state"] = RequestState.ACKNOWLEDGED
    found = to_request(revise_request(work, row, "request.told", after, note=told))
    tell(work, found, "update", told)
    return found


def requester_said(work: Work, request_id: int, text: str, *, by: str = "") -> Request:
    """Adds what its requester said, as somebody heard it. Level 1."""
    admit(work, "request.said", [f"R-{request_id}"])
    return record_said(work, request_id, text, by=by)


def record_said(work: Work, request_id: int, text: str, *, by: str = "") -> Request:
    """Adds what its requester said, whoever takes it down; `by` is the address it came from, where that is another's.

    What waited for the customer goes on; what was delivered or is over is opened again. What was merged is said to the
    request that it was merged into.
    """
    row = row_of(work, request, "request", standing_for(work.connection, request_id) or request_id)
    said = _text(text, "nothing was said", "Write what the requester said")
    if row.id != request_id:
        by = by or one_request(work.connection, request_id).requester
    if by and by != row.requester:
        said = f"{printable(by, LONGEST_ADDRESS)}:\n{said}"
    after: dict[str, Any] = {}
    state = RequestState(row.state)
    if state is RequestState.WAITING and row.waiting_for == WaitingFor.CUSTOMER:
        after = {
            "state": RequestState.IN_PROGRESS if row.owner else RequestState.ACKNOWLEDGED,
            **_not_waiting(),
        }
    elif RequestState.REOPENED in STANDING[state].follows:
        after = {**_said_to_over(work, row), **_not_over()}
    found = to_request(revise_request(work, row, "request.said", {**after, **NOT_SNOOZED}, note=said))
    return _approval_asked(work, found) if state is not found.state else found


def wait_for(
    work: Work,
    request_id: int,
    what: WaitingFor,
    text: str,
    *,
    until: datetime | None = None,
    seen: int | None = None,
) -> Request:
    """Says that it waits on its customer, on a supplier, or until an instant, and why. Level 1, undoable.

    With `until` it goes on by itself then, whomever it waits for. Raises BadInput for a wait without an end that needs one.
    """
    admit(work, "request.wait", [f"R-{request_id}"])
    if what is WaitingFor.UNTIL and until is None:
        raise BadInput(
            "a wait until is asked for an instant", next_step="Say until when, as 14:30 or 2026-03-02 09:00"
        )
    if until is not None and until <= work.now:
        raise BadInput("a wait ends in the future", next_step="Say a later instant")
    row = row_of(work, request, "request", request_id, seen)
    why = _text(text, "a sentence is asked for: what is waited for", "Write it")
    after = {
        "waiting_for": what,
        "wait_until": None if until is None else to_micros(until),
        **_answered(work, row),
    }
    waits = _step(work, row, RequestState.WAITING, "request.waits", after, note=why)
    if what is WaitingFor.CUSTOMER:
        tell(work, waits, "waiting", why)
    return waits


def deliver_request(
    work: Work, request_id: int, text: str, consent: Consent, seen: int | None = None, *, despite: str = ""
) -> Request:
    """Says that what was asked for is done, and how; `despite` says why with mandatory things not ticked off. Level 2.

    Raises NotPossible where such are open and it does not.
    """
    admit(work, "request.deliver", [f"R-{request_id}"], consent)
    row = row_of(work, request, "request", request_id, seen)
    check_deliverer(work, row.agreement, row.agreement_since, subject(request_id), "delivering it")
    left = check_delivered(work, request_id, despite)
    after = {
        "outcome": sentence_of(text, "what was delivered", LONGEST_NOTE),
        "delivered_at": to_micros(work.now),
        **_not_waiting(),
        **_answered(work, row),
    }
    delivered = _step(work, row, RequestState.DELIVERED, "request.delivered", after, note=left)
    if not is_their_own(work, row.requester):
        scale = survey_under(work, row.agreement, row.agreement_since)
        token = ask(work, request_id, scale) if scale is not None else None
        tell(work, delivered, "resolved", delivered.outcome, token=token)
    return delivered


def close_request(
    work: Work, request_id: int, text: str, consent: Consent, seen: int | None = None
) -> Request:
    """Closes what was delivered; an empty text keeps what was said at delivery. Level 2."""
    return _end(work, "request.close", request_id, seen, RequestState.CLOSED, "request.closed", text, consent)


def cancel_request(
    work: Work, request_id: int, text: str, consent: Consent, seen: int | None = None
) -> Request:
    """Ends it undone: its requester no longer wants it, or nobody can do it, with the reason. Level 2."""
    return _end(
        work, "request.cancel", request_id, seen, RequestState.CANCELLED, "request.cancelled", text, consent
    )


def refuse_request(
    work: Work, request_id: int, text: str, consent: Consent, seen: int | None = None
) -> Request:
    """Refuses what the agreement does not cover, with the reason. Level 2, a lead's."""
    return _end(
        work, "request.refuse", request_id, seen, RequestState.REFUSED, "request.refused", text, consent
    )


def admit_request(
    work: Work, request_id: int, text: str, consent: Consent, seen: int | None = None
) -> Request:
    """Lets in what was held for a lead's decision, with the reason; who approves it still does. Level 2, a lead's."""
    admit(work, "request.admit", [f"R-{request_id}"], consent)
    row = row_of(work, request, "request", request_id, seen)
    if row.state != RequestState.HELD:
        raise NotPossible(f"R-{request_id} is {row.state}, not held", next_step="Nothing was changed")
    why = sentence_of(text, "why it is let in", LONGEST_NOTE)
    state = _let_in(work, row, RequestState.NEW)
    return _approval_asked(work, _step(work, row, state, "request.admitted", {"held_why": ""}, note=why))


def reopen_request(
    work: Work, request_id: int, text: str, consent: Consent, seen: int | None = None
) -> Request:
    """Opens it again, with the reason. Level 2."""
    admit(work, "request.reopen", [f"R-{request_id}"], consent)
    row = row_of(work, request, "request", request_id, seen)
    why = sentence_of(text, "why it is opened again", LONGEST_NOTE)
    state = _let_in(work, row, RequestState.REOPENED)
    return _approval_asked(work, _step(work, row, state, "request.reopened", _not_over(), note=why))


def _let_in(work: Work, row: Any, wanted: RequestState) -> RequestState:
    """Returns the state in which a request goes its way: `wanted`, or awaiting an approval that it needs and has not.

    Raises NotPossible where nobody may give it.
    """
    needed = approval_under(work, row.agreement, row.agreement_since, row.type)
    if needed is None:
        return wanted
    held = approval_of(work.connection, row.id)
    if held is not None and held.state is ApprovalState.GRANTED:
        return wanted
    check_possible(needed, row.requester)
    return RequestState.APPROVAL


def _said_to_over(work: Work, row: Any) -> dict[str, Any]:
    """Returns what becomes of a request that is over when its requester says something: nobody's word is ever refused."""
    try:
        return {"state": _let_in(work, row, RequestState.REOPENED)}
    except NotPossible as error:
        return {"state": RequestState.HELD, "held_why": error.what}


def _approval_asked(work: Work, found: Request) -> Request:
    """Asks for the approval of a request that has come to await one; returns the request as it is."""
    if found.state is RequestState.APPROVAL:
        ask_approval(work, row_of(work, request, "request", found.id))
    return found


def _moved(
    work: Work,
    verb: str,
    request_id: int,
    seen: int | None,
    wanted: RequestState,
    kind: str,
    after: dict[str, Any],
) -> Request:
    admit(work, verb, [f"R-{request_id}"])
    row = row_of(work, request, "request", request_id, seen)
    return _step(work, row, wanted, kind, after | _answered(work, row))


def _owned(work: Work, verb: str, request_id: int, seen: int | None, owner: str, kind: str) -> Request:
    admit(work, verb, [f"R-{request_id}"])
    row = open_row(work, request_id, seen, "given to anybody")
    after: dict[str, Any] = {"owner": owner, **(_answered(work, row) if owner else {})}
    if owner and row.state in {RequestState.NEW, RequestState.REOPENED}:
        after["state"] = RequestState.ACKNOWLEDGED
    return to_request(revise_request(work, row, kind, after))


def _end(
    work: Work,
    verb: str,
    request_id: int,
    seen: int | None,
    wanted: RequestState,
    kind: str,
    text: str,
    consent: Consent,
) -> Request:
    admit(work, verb, [f"R-{request_id}"], consent)
    row = row_of(work, request, "request", request_id, seen)
    keeps = wanted is RequestState.CLOSED and not text.strip()
    outcome = row.outcome if keeps else sentence_of(text, f"why it is {wanted}", LONGEST_NOTE)
    after = {
        "outcome": outcome, "closed_at": to_micros(work.now), "closed_by": work.actor, **_not_waiting(), **_answered(work, row),
    }  # fmt: skip
    ended = _step(work, row, wanted, kind, after)
    if not keeps:  # a closing that says nothing new tells nobody anything
        tell(work, ended, "refused" if wanted is RequestState.REFUSED else "closed", outcome)
    return ended


def _step(
    work: Work, row: Any, wanted: RequestState, kind: str, after: dict[str, Any], *, note: str = ""
) -> Request:
    check_follows(f"R-{row.id}", RequestState(row.state), wanted)
    found: SimpleNamespace = revise_request(work, row, kind, {"state": wanted, **after}, note=note)
    return to_request(found)


def _answered(work: Work, row: Any) -> dict[str, Any]:
    """Returns that the actor gives the first answer now, where none was given."""
    return (
        {} if row.answered_at is not None else {"answered_at": to_micros(work.now), "answered_by": work.actor}
    )


def _not_waiting() -> dict[str, Any]:
    return {"waiting_for": "", "wait_until": None}


def _not_over() -> dict[str, Any]:
    return {"delivered_at": None, "closed_at": None, "closed_by": ""}


def _text(text: str, problem: str, next_step: str) -> str:
    text = written(text, "text", LONGEST_NOTE)
    if not text:
        raise BadInput(problem, next_step=next_step)
    return text
