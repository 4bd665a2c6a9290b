"""What comes of time: reminders, escalations, the end of a stage. The agent does it when it is due, a lead may before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from core.errors import NotPossible
from core.gate.commands import admit
from core.security.reviews.model import Review, ReviewState
from core.security.reviews.opening import open_due
from core.security.reviews.plans import plan_of
from core.security.reviews.queries import progress, roster, seats_in, to_do, to_review, unsaid_per_panel
from core.security.reviews.revising import review_row, revise_review, subject
from core.security.reviews.seats import escalated
from core.security.reviews.staging import end_stage, steps_now
from core.security.reviews.tables import access_review, access_seat
from core.security.reviews.telling import tell_reviewers
from core.security.reviews.timing import StepKind
from core.sentences import sentence_of
from core.store.lease import beat
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.gate.model import Consent
    from core.security.reviews.plans import Plan
    from core.store.work import Work

DUTY = "reviews"
_C = access_review.c
_WAITS = (ReviewState.DRAFT, ReviewState.OPEN)


def is_step_due(connection: Connection, now: datetime) -> bool:
    """Tells whether the time of anything has come."""
    query = select(_C.id).where(_C.state.in_(_WAITS), _C.next_at <= to_micros(now)).limit(1)
    return connection.execute(query).first() is not None


def step_due(work: Work, token: int) -> bool:
    """Does what is due of one review, under the agent's lease; tells whether there was any. Raises LeaseLost."""
    beat(work, DUTY, token)
    query = (
        select(access_review)
        .where(_C.state.in_(_WAITS), _C.next_at <= to_micros(work.now))
        .order_by(_C.next_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = work.connection.execute(query).first()
    work.is_quiet = row is None
    if row is None:
        return False
    if row.state == ReviewState.DRAFT:
        open_due(work, row)
    else:
        _take_steps(work, row)
    return True


def remind_reviewers(work: Work, review_id: int) -> list[str]:
    """Reminds everybody now who has something to decide; returns whom. Level 1. Raises NotPossible where nobody has."""
    admit(work, "review.remind", [f"RV-{review_id}"])
    row = _open_row(work, review_id)
    if not to_do(work.connection, row.id, row.stage):
        raise NotPossible(f"nobody has anything to decide in RV-{review_id}", next_step="Nothing was sent")
    work.record("review.reminded", subject(row.id), {"reminded_in": (None, row.stage)})
    return tell_reviewers(work, row, "reminded", f"by {work.actor} at {to_micros(work.now)}")


def escalate_review(work: Work, review_id: int, consent: Consent, seen: int | None = None) -> Review:
    """Asks the leads, too, about what nobody has decided. Level 2. Raises Moved where the review is not as it was `seen`."""
    admit(work, "review.escalate", [f"RV-{review_id}"], consent)
    return to_review(_escalate(work, _open_row(work, review_id, seen))[0])


def close_stage(work: Work, review_id: int, text: str, consent: Consent, seen: int | None = None) -> Review:
    """Ends the present stage before its time, with the reason. Level 2."""
    admit(work, "review.close_stage", [f"RV-{review_id}"], consent)
    row = _open_row(work, review_id, seen)
    return _close(work, row, plan_of(row.plan), sentence_of(text, "why the stage ends before its time"))


def _open_row(work: Work, review_id: int, seen: int | None = None) -> Any:
    row = review_row(work, review_id, seen)
    if row.state != ReviewState.OPEN:
        raise NotPossible(f"RV-{review_id} is {row.state}", next_step="Only of an open one anybody is asked")
    return row


def _take_steps(work: Work, row: Any) -> None:
    """Takes what is due of an open review. Of several reminders that were missed only the last is sent.

    Whom the escalation tells is not reminded of the same in the same minute.
    """
    plan = plan_of(row.plan)
    steps = steps_now(row, plan)
    due = [each for each in steps[row.steps :] if each.at <= work.now]
    if any(each.kind is StepKind.CLOSE for each in due):
        _close(work, row, plan)
        return
    taken = row.steps + len(due)
    row = revise_review(work, row, "review.stepped", {"steps": taken, "next_at": to_micros(steps[taken].at)})
    escalated_to: list[str] = []
    if any(each.kind is StepKind.ESCALATE for each in due):
        row, escalated_to = _escalate(work, review_row(work, row.id))
    if any(each.kind is StepKind.REMIND for each in due):
        told = tell_reviewers(work, row, "reminded", f"step {taken}", escalated_to)
        if told:
            work.record("review.reminded", subject(row.id), {"reminded_in": (None, row.stage)})


def _escalate(work: Work, row: Any) -> tuple[Any, list[str]]:
    """Asks the leads, too; returns the review's row as it is then, and who was told."""
    panels = unsaid_per_panel(work.connection, row.id, row.stage)
    seats = escalated(
        row.stage, panels, seats_in(work.connection, row.id, row.stage), roster(work.connection)
    )
    note = "" if seats else "nobody else is there to ask" if panels else "nothing is undecided"
    who = sorted({each.reviewer for each in seats})
    escalated_now = revise_review(work, row, "review.escalated", {}, note=note)
    if who:
        work.recorded[-1].changes["escalated_to"] = (None, who)
    if seats:
        work.connection.execute(
            insert(access_seat),
            [
                {
                    "review": row.id, "stage": each.stage, "panel": each.panel, "reviewer": each.reviewer,
                    "alias": each.alias, "is_asked": 0, "why": each.why,
                }
                for each in seats
            ],
        )  # fmt: skip
        return escalated_now, tell_reviewers(work, escalated_now, "escalated")
    return escalated_now, []


def _close(work: Work, row: Any, plan: Plan, note: str = "") -> Review:
    before = row.stage
    after = end_stage(work, row, plan)
    stands = progress(work.connection, [row.id])[row.id]
    said = f"{stands.keep} kept, {stands.change} changed, {stands.revoke} revoked so far; {stands.open} asked about on"
    closed = revise_review(work, row, "review.stage_closed", after, note=f"{note}: {said}" if note else said)
    if closed.state == ReviewState.OPEN and closed.stage != before:
        tell_reviewers(work, closed, "asked")
    return to_review(closed)
