"""What people do with a review as a whole: draft it, open it (which freezes its items), cancel it, sign it off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from core.counting import counted
from core.errors import BadInput, NotPossible
from core.gate.commands import admit
from core.printable import printable
from core.security.reviews.drawing import draw
from core.security.reviews.model import Review, ReviewState, check_follows
from core.security.reviews.own import OWN_RIGHTS, check_other
from core.security.reviews.plans import Plan, check_plan, plan_of, plan_text
from core.security.reviews.queries import one_review, progress, roster, to_review
from core.security.reviews.revising import review_row, revise_review, subject
from core.security.reviews.staging import begin_stage
from core.security.reviews.tables import access_review
from core.security.reviews.telling import tell_reviewers
from core.security.reviews.timing import next_day
from core.sentences import line_written, sentence_of
from core.store.rows import new_number
from core.timekeeping import EPOCH, NEVER, to_micros

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.gate.model import Consent
    from core.journal.appending import Recorded
    from core.store.work import Work

LONGEST_NAME = 120


def draft_review(work: Work, name: str, plan: Plan, owner: str = "", scheduled: date | None = None) -> Review:
    """Drafts a review; with a day the agent opens it then. Level 1. `owner` answers for it: the actor where nobody is named.

    Raises BadInput for a plan that cannot be kept.
    """
    admit(work, "review.draft", [name or "a review"])
    check_draft(work.connection, plan, scheduled, work.now.date())
    return draft(work, line_written(name, "name", LONGEST_NAME), plan, owner or work.actor, scheduled)


def check_draft(connection: Connection, plan: Plan, scheduled: date | None, today: date) -> None:
    """Raises BadInput for a plan that cannot be kept, and for a day to open on that is past."""
    if scheduled is not None and scheduled < today:
        raise BadInput(f"{scheduled} is past", where="on", next_step=f"Today is {today}")
    check_plan(plan, roster(connection).names)


def draft(
    work: Work, name: str, plan: Plan, owner: str, scheduled: date | None = None, occasion: str | None = None,
    cause: int | Recorded | None = None,
) -> Review:  # fmt: skip
    """Writes a draft down, whoever may; see `draft_review`."""
    name = printable(name.strip(), LONGEST_NAME)
    if not name:
        raise BadInput("the review needs a name", next_step="Say in a line what it is about")
    check_plan(plan, roster(work.connection).names)
    values: dict[str, Any] = {
        "state": ReviewState.DRAFT, "name": name, "plan": plan_text(plan), "owner": owner, "occasion": occasion,
        "scheduled": scheduled.isoformat() if scheduled else NEVER, "stage": 0, "stage_at": None, "due_at": None,
        "next_at": _midnight(scheduled), "steps": 0, "drawn": 0, "privileged": 0, "digest": "", "drawn_at": None,
        "decided_at": None, "signed_at": None, "signed_by": "", "outcome": "",
    }  # fmt: skip
    number = new_number(work, access_review)
    work.connection.execute(insert(access_review).values(id=number, version=1, **values))
    changes = {field: (None, value) for field, value in values.items()}
    work.record("review.drafted", subject(number), changes, cause=cause)
    return one_review(work.connection, number)


def open_review(work: Work, review_id: int, consent: Consent, seen: int | None = None) -> Review:
    """Opens a draft: freezes the grants of its scope as items, and asks the reviewers of the first stage. Level 2.

    Raises NotPossible where there is nothing to review.
    """
    admit(work, "review.open", [f"RV-{review_id}"], consent)
    row = review_row(work, review_id, seen)
    check_follows(f"RV-{review_id}", ReviewState(row.state), ReviewState.OPEN)
    opened = freeze(work, row)
    if opened is None:
        raise NotPossible(
            f"nothing is to be reviewed: no grant is in the scope of RV-{review_id}",
            next_step="Nothing was changed. `watchfloor access grants` lists what there is",
        )
    return opened


def freeze(work: Work, row: Any, cause: int | Recorded | None = None) -> Review | None:
    """Draws the items of a draft and begins its first stage; None, with nothing changed, where its scope holds none."""
    plan = plan_of(row.plan)
    drawn = draw(work.connection, row.id, plan, work.now)
    if drawn.items == 0:
        return None
    after: dict[str, Any] = {
        "state": ReviewState.OPEN, "drawn": drawn.items, "privileged": drawn.privileged, "digest": drawn.digest,
        "drawn_at": to_micros(work.now), "owner": row.owner or work.actor,
    }  # fmt: skip
    after |= begin_stage(work, row, plan, 1)
    opened = revise_review(work, row, "review.opened", after, note=plan.scope.in_words, cause=cause)
    tell_reviewers(work, opened, "asked")
    return to_review(opened)


def open_due(work: Work, row: Any) -> None:
    """Opens a draft whose day has come; where there is nothing to review, that is said, and the next one is drafted."""
    if freeze(work, row) is None:
        ended = revise_review(
            work, row, "review.empty",
            {"state": ReviewState.CANCELLED, "next_at": None, "outcome": "there was nothing to review"},
        )  # fmt: skip
        _draft_next(work, ended)


def cancel_review(work: Work, review_id: int, text: str, consent: Consent, seen: int | None = None) -> Review:
    """Ends a review with nothing carried out, with the reason; what was said stays in the journal. Level 2.

    Raises NotPermitted, once it is open, for who has rights in it while another lead has none.
    """
    admit(work, "review.cancel", [f"RV-{review_id}"], consent)
    row = review_row(work, review_id, seen)
    check_follows(f"RV-{review_id}", ReviewState(row.state), ReviewState.CANCELLED)
    why = sentence_of(text, "why it is cancelled")
    own = check_other(work, review_id, "cancels it")
    after = {"state": ReviewState.CANCELLED, "next_at": None, "outcome": why}
    cancelled = revise_review(work, row, "review.cancelled", after, note=why)
    _name_own(work, own)
    return to_review(cancelled)


def sign_review(
    work: Work,
    review_id: int,
    text: str,
    consent: Consent,
    seen: int | None = None,
    *,
    despite_open: bool = False,
) -> Review:
    """Signs a review off: what it showed, by somebody who answers for that. Level 2.

    Raises NotPossible while something decided is not carried out, and, unless `despite_open`, while a source still
    shows what was revoked; NotPermitted for who has rights in it while another lead has none. One that comes again is
    drafted for its next day.
    """
    admit(work, "review.sign", [f"RV-{review_id}"], consent)
    row = review_row(work, review_id, seen)
    check_follows(f"RV-{review_id}", ReviewState(row.state), ReviewState.SIGNED)
    own = check_other(work, review_id, "signs it off")
    stands = progress(work.connection, [review_id])[review_id]
    if stands.not_done:
        raise NotPossible(
            f"{counted(stands.not_done, 'decision')} of RV-{review_id} {'is' if stands.not_done == 1 else 'are'} not carried out",
            next_step=f"`watchfloor access review RV-{review_id} carry-out --yes` does it",
        )
    left = stands.ordered + stands.refused
    if left and not despite_open:
        raise NotPossible(
            f"{left} of what RV-{review_id} decided {'is' if left == 1 else 'are'} not known to be gone yet, or could not be done",
            next_step="The agent looks once a minute: wait until it is gone, or sign with --despite-open; the evidence lists it",
        )
    said = sentence_of(text, "what the review showed")
    after = {
        "state": ReviewState.SIGNED, "outcome": said, "signed_at": to_micros(work.now), "signed_by": work.actor,
    }  # fmt: skip
    signed = revise_review(work, row, "review.signed", after, note=said)
    _name_own(work, own)
    _draft_next(work, signed)
    return to_review(signed)


def _name_own(work: Work, own: tuple[str, ...]) -> None:
    """Has the entry say which rights in it are the actor's own."""
    if own:
        work.recorded[-1].changes[OWN_RIGHTS] = (None, list(own))


def _draft_next(work: Work, row: Any) -> None:
    """Drafts the review that comes after one that has ended, where it comes again."""
    plan = plan_of(row.plan)
    if not plan.every_months:
        return
    before = work.now.date() if row.scheduled == NEVER else date.fromisoformat(row.scheduled)
    again = next_day(before, plan.every_months, work.now.date())
    draft(work, row.name, plan, row.owner, again, cause=work.recorded[-1])


def _midnight(day: date | None) -> int | None:
    return None if day is None else to_micros(EPOCH + timedelta(days=(day - EPOCH.date()).days))
