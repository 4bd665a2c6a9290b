"""What comes due becomes an entry, once: a promise that is at risk, and one that is broken. For the agent that has the duty.

Which clocks are to be looked at is found by their index; what is said of each is worked out from the journal anew, so
that nothing is said twice, whatever was killed when, and what was missed while no agent was at work is said late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from core.desk.clocks.due_words import exactly
from core.desk.clocks.keeping import ITEMS, dated, differences, keep, told_here
from core.desk.clocks.promises import Item, Known, promised
from core.desk.clocks.told import AT_RISK, BREACHED
from core.desk.escalation.keeping import keep_escalations
from core.desk.model import IncidentState
from core.desk.requests.model import OVER, RequestState
from core.desk.requests.revising import revise_request
from core.desk.requests.tables import request
from core.desk.tables import clock as clock_table
from core.desk.tables import incident
from core.improvement.watching import open_for_broken_promise
from core.journal.model import Subject
from core.store.lease import beat
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from core.desk.clocks.promised import Clock, Owed
    from core.journal.appending import Recorded
    from core.store.work import Work

DUTY = "clocks"
AT_ONCE = 200
"""So many items are looked at in one transaction."""
LATE_S = 30.0
"""What is said later than this is said to be late: no agent kept the clocks meanwhile."""
NEAR = 60_000_000
"""Kept instants may lie this far from what the journal says: it dates an entry at the end of its transaction."""
_DUE = (
    select(clock_table.c.subject_kind, clock_table.c.subject_id)
    .where(clock_table.c.next_at <= bindparam("now"))
    .order_by(clock_table.c.next_at)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_NEXT = select(func.min(clock_table.c.next_at)).where(clock_table.c.next_at.is_not(None))
_UNCLOSED = {
    "incident": select(incident.c.id, incident.c.service, incident.c.opened_at).where(
        incident.c.state != IncidentState.CLOSED
    ),
    "request": select(request.c.id, request.c.service, request.c.opened_at).where(
        request.c.state.not_in(OVER)
    ),
}
_WAITED = (
    select(request)
    .where(request.c.wait_until <= bindparam("now"), request.c.state == RequestState.WAITING)
    .order_by(request.c.wait_until)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_NEXT_WAITED = select(func.min(request.c.wait_until)).where(
    request.c.wait_until.is_not(None), request.c.state == RequestState.WAITING
)


def is_due(connection: Connection, now: int) -> bool:
    """Tells whether something is to be said of any clock, or a wait is over, at an instant (microseconds UTC)."""
    first = next_due(connection)
    return first is not None and first <= now


def next_due(connection: Connection) -> int | None:
    """Returns when something is to be said next of a clock, or a wait is over (microseconds UTC); None where nothing is."""
    found = (connection.scalar(_NEXT), connection.scalar(_NEXT_WAITED))
    return min((first for first in found if first is not None), default=None)


def announce_due(work: Work, token: int, at_most: int = AT_ONCE) -> bool:
    """Says what has come due of at most so many clocks; tells whether there may be more. Raises LeaseLost when the duty went to another."""
    beat(work, DUTY, token)
    now = to_micros(work.now)
    rows = work.connection.execute(_DUE, {"now": now, "at_most": at_most}).all()
    work.is_quiet = not rows
    items = _items(work.connection, {(row.subject_kind, row.subject_id) for row in rows})
    known = Known(work.connection, items)
    at = dated(work) if items else now
    changed: dict[Item, list[Clock]] = {}
    silent: list[Item] = []
    for item in items:
        before = known.clocks(item, now)
        after = [_announce(work, item, clock, at) for clock in before]
        if any(one is not other for one, other in zip(before, after, strict=True)):
            changed[item] = after
        else:
            silent.append(item)
    keep(work, changed)
    keep_escalations(work, {item: [*known.told(item), *told_here(work, item, at)] for item in changed})
    _mend(work, silent)
    return len(rows) == at_most and bool(work.recorded)


def end_waits(work: Work, token: int, at_most: int = AT_ONCE) -> bool:
    """Has at most so many requests go on whose wait until an instant is over; tells whether there may be more. Raises LeaseLost."""
    beat(work, DUTY, token)
    rows = work.connection.execute(_WAITED, {"now": to_micros(work.now), "at_most": at_most}).all()
    work.is_quiet = not rows
    for row in rows:
        state = RequestState.IN_PROGRESS if row.owner else RequestState.ACKNOWLEDGED
        after = {"state": state, "waiting_for": "", "wait_until": None}
        late_s = (to_micros(work.now) - row.wait_until) / 1e6
        revise_request(work, row, "request.wait_over", after, note=_late_words(late_s))
    return len(rows) == at_most


def items_after(connection: Connection, kind: str, after: int, at_most: int = AT_ONCE) -> list[Item]:
    """Returns at most so many items of a kind that are not closed, of numbers above `after`, in order."""
    table = ITEMS[kind]
    found = connection.execute(_UNCLOSED[kind].where(table.c.id > after).order_by(table.c.id).limit(at_most))
    return [Item(kind, *row) for row in found.all()]


def is_kept_wrongly(connection: Connection, items: Sequence[Item], now: int) -> bool:
    """Tells whether the clocks of any of the items are kept otherwise than the journal has them."""
    return bool(differences(connection, items, now, within=NEAR))


def mend_clocks(work: Work, token: int, items: Sequence[Item]) -> None:
    """Keeps the clocks of items anew as the journal has them, with an entry for each that was kept otherwise.

    An older program may have changed an item, or opened it before clocks were kept. Raises LeaseLost.
    """
    beat(work, DUTY, token)
    _mend(work, items)


def _mend(work: Work, items: Sequence[Item]) -> None:
    now = to_micros(work.now)
    wrong = sorted({each.item for each in differences(work.connection, items, now, within=NEAR)})
    for item in wrong:
        work.record(f"{item.kind}.clocks_mended", Subject(item.kind, str(item.id)))
    keep(work, promised(work.connection, wrong, now))


def _announce(work: Work, item: Item, clock: Clock, at: int) -> Clock:
    """Says what is due of a clock, dated `at`, and returns it as it is then; of one that is broken it is not said that it is at risk."""
    now = to_micros(work.now)
    due = [owed for owed in clock.owes if owed.at <= now]
    if any(owed.is_breach for owed in due):
        due = [owed for owed in due if owed.is_breach]
    for owed in due:
        _say(work, item, clock, owed)
    return clock.after_saying(due, at) if due else clock


def _say(work: Work, item: Item, clock: Clock, owed: Owed) -> None:
    """Records that a promise is broken or at risk: which, of which agreement, and at which instant it was so."""
    late_s = (to_micros(work.now) - owed.at) / 1e6
    due = owed.at if owed.is_breach or clock.due is None else clock.due
    changes: dict[str, tuple[Any, Any]] = {
        "clock": (None, str(clock.kind)), "clock_agreement": (None, clock.agreement.id), "clock_due": (None, due),
    }  # fmt: skip
    what = BREACHED if owed.is_breach else AT_RISK
    about = Subject(item.kind, str(item.id))
    recorded = work.record(f"{item.kind}.{what}", about, changes, note=_late_words(late_s))
    if owed.is_breach:
        _have_corrected(work, item, about, f"to {clock.kind} under {clock.agreement.id}", recorded)


def _have_corrected(work: Work, item: Item, about: Subject, promise: str, cause: Recorded) -> None:
    """Opens a corrective action for a promise that was broken, where the catalog asks for one."""
    table = ITEMS[item.kind]
    row = work.connection.execute(select(table).where(table.c.id == item.id)).one()
    open_for_broken_promise(
        work,
        about,
        item.service,
        promise,
        title=row.title,
        component=getattr(row, "component", ""),
        cause=cause,
    )


def _late_words(late_s: float) -> str:
    return f"said {exactly(late_s)} late: no agent kept the clocks then" if late_s > LATE_S else ""


def _items(connection: Connection, wanted: Iterable[tuple[str, int]]) -> list[Item]:
    found: list[Item] = []
    for kind, table in ITEMS.items():
        ids = sorted(number for of_kind, number in wanted if of_kind == kind)
        if ids:
            query = select(table.c.id, table.c.service, table.c.opened_at).where(table.c.id.in_(ids))
            found += [Item(kind, *row) for row in connection.execute(query).all()]
    return found
