"""The agent's part of what was decided: it follows each removal until the source shows it gone, and suspends where a plan says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from core.security.grants.model import Standing
from core.security.grants.queries import Scope, rows_in, some_grants
from core.security.reviews.fulfilling import fulfil, put
from core.security.reviews.model import Decision, ItemState, ReviewState, Silence
from core.security.reviews.plans import plan_of
from core.security.reviews.queries import to_item
from core.security.reviews.revising import review_row, revise_review, subject
from core.security.reviews.stepping import DUTY
from core.security.reviews.tables import access_item, access_review
from core.store.lease import beat

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from core.store.work import Work

AT_ONCE = 200
_I, _R = access_item.c, access_review.c
_FOLLOWED = and_(
    _I.state == ItemState.ORDERED, or_(_I.outcome == Decision.REVOKE, _I.silence == Silence.SUSPEND)
)
_SILENT = and_(_I.state == ItemState.SETTLED, _I.silence == Silence.SUSPEND)
_NO_LONGER = tuple(each for each in Standing if each is not Standing.REMOVING)


def is_any_gone(connection: Connection) -> bool:
    """Tells whether a source no longer shows something that a review had removed."""
    return connection.execute(select(_I.id).where(_gone()).limit(1)).first() is not None


def note_gone(work: Work, token: int, at_most: int = AT_ONCE) -> bool:
    """Writes down, under the agent's lease, what is gone from its source as was decided; tells whether there may be more.

    What somebody granted again meanwhile is done, too: that was decided later. Raises LeaseLost.
    """
    beat(work, DUTY, token)
    query = select(access_item).where(_gone()).order_by(_I.review, _I.id).limit(at_most)
    items = [to_item(each) for each in work.connection.execute(query.with_for_update()).all()]
    work.is_quiet = not items
    grants = {each.id: each for each in some_grants(work.connection, [item.grant for item in items])}
    told: dict[int, dict[str, tuple[str, str]]] = {}
    for item in items:
        is_gone = grants[item.grant].standing is Standing.ENDED
        put(work, item, ItemState.DONE, "" if is_gone else "granted again meanwhile")
        what = "gone" if is_gone else "granted again"
        told.setdefault(item.review, {})[item.label] = (str(item.state), what)
    for review_id, changes in told.items():
        work.record("review.items_gone", subject(review_id), changes)
    return len(items) == at_most


def is_any_to_suspend(connection: Connection) -> bool:
    """Tells whether something is to be suspended that nobody decided, by a plan that does not wait for a lead."""
    return _to_suspend(connection) is not None


def suspend_silent(work: Work, token: int, at_most: int = AT_ONCE) -> bool:
    """Suspends, under the agent's lease, what nobody decided of one review; tells whether there may be more.

    It is to be removed from its source, and is followed as what a lead carries out. Raises LeaseLost.
    """
    beat(work, DUTY, token)
    review_id = _to_suspend(work.connection)
    work.is_quiet = review_id is None
    if review_id is None:
        return False
    row = review_row(work, review_id)
    query = select(access_item).where(_I.review == review_id, _SILENT).order_by(_I.id).limit(at_most)
    items = [to_item(each) for each in work.connection.execute(query.with_for_update()).all()]
    revise_review(work, row, "review.suspended", {}, note="nobody decided, and its plan says so")
    fulfil(work, items, work.recorded[-1])
    return True


def _to_suspend(connection: Connection) -> int | None:
    """Returns the review of which something is to be suspended now, the first."""
    query = select(_R.id, _R.plan).where(
        _R.state == ReviewState.CARRYING_OUT, select(_I.id).where(_I.review == _R.id, _SILENT).exists()
    )
    found = connection.execute(query.order_by(_R.id)).all()
    return next((number for number, plan in found if plan_of(plan).is_suspended_by_agent), None)


def _gone() -> ColumnElement[bool]:
    others = rows_in(Scope(standings=_NO_LONGER))
    return and_(_FOLLOWED, _I.grant_id.in_(others.with_only_columns(others.selected_columns.id)))
