"""Approvals: a request of a type that needs one waits until so many of the people named by its agreement say yes.

Each asking is a round, with its own votes. A round ends by enough yes, by one no, by nobody's answer in time (then a lead
decides), or because what was asked for changed (then the next one begins). A round whose request was merged stands
until that is taken apart again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update

from core.desk.agreements.approvers import approvers, why_not_approve
from core.desk.agreements.coverage_words import deliverers
from core.desk.messages.contact import tell
from core.desk.messages.model import STAFF
from core.desk.messages.outbox import queue
from core.desk.requests.gate import approval_under
from core.desk.requests.model import Request, RequestState
from core.desk.requests.queries import to_request
from core.desk.requests.revising import revise_request
from core.desk.requests.tables import approval, approval_vote, request
from core.errors import NotPermitted, NotPossible, Recording
from core.gate.commands import admit
from core.journal.model import Subject
from core.sentences import LONGEST_NOTE, sentence_of, written
from core.store.lease import beat
from core.store.rows import row_of
from core.timekeeping import from_micros, instant_or_none, to_micros

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from core.desk.requests.gate import Approving
    from core.gate.model import Consent
    from core.journal.appending import Recorded
    from core.store.work import Work

DUTY = "clocks"
_FIELDS = (
    "approval_state", "approval_round", "approval_needed", "approvers", "approval_asked_at", "approval_expires_at",
    "approval_next_at",
)  # fmt: skip
_C = approval.c
_AWAITS = select(approval, request.c.requester).join(request, request.c.id == _C.id).where(
    request.c.state == RequestState.APPROVAL
)  # fmt: skip
_DUE = (
    select(_C.id)
    .join(request, request.c.id == _C.id)
    .where(_C.approval_next_at <= bindparam("now"), request.c.state == RequestState.APPROVAL)
    .order_by(_C.approval_next_at)
    .limit(bindparam("at_most"))
)


class ApprovalState(StrEnum):
    """Where an approval stands."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Vote:
    """What one of the approvers said, and why."""

    by: str
    is_yes: bool
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalRound:
    """The last approval that was asked for of a request, with its votes in the order they came."""

    request: int
    state: ApprovalState
    round: int
    needed: int
    approvers: tuple[str, ...]  # as the agreement names them
    asked_at: datetime
    expires_at: datetime | None
    next_at: datetime | None  # when the agent reminds, or gives up
    votes: tuple[Vote, ...]

    @property
    def words(self) -> str:
        """Returns how it stands in a line: `asked of the role lead: 1 of 2 said yes (lea), until Tue 24 Nov 12:00Z`."""
        yes = [each.by for each in self.votes if each.is_yes]
        said = f"{len(yes)} of {self.needed} said yes" + (f" ({', '.join(yes)})" if yes else "")
        asked = (
            f"{self.state} of {deliverers(self.approvers)}"
            if self.state is ApprovalState.ASKED
            else str(self.state)
        )
        no = "".join(f"; {each.by} said no: {each.why}" for each in self.votes if not each.is_yes)
        is_open = self.state is ApprovalState.ASKED and self.expires_at is not None
        return f"{asked}: {said}{no}" + (f", until {self.expires_at:%a %d %b %H:%M}Z" if is_open else "")


def approval_of(connection: Connection, request_id: int) -> ApprovalRound | None:
    """Returns the last approval that was asked for of a request; None where none was."""
    row = connection.execute(select(approval).where(_C.id == request_id)).first()
    if row is None:
        return None
    votes = connection.execute(
        select(approval_vote)
        .where(approval_vote.c.request == request_id, approval_vote.c.approval_round == row.approval_round)
        .order_by(approval_vote.c.voted_at, approval_vote.c.voted_by)
    ).all()
    return ApprovalRound(
        row.id, ApprovalState(row.approval_state), row.approval_round, row.approval_needed,
        tuple(json.loads(row.approvers)), from_micros(row.approval_asked_at), instant_or_none(row.approval_expires_at),
        instant_or_none(row.approval_next_at),
        tuple(Vote(each.voted_by, each.vote == _YES, each.vote_why, from_micros(each.voted_at)) for each in votes),
    )  # fmt: skip


def why_may_not_approve(work: Work, request_id: int) -> str | None:
    """Returns why the actor may not approve or decline a request as it stands; None where they may. Raises NotFound."""
    row = row_of(work, request, "request", request_id)
    needed = approval_under(work, row.agreement, row.agreement_since, row.type)
    if row.state != RequestState.APPROVAL or needed is None:
        return f"R-{request_id} is {row.state}; it waits for no approval"
    return why_not_approve(needed.approval, needed.in_force, work.actor, row.requester)


# What begins a round


