"""What the agent sees to of corrective actions: one whose deviation comes back is opened again, one is opened for a promise that is broken."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from core.catalog.queries import declared_rules
from core.improvement.commands import anew, due_by_itself, record_action, subject
from core.improvement.model import UNENDED, ActionState, Origin
from core.improvement.queries import to_action
from core.improvement.recurring import figure, measure_in
from core.improvement.signs import signs_between
from core.improvement.tables import corrective_action
from core.journal.past import number_at
from core.journal.queries import newest
from core.journal.wording import label
from core.printable import printable_lines
from core.sentences import LONGEST
from core.store.lease import beat
from core.store.rows import revise
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

    from core.improvement.model import CorrectiveAction
    from core.journal.appending import Recorded
    from core.journal.model import Subject
    from core.store.work import Work

DUTY = "endings"
AT_ONCE = 2000
"""So many entries of the journal are looked through in one transaction."""
_C = corrective_action.c


def watched_from(connection: Connection, now: datetime) -> int:
    """Returns the number of the entry behind which something may have come back that is watched; the newest where nothing is."""
    since = [_since(each) for each in _watched(connection, now)]
    return number_at(connection, min(since)) if since else newest(connection).seq


def news_after(connection: Connection, after: int) -> int:
    """Returns up to which entry it is to be looked next, and no further than AT_ONCE entries; `after` itself where nothing is new."""
    return min(newest(connection).seq, after + AT_ONCE)


def has_signs(connection: Connection, after: int, upto: int) -> bool:
    """Tells whether any entry behind one number up to another can answer a measure."""
    return bool(signs_between(connection, after, upto))


def reopen_recurred(work: Work, token: int, after: int, upto: int) -> list[int]:
    """Opens the actions again whose deviation came back behind entry `after`, up to `upto`; returns their numbers.

    Watched is what was carried out, and what was seen to work for as long as the rules of the catalog say. Raises
    LeaseLost when the duty went to another.
    """
    beat(work, DUTY, token)
    work.is_quiet = True
    signs = signs_between(work.connection, after, upto)
    reopened = []
    for row in work.connection.execute(_watched_rows(work.connection, work.now).with_for_update()).all():
        action = to_action(row)
        found = figure(measure_in(action.measure), action.id, signs, _since(action))
        if not found.times:
            continue
        first = next(each for each in signs if each.subject == found.last[0] and each.at > found.since)
        after_ = {"state": ActionState.NOT_EFFECTIVE, "recurred": action.recurred + 1, **anew()}
        note = f"{measure_in(action.measure).words}: {label(*first.subject)}"
        revise(
            work, corrective_action, row, "action.recurred", after_, subject=subject(action.id), note=note, cause=first.seq
        )  # fmt: skip
        work.is_quiet = False
        reopened.append(action.id)
    return reopened


def open_for_broken_promise(
    work: Work,
    about: Subject,
    service: str,
    promise: str,
    *,
    title: str,
    component: str = "",
    cause: Recorded,
) -> int | None:
    """For the agent: a promise about an item was broken. Opens a corrective action where the rules of the catalog ask for it.

    `promise` says which, in words; `title` is the item's. While one about broken promises of the same service is not
    ended, no second is opened: the one is about all of them. Returns its number; None where none was opened.
    """
    if not declared_rules(work.connection).missed_targets:
        return None
    alike = [_C.source == str(about)]
    if service:
        alike.append(_C.measure == f"service:{service}")
    query = select(_C.id).where(_C.origin == Origin.TARGET, _C.state.in_(UNENDED), or_(*alike))
    if work.connection.scalar(query.limit(1)) is not None:
        return None
    words = printable_lines(f"{label(*about)}: {promise} was missed: {title}", LONGEST)
    fields = {"deviation": words, "due": due_by_itself(work)}
    return record_action(
        work, fields, about=about, origin=Origin.TARGET, component=component, service=service, cause=cause
    ).id


def _watched(connection: Connection, now: datetime) -> list[CorrectiveAction]:
    return [to_action(row) for row in connection.execute(_watched_rows(connection, now)).all()]


def _watched_rows(connection: Connection, now: datetime) -> Select[Any]:
    until = to_micros(now - timedelta(seconds=declared_rules(connection).watch_s))
    seen_to_work: ColumnElement[bool] = (_C.state == ActionState.CLOSED) & (_C.closed_at > until)
    return (
        select(corrective_action)
        .where(_C.measure != "", or_(_C.state == ActionState.DONE, seen_to_work))
        .order_by(_C.id)
    )


def _since(action: CorrectiveAction) -> datetime:
    """Returns the instant from which on it counts when the same comes back."""
    return action.closed_at or action.done_at or action.created_at
