"""Who attends to a request and when: handed over, watched, and out of sight for a while.

What is snoozed is out of the queue's sight until an instant. It comes back before that as soon as its requester says
something, its state or its owner changes, or a promise about it is due: a snooze hides nothing that is owed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, or_, select

from core.catalog.queries import declared_staff
from core.desk.requests.model import Request, RequestState
from core.desk.requests.queries import to_request
from core.desk.requests.revising import NOT_SNOOZED, open_row, revise_request
from core.desk.requests.tables import request, watcher
from core.desk.requests.undo import TAKEN_BACK
from core.endings.model import Ending, Sort
from core.errors import BadInput, NotPossible
from core.gate.commands import admit
from core.gate.undo import Restorer
from core.journal.model import Subject
from core.journal.queries import last_notes
from core.printable import printable
from core.sentences import LONGEST_NOTE, line_written, sentence_of, written
from core.store.lease import beat
from core.store.rows import row_of
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from core.journal.model import Entry
    from core.store.work import Work

LONGEST_NAME = 80
LONGEST_SNOOZE = timedelta(days=31)
DUTY = "clocks"
LATE_S = 30.0
"""What is woken later than this was asleep while no agent kept the clocks."""
WATCHER = "watcher "
"""What somebody who watches is called in an entry: `watcher ada`."""
_C = request.c
_IS_DUE = or_(_C.snoozed_until <= bindparam("now"), _C.due <= bindparam("now"))
_DUE = (
    select(request).where(_C.snoozed_until.is_not(None), _IS_DUE).order_by(_C.id).limit(bindparam("at_most"))
)
_ANY_DUE = select(func.min(_C.id)).where(_C.snoozed_until.is_not(None), _IS_DUE)


def hand_over_request(work: Work, request_id: int, owner: str, text: str, seen: int | None = None) -> Request:
    """Gives it to somebody, with what is to be done next, in one entry. Level 1, undoable.

    Raises BadInput where nobody is named or nothing is said, NotPossible where it is theirs already.
    """
    admit(work, "request.hand_over", [f"R-{request_id}"])
    owner, next_ = line_written(owner, "owner", LONGEST_NAME), written(text, "what is next", LONGEST_NOTE)
    if not owner:
        raise BadInput("a request is handed over to somebody", next_step="Name who goes on with it")
    if not next_:
        raise BadInput(
            f"{owner} has to know what is next",
            next_step="Nothing was changed. Write it; `assign` gives without a word",
        )
    row = open_row(work, request_id, seen, "handed over")
    if row.owner == owner:
        raise NotPossible(f"R-{request_id} is {owner}'s already", next_step="Nothing was changed")
    after: dict[str, Any] = {"owner": owner}
    if row.answered_at is None:
        after |= {"answered_at": to_micros(work.now), "answered_by": work.actor}
    if row.state in {RequestState.NEW, RequestState.REOPENED}:
        after["state"] = RequestState.ACKNOWLEDGED
    return to_request(revise_request(work, row, "request.handed_over", after, note=next_))


def snooze_request(
    work: Work, request_id: int, until: datetime, text: str, seen: int | None = None
) -> Request:
    """Puts it out of the queue's sight until an instant, with the reason. Level 1, undoable.

    Raises BadInput without a reason, for an instant that is past or too far, NotPossible for what is not open or overdue.
    """
    admit(work, "request.snooze", [f"R-{request_id}"])
    why = sentence_of(text, "why it can rest until then", LONGEST_NOTE)
    if until <= work.now:
        raise BadInput("a snooze ends in the future", next_step="Say a later instant")
    if until - work.now > LONGEST_SNOOZE:
        raise BadInput(
            f"a snooze ends within {LONGEST_SNOOZE.days} days",
            next_step="Say an earlier instant, or have it wait",
        )
    row = row_of(work, request, "request", request_id, seen)
    state = RequestState(row.state)
    if not state.is_open:
        raise NotPossible(
            f"R-{request_id} is {state}; there is nothing to snooze", next_step="Nothing was changed"
        )
    if row.due is not None and row.due <= to_micros(work.now):
        raise NotPossible(
            f"R-{request_id} was due {from_micros(row.due):%Y-%m-%d %H:%M}Z; what is owed is not put out of sight",
            next_step="Nothing was changed. Tell its requester how it stands, or have it wait",
        )
    after = {"snoozed_until": to_micros(until), "snoozed_by": work.actor}
    return to_request(revise_request(work, row, "request.snoozed", after, note=why))


def wake_request(work: Work, request_id: int, seen: int | None = None) -> Request:
    """Brings it back into sight at once. Level 1, undoable. Raises NotPossible where it is not snoozed."""
    admit(work, "request.wake", [f"R-{request_id}"])
    row = row_of(work, request, "request", request_id, seen)
    if row.snoozed_until is None:
        raise NotPossible(f"R-{request_id} is not snoozed", next_step="Nothing was changed")
    return to_request(revise_request(work, row, "request.woken", NOT_SNOOZED))


def watch_request(work: Work, request_id: int, who: str = "") -> None:
    """Has one of the staff (empty: the actor) told of what happens to it. Level 1, undoable; it binds to nothing seen.

    Raises BadInput for somebody who is not of the staff, NotPossible where they watch it already.
    """
    admit(work, "request.watch", [f"R-{request_id}"])
    name = _staff_called(work, who)
    row = open_row(work, request_id, None, "watched")
    if name in watchers_of(work.connection, _subject(row.id)):
        raise NotPossible(f"{name} watches R-{request_id} already", next_step="Nothing was changed")
    _add(work, row.id, name)
    work.record("request.watched", _subject(row.id), {WATCHER + name: (None, "watches")})


def unwatch_request(work: Work, request_id: int, who: str = "") -> None:
    """Has somebody (empty: the actor) told of it no longer. Level 1, undoable. Raises NotPossible where they do not watch it."""
    admit(work, "request.watch", [f"R-{request_id}"])
    name = printable(who.strip(), LONGEST_NAME) or work.actor
    row_of(work, request, "request", request_id)
    if name not in watchers_of(work.connection, _subject(request_id)):
        raise NotPossible(f"{name} does not watch R-{request_id}", next_step="Nothing was changed")
    _remove(work, request_id, name)
    work.record("request.unwatched", _subject(request_id), {WATCHER + name: ("watches", None)})


def watchers_of(connection: Connection, subject: Subject) -> list[str]:
    """Returns who of the staff is told of an item, by login."""
    found = select(watcher.c.watcher).where(
        watcher.c.about_kind == subject.kind, watcher.c.about_id == int(subject.id)
    )
    return list(connection.scalars(found.order_by(watcher.c.watcher)))


def snoozes_until(connection: Connection, now: datetime, until: datetime) -> list[Ending]:
    """Returns the requests that are out of sight and come back by an instant; one whose instant is past, too."""
    del now  # what should be back, and is not yet, is shown most of all
    query = select(request).where(_C.snoozed_until <= to_micros(until)).order_by(_C.snoozed_until, _C.id)
    rows = connection.execute(query).all()
    why = last_notes(connection, "request", [str(row.id) for row in rows], "request.snoozed")
    return [
        Ending(Sort.SNOOZE, f"R-{row.id}", f"out of sight: {row.title}", row.snoozed_by or "", why.get(str(row.id), ""),
               from_micros(row.snoozed_until))
        for row in rows
    ]  # fmt: skip


# What the agent does, under its lease


def is_due(connection: Connection, now: int) -> bool:
    """Tells whether a snooze is over at an instant (microseconds UTC)."""
    return connection.scalar(_ANY_DUE, {"now": now}) is not None


def due_snoozes(connection: Connection, now: int, at_most: int = 200) -> list[Request]:
    """Returns the requests whose snooze is over: its instant has come, or a promise about them is due."""
    return [to_request(row) for row in connection.execute(_DUE, {"now": now, "at_most": at_most}).all()]


def wake(work: Work, token: int, at_most: int = 200) -> bool:
    """Wakes at most so many requests whose snooze is over; tells whether there may be more. Raises LeaseLost."""
    beat(work, DUTY, token)
    now = to_micros(work.now)
    rows = work.connection.execute(
        _DUE.with_for_update(skip_locked=True), {"now": now, "at_most": at_most}
    ).all()
    work.is_quiet = not rows
    for row in rows:
        revise_request(work, row, "request.woken", NOT_SNOOZED, note=_why_woken(row, now))
    return len(rows) == at_most


def _why_woken(row: Any, now: int) -> str:
    if row.snoozed_until > now:
        return f"before {from_micros(row.snoozed_until):%Y-%m-%d %H:%M}Z: what is promised of it is due"
    late_s = (now - row.snoozed_until) / 1e6
    return f"{late_s / 60:.0f} minutes late: no agent kept the clocks then" if late_s > LATE_S else ""


def _staff_called(work: Work, who: str) -> str:
    """Returns the login of one of the staff, by login or id; of nobody named the actor's."""
    name = printable(who.strip(), LONGEST_NAME)
    if not name or name == work.actor:
        return work.actor
    for each in declared_staff(work.connection):
        if name in {each.id, each.login}:
            return each.login or each.id
    raise BadInput(
        f"{name} is none of the staff",
        next_step="`watchfloor staff` lists them; others are told as requesters",
    )


def _restore_watch(work: Work, entry: Entry) -> None:
    """Has somebody watch, or not, as before an entry."""
    number = int(entry.subject.id)
    row_of(work, request, "request", number)
    for field, (before, after) in entry.changes.items():
        (_remove if before is None else _add)(work, number, field.removeprefix(WATCHER))
        work.record(TAKEN_BACK, entry.subject, {field: (after, before)}, cause=entry.seq)


def _add(work: Work, request_id: int, name: str) -> None:
    row = {"about_kind": "request", "about_id": request_id, "watcher": name, "since": to_micros(work.now)}
    work.connection.execute(insert(watcher).values(row))


def _remove(work: Work, request_id: int, name: str) -> None:
    is_it: ColumnElement[bool] = (watcher.c.about_id == request_id) & (watcher.c.watcher == name)
    work.connection.execute(delete(watcher).where(watcher.c.about_kind == "request", is_it))


def _subject(request_id: int) -> Subject:
    return Subject("request", str(request_id))


RESTORER = Restorer(frozenset({"request.watched", "request.unwatched"}), TAKEN_BACK, _restore_watch)
