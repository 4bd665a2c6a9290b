"""A stage begins and ends: who has to say, until when, and what goes on to the next. For commands and for the agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, insert, select, update

from core.security.grants.model import Standing
from core.security.reviews.model import LAST_CALL, Decision, ItemState, ReviewState, Silence
from core.security.reviews.plans import By
from core.security.reviews.queries import HOLDER, roster
from core.security.reviews.seats import LAST_PANEL, LEADS_PANEL, NAMED_PANEL, only_names, seats_of
from core.security.reviews.tables import access_item, access_seat
from core.security.reviews.timing import due_of, steps_of
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from core.security.reviews.plans import Plan, Stage
    from core.security.reviews.timing import Step
    from core.store.work import Work

_I, _S = access_item.c, access_seat.c
AT_ONCE = 400
_NOBODY = (Decision.NO_ANSWER, Decision.UNDECIDED)


def panel_of(stage: Stage) -> ColumnElement[str] | str:
    """Returns what decides who is asked about an item: one of its columns, or the same for all."""
    if stage.by is By.OWNER:
        return _I.owner
    if stage.by is By.KEEPER:
        return _I.thing
    return LEADS_PANEL if stage.by is By.LEAD else NAMED_PANEL


def begin_stage(work: Work, row: Any, plan: Plan, number: int) -> dict[str, Any]:
    """Seats the reviewers of a stage that the items of a review are in already; returns what its row says from now on."""
    stage = plan.stage(number)
    _seat(work, row.id, number, stage, plan)
    due = due_of(work.now, stage.days, plan.zone)
    steps = steps_of(work.now, due, plan.zone, is_last_call=number == LAST_CALL)
    return {
        "stage": number, "stage_at": to_micros(work.now), "due_at": to_micros(due), "steps": 0,
        "next_at": to_micros(steps[0].at),
    }  # fmt: skip


def steps_now(row: Any, plan: Plan) -> list[Step]:
    """Returns what is done of the stage that a review's row is in."""
    return steps_of(
        from_micros(row.stage_at), from_micros(row.due_at), plan.zone, is_last_call=row.stage == LAST_CALL
    )


def end_stage(work: Work, row: Any, plan: Plan) -> dict[str, Any]:
    """Ends the present stage: moves items on to the next one, or to the last call, or settles them.

    Returns what the review's row says from now on. What goes on is what the stage says, and what nobody decided; what is
    revoked is not asked about again unless the stage says so. After the last call what nobody decided is settled as that.
    """
    connection, here = work.connection, _open_in(row.id, row.stage)
    if row.stage < len(plan.stages):
        on = (*plan.stage(row.stage).goes_on, *_NOBODY)
        following = panel_of(plan.stage(row.stage + 1))
        moved = connection.execute(
            update(access_item)
            .where(here, _I.outcome.in_(on))
            .values(**_asked_anew(row.stage + 1), panel=following)
        )
        if moved.rowcount:
            connection.execute(update(access_item).where(here).values(state=ItemState.SETTLED))
            return begin_stage(work, row, plan, row.stage + 1)
    connection.execute(
        update(access_item).where(here, _I.outcome.not_in(_NOBODY)).values(state=ItemState.SETTLED)
    )
    if row.stage != LAST_CALL:
        called = connection.execute(
            update(access_item).where(here).values(**_asked_anew(LAST_CALL), panel=LAST_PANEL)
        )
        if called.rowcount:
            return begin_stage(work, row, plan, LAST_CALL)
    is_suspended = and_(_I.is_privileged == 1, _I.stood != Standing.MISSING)
    for those, silence in ((is_suspended, Silence.SUSPEND), (~is_suspended, Silence.STAYS)):
        connection.execute(
            update(access_item).where(here, those).values(state=ItemState.SETTLED, silence=silence)
        )
    return {
        "state": ReviewState.CARRYING_OUT, "next_at": None, "due_at": None, "decided_at": to_micros(work.now),
    }  # fmt: skip


def _asked_anew(stage: int) -> dict[str, Any]:
    return {"stage": stage, "outcome": Decision.NO_ANSWER, "is_settled": 0}


def _open_in(review_id: int, stage: int) -> ColumnElement[bool]:
    return and_(_I.review == review_id, _I.state == ItemState.OPEN, _I.stage == stage)


def _seat(work: Work, review_id: int, number: int, stage: Stage, plan: Plan) -> None:
    """Writes down who has to say; where nobody but the person themselves would, an item goes to the last people, then to the leads.

    Whose items fall back is told by name, panel by panel: compared with each seat, item by item, twenty thousand take seconds.
    """
    here = _open_in(review_id, number)
    panels = work.connection.scalars(select(_I.panel).where(here).distinct()).all()
    seats = seats_of(number, stage, panels, plan.last, roster(work.connection))
    if seats:
        rows = [{"review": review_id, **_row(each)} for each in seats]
        work.connection.execute(insert(access_seat), rows)
    seated = select(_S.panel).where(_S.review == review_id, _S.stage == number)
    names = only_names(seats)
    for to, panels_now in ((LAST_PANEL, panels), (LEADS_PANEL, (LAST_PANEL,))):
        moved = update(access_item).values(panel=to)
        unseated = _I.panel.not_in(seated)
        work.connection.execute(
            moved.where(here, unseated if to is LAST_PANEL else and_(unseated, _I.panel == LAST_PANEL))
        )
        own: dict[frozenset[str], list[str]] = {}
        for panel in panels_now:
            own.setdefault(names.get(panel, frozenset()), []).append(panel)
        own.pop(frozenset(), None)
        for holder, theirs in own.items():
            for start in range(0, len(theirs), AT_ONCE):
                some = _I.panel.in_(theirs[start : start + AT_ONCE])
                work.connection.execute(moved.where(here, some, HOLDER.in_(holder)))


def _row(seat: Any) -> dict[str, Any]:
    return {
        "stage": seat.stage, "panel": seat.panel, "reviewer": seat.reviewer, "alias": seat.alias,
        "is_asked": int(seat.is_asked), "why": seat.why,
    }  # fmt: skip