def ask_approval(
    work: Work, row: Any, kind: str = "request.approval_asked", note: str = "", cause: Recorded | None = None
) -> None:
    """Begins a round for a request that stands awaiting approval: asks everybody who may approve. Raises NotPossible where nobody may."""
    needed = approval_under(work, row.agreement, row.agreement_since, row.type)
    if needed is None:
        raise NotPossible(f"nothing of R-{row.id} is to be approved", next_step="Nothing was changed")
    check_possible(needed, row.requester)
    now = to_micros(work.now)
    before = work.connection.execute(select(approval).where(_C.id == row.id).with_for_update()).first()
    expires_at = _after(needed, now, needed.approval.expires_s)
    values: dict[str, Any] = {
        "approval_state": ApprovalState.ASKED, "approval_round": 1 if before is None else before.approval_round + 1,
        "approval_needed": needed.approval.count, "approvers": json.dumps(list(needed.approval.by)),
        "approval_asked_at": now, "approval_expires_at": expires_at,
        "approval_next_at": min(_after(needed, now, needed.approval.remind_s), expires_at),
    }  # fmt: skip
    if before is None:
        work.connection.execute(insert(approval).values(id=row.id, version=1, **values))
    else:
        _write(work, before, values)
    changes = {
        name: (None if before is None else getattr(before, name), value) for name, value in values.items()
    }
    work.record(kind, _subject(row.id), changes, note=note, cause=cause)
    _tell_approvers(work, row, needed, f"asked {values['approval_round']}", "Please approve or decline")


def check_possible(needed: Approving, requester: str) -> None:
    """Raises NotPossible where fewer people may approve than are needed."""
    who = approvers(needed.approval, needed.in_force, requester)
    if len(who) < needed.approval.count:
        raise NotPossible(
            f"{needed.approval.count} of {deliverers(needed.approval.by)} approve it, and of the staff only {len(who)} may",
            next_step="Nothing was changed. Name more people in the catalog, or refuse it",
        )


# What approvers say


def approve_request(
    work: Work, request_id: int, text: str, consent: Consent, seen: int | None = None
) -> Request:
    """Says yes to a request that awaits approval; with enough of them it is new. Level 2. Raises NotPermitted for who may not."""
    row, held = _to_vote(work, "request.approve", request_id, consent, seen)
    why = written(text, "why it is approved", LONGEST_NOTE)
    yes = work.connection.scalar(
        select(func.count()).where(
            approval_vote.c.request == request_id, approval_vote.c.approval_round == held.approval_round,
            approval_vote.c.vote == _YES,
        )
    )  # fmt: skip
    beside = _vote(work, held, _YES, why)
    after: dict[str, Any] = {}
    if (yes or 0) + 1 >= held.approval_needed:
        after["state"] = RequestState.NEW
        beside |= _end(work, held, ApprovalState.GRANTED)
    return to_request(revise_request(work, row, "request.approved", after, note=why, beside=beside))


def decline_request(
    work: Work, request_id: int, text: str, consent: Consent, seen: int | None = None
) -> Request:
    """Says no to a request that awaits approval, which refuses it; its requester is told why. Level 2.

    Raises NotPermitted for who may not, BadInput without a reason.
    """
    row, held = _to_vote(work, "request.decline", request_id, consent, seen)
    why = sentence_of(text, "why it is declined", LONGEST_NOTE)
    beside = _vote(work, held, _NO, why) | _end(work, held, ApprovalState.DECLINED)
    after = {
        "state": RequestState.REFUSED, "outcome": why, "closed_at": to_micros(work.now), "closed_by": work.actor,
        **({} if row.answered_at is not None else {"answered_at": to_micros(work.now), "answered_by": work.actor}),
    }  # fmt: skip
    found = to_request(revise_request(work, row, "request.declined", after, note=why, beside=beside))
    tell(work, found, "refused", why)
    return found


def _to_vote(work: Work, verb: str, request_id: int, consent: Consent, seen: int | None) -> tuple[Any, Any]:
    admit(work, verb, [f"R-{request_id}"], consent)
    row = row_of(work, request, "request", request_id, seen)
    if row.state != RequestState.APPROVAL:
        raise NotPossible(
            f"R-{request_id} is {row.state}; it waits for no approval", next_step="Nothing was changed"
        )
    clause = why_may_not_approve(work, request_id)
    if clause is not None:
        refusal = NotPermitted(
            clause,
            next_step="Nothing was changed, and this refusal is in the log. It waits for somebody who may",
        )
        refusal.recording = Recording(
            "request.approval_refused", Subject("request", str(request_id)), f"{verb}: {clause}"
        )
        raise refusal
    held = work.connection.execute(select(approval).where(_C.id == request_id).with_for_update()).one()
    voted = work.connection.scalar(
        select(approval_vote.c.vote).where(
            approval_vote.c.request == request_id, approval_vote.c.approval_round == held.approval_round,
            approval_vote.c.voted_by == work.actor,
        )
    )  # fmt: skip
    if voted is not None and verb == "request.approve":
        raise NotPossible(
            f"{work.actor} approved R-{request_id} already",
            next_step="Nothing was changed. It waits for somebody else",
        )
    return row, held


