"""Who is reminded of a corrective action: its owner before and after it is due, who is to check it once that is due."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from core.catalog.queries import declared_staff
from core.desk.messages.model import STAFF
from core.desk.messages.outbox import queue
from core.desk.messages.tables import message
from core.improvement.checking import judges
from core.improvement.commands import subject
from core.improvement.model import ActionState
from core.improvement.queries import corrective_actions, names_of
from core.store.lease import beat

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import Connection

    from core.catalog.model import Staff
    from core.improvement.model import CorrectiveAction
    from core.store.work import Work

DUTY = "endings"
AHEAD = (7, 1, 0)
"""So many days before a day somebody is reminded of it."""
AGAIN = 7
"""So many days after it, and so often from then on."""
MOST_OPEN = 5000
AT_ONCE = 100


class Reminder(NamedTuple):
    """One message: about which action, what of it, by which day, to whom (the id of one of the staff), and its key."""

    action: CorrectiveAction
    what: str
    day: date
    person: str
    key: str


def occasion(day: date, today: date) -> date | None:
    """Returns the last day up to `today` on which somebody is reminded of a day; None where none has come."""
    if today >= day + timedelta(days=AGAIN):
        return today - timedelta(days=(today - day).days % AGAIN)
    return max((day - timedelta(days=n) for n in AHEAD if day - timedelta(days=n) <= today), default=None)


def reminders(connection: Connection, now: datetime) -> list[Reminder]:
    """Returns the messages that are due and were not queued yet, those of the oldest actions first."""
    staff, today = declared_staff(connection), now.date()
    if not staff:
        return []
    found = list(_all(connection, staff, today))
    known: set[str] = set()
    for start in range(0, len(found), AT_ONCE):
        keys = [each.key for each in found[start : start + AT_ONCE]]
        known.update(connection.scalars(select(message.c.key).where(message.c.key.in_(keys))))
    return [each for each in found if each.key not in known]


def remind(work: Work, token: int, at_most: int = AT_ONCE) -> bool:
    """Queues at most so many reminders that are due; tells whether there may be more. Raises LeaseLost."""
    beat(work, DUTY, token)
    due = reminders(work.connection, work.now)
    work.is_quiet = not due
    for each in due[:at_most]:
        queue(
            work, subject=subject(each.action.id), purpose="reminder", channel=STAFF, recipient=each.person,
            title=f"{each.what}: {each.action.label} {each.action.deviation}", body=_body(each), key=each.key,
        )  # fmt: skip
    return len(due) > at_most


def _all(connection: Connection, staff: list[Staff], today: date) -> Iterable[Reminder]:
    for action in reversed(corrective_actions(connection, limit=MOST_OPEN)):
        is_done = action.state is ActionState.DONE
        day = action.check_on if is_done else action.due
        when = occasion(day, today) if day else None
        if day is None or when is None:
            continue
        is_past = day < today
        what = ("Not checked" if is_past else "To check") if is_done else ("Late" if is_past else "Due")
        for person in _whom(connection, action, staff):
            key = f"action {action.id} {'check' if is_done else 'due'} {day} {when} {person}"
            yield Reminder(action, what, day, person, key)


def _whom(connection: Connection, action: CorrectiveAction, staff: list[Staff]) -> list[str]:
    """Returns the ids of who is reminded: the owner, or who checks it; where nobody is named, whoever may close it."""
    named = action.checker if action.state is ActionState.DONE else action.owner
    names = names_of(staff, named)
    known = [each.id for each in staff if {each.id, each.login} & names] if named else []
    return known or [each.id for each in judges(connection, action, "action.close")]


def _body(reminder: Reminder) -> str:
    action = reminder.action
    if action.state is ActionState.DONE:
        asked = f"It was carried out; whether it works is to be checked by {reminder.day}: {action.check_plan or '-'}"
        doing = f"watchfloor actions {action.label} close --text WHAT --yes, or refute --text WHAT --yes"
    else:
        asked = (
            f"It is to be carried out by {reminder.day}: {action.action or 'what is done is not written yet'}"
        )
        doing = f"watchfloor actions {action.label} done"
    return f"{action.label}: {action.deviation}\nowner: {action.owner or 'nobody'}\n\n{asked}\n\n{doing}"