def _vote(work: Work, held: Any, vote: str, why: str) -> dict[str, tuple[Any, Any]]:
    """Keeps what the actor says, in place of what they said before in the same round; returns what an entry says of it."""
    values = {"voted_by": work.actor, "vote": vote, "vote_why": why, "voted_at": to_micros(work.now)}
    C = approval_vote.c  # noqa: N806
    key = (C.request == held.id) & (C.approval_round == held.approval_round) & (C.voted_by == work.actor)
    before = work.connection.execute(select(approval_vote).where(key)).first()
    if before is None:
        row = {"request": held.id, "approval_round": held.approval_round, **values}
        work.connection.execute(insert(approval_vote).values(row))
        return {name: (None, value) for name, value in values.items()}
    changed = {name: value for name, value in values.items() if name != "voted_by"}
    work.connection.execute(update(approval_vote).where(key).values(**changed))
    said = {name: (getattr(before, name), value) for name, value in changed.items()}
    return {"voter": (None, work.actor), **said}


def _end(work: Work, held: Any, state: ApprovalState) -> dict[str, tuple[Any, Any]]:
    """Ends a round; returns what an entry says of it."""
    after: dict[str, Any] = {"approval_state": state, "approval_next_at": None}
    _write(work, held, after)
    return {name: (getattr(held, name), value) for name, value in after.items()}


# What the agent does, under its lease


def is_due(connection: Connection, now: int) -> bool:
    """Tells whether somebody is to be reminded, or a round is over, at an instant (microseconds UTC)."""
    return bool(due_approvals(connection, now, 1))


def due_approvals(connection: Connection, now: int, at_most: int = 100) -> list[int]:
    """Returns the numbers of the requests whose approvers are to be reminded, or have not answered in time, the longest due first."""
    return list(connection.scalars(_DUE, {"now": now, "at_most": at_most}))


def remind_approvals(work: Work, token: int, at_most: int = 100) -> bool:
    """Reminds, or gives up, wherever it is time; tells whether there may be more. Raises LeaseLost."""
    beat(work, DUTY, token)
    due = due_approvals(work.connection, to_micros(work.now), at_most)
    work.is_quiet = not due
    for number in due:
        remind_approval(work, number)
    return len(due) == at_most


def remind_approval(work: Work, request_id: int) -> None:
    """For the agent: reminds who has not answered, or at the end of the time hands the request to a lead. Nothing where it is not time."""
    row = row_of(work, request, "request", request_id)
    held = work.connection.execute(_AWAITS.where(_C.id == request_id).with_for_update()).first()
    now = to_micros(work.now)
    if held is None or held.approval_next_at is None or held.approval_next_at > now:
        return
    if held.approval_expires_at is not None and held.approval_expires_at <= now:
        clause = f"nobody of {deliverers(json.loads(held.approvers))} decided by {from_micros(held.approval_expires_at):%Y-%m-%d %H:%M}Z"
        beside = _end(work, held, ApprovalState.EXPIRED)
        after = {"state": RequestState.HELD, "held_why": clause}
        revise_request(work, row, "request.approval_expired", after, note=clause, beside=beside)
        return
    needed = approval_under(work, row.agreement, row.agreement_since, row.type)
    next_ = now if needed is None else _after(needed, now, needed.approval.remind_s)
    after_ = {"approval_next_at": min(next_, held.approval_expires_at or next_)}
    _write(work, held, after_)
    work.record(
        "request.approval_reminded",
        _subject(request_id),
        {"approval_next_at": (held.approval_next_at, after_["approval_next_at"])},
    )
    if needed is not None:
        _tell_approvers(
            work, row, needed, f"reminded {held.approval_round} {now}", "Still to approve or decline"
        )


def _tell_approvers(work: Work, row: Any, needed: Approving, occasion: str, words: str) -> None:
    """Queues a message to everybody who may approve and has not said anything yet in this round."""
    held = approval_of(work.connection, row.id)
    voted = {each.by for each in held.votes} if held is not None else set()
    form = "\n".join(f"{name}: {value}" for name, value in json.loads(row.form).items())
    body = (
        f"R-{row.id}: {row.title}\nasked by {row.requester_name or row.requester}, for {row.service}\n\n{row.text}\n\n{form}\n\n"
        f"watchfloor request R-{row.id} approve --yes, or decline --text WHY --yes"
    )
    cause = work.recorded[-1]
    for person in approvers(needed.approval, needed.in_force, row.requester):
        if (person.login or person.id) not in voted:
            queue(
                work, subject=_subject(row.id), purpose="approval", channel=STAFF, recipient=person.id,
                title=f"{words}: R-{row.id} {row.title}", body=body,
                key=f"request {row.id} approval {occasion} {person.id}", cause=cause,
            )  # fmt: skip


def _after(needed: Approving, begin: int, seconds: float) -> int:
    """Returns when so many seconds of the agreement's hours will have passed; of hours that never come, of all hours."""
    length = int(seconds * 1_000_000)
    return needed.hours.after(begin, length) or begin + length


def _write(work: Work, held: Any, values: Mapping[str, Any]) -> None:
    work.connection.execute(
        update(approval).where(_C.id == held.id).values(version=held.version + 1, **values)
    )


def _subject(request_id: int) -> Subject:
    return Subject("request", str(request_id))


_YES, _NO = "yes", "no"
