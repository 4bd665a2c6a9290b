"""The lines of a handover, computed: what is open and pressing, what comes due, and what the shift did. Reads only."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from core.counting import counted
from core.desk.model import IncidentState
from core.desk.requests.model import STANDING, RequestState
from core.desk.requests.tables import request
from core.desk.shifts.model import Line, Topic
from core.desk.tables import clock, incident
from core.journal.past import number_at
from core.journal.queries import between
from core.monitoring.tables import component_state
from core.operations.queries import runs
from core.operations.windows.queries import windows
from core.printable import printable
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection

MOST_OF_A_TOPIC = 30
"""So many lines of one topic are told one by one; of more, how many more there are."""
MOST_ENTRIES = 50_000
_OPEN = [str(state) for state in RequestState if STANDING[state].is_open]
_UNSOLVED = [str(state) for state in IncidentState if state.is_unsolved]
_LABELS = {"request": "R-", "incident": "I-"}


def computed_lines(connection: Connection, begun: datetime, now: datetime, until: datetime) -> list[Line]:
    """Returns what the shift that began at `begun` hands over `now` to the one that ends at `until`.

    An open major incident stands once, whatever was promised of it; so does every other item, under the worst that is so of it.
    """
    told: set[str] = set()
    at = to_micros(now)  # what is past its time is so, whether or not an agent was there to say it
    found: list[tuple[Topic, str, str]] = []
    for topic, lines in (
        (Topic.MAJOR, _majors(connection, now)),
        (Topic.BROKEN, _promises(connection, or_(clock.c.broken_at.is_not(None), clock.c.due <= at), now)),
        (
            Topic.AT_RISK,
            _promises(connection, or_(clock.c.warned_at.is_not(None), clock.c.risk_at <= at), now),
        ),
        (Topic.DUE, _promises(connection, clock.c.due <= to_micros(until), now)),
        (Topic.WAITING, _waiting(connection, until)),
        (Topic.RUN, _runs(connection)),
        (Topic.QUIET, [*_quiet(connection), *_planned(connection, now, until)]),
        (Topic.NOBODY, [*_unseen(connection), *_unowned(connection)]),
    ):
        fresh = [(about, text) for about, text in lines if about not in told or not about]
        told |= {about for about, _ in fresh}
        found += [(topic, about, text) for about, text in fresh[:MOST_OF_A_TOPIC]]
        if len(fresh) > MOST_OF_A_TOPIC:
            found.append((topic, "", f"and {len(fresh) - MOST_OF_A_TOPIC} more of this sort"))
    found += [(Topic.DONE, "", text) for text in _done(connection, begun, now)]
    return [Line(number, *line) for number, line in enumerate(found, 1)]


def _majors(connection: Connection, now: datetime) -> Iterator[tuple[str, str]]:
    is_major = and_(incident.c.declared_at.is_not(None), incident.c.stood_down_at.is_(None))
    query = (
        select(incident)
        .where(or_(is_major, and_(incident.c.state.in_(_UNSOLVED), incident.c.severity == 1)))
        .order_by(incident.c.id)
    )
    for row in connection.execute(query).all():
        hours = (now - from_micros(row.opened_at)).total_seconds() / 3600
        yield f"I-{row.id}", f"{row.title} ({row.state}, {_owner(row.owner)}, open for {hours:.1f} h)"


def _promises(connection: Connection, which: Any, now: datetime) -> Iterator[tuple[str, str]]:
    """Returns the items of which a promise that is still to be kept is so, the soonest due first, each once."""
    query = (
        select(clock)
        .where(which, clock.c.met_at.is_(None), clock.c.ended_at.is_(None))
        .order_by(clock.c.due, clock.c.subject_kind, clock.c.subject_id)
    )
    rows: dict[tuple[str, int], Any] = {}
    for row in connection.execute(query).all():
        rows.setdefault((row.subject_kind, row.subject_id), row)
    items = _items(connection, rows)
    for key, row in rows.items():
        if key in items:
            due = (
                "stands still"
                if row.due is None
                else f"{_past(row.due, now)} {from_micros(row.due):%a %d %b %H:%M}Z"
            )
            title, owner = items[key]
            yield f"{_LABELS[key[0]]}{key[1]}", f"{title} ({row.kind} {due}, {row.agreement}, {owner})"


def _past(due: int, now: datetime) -> str:
    return "was due" if from_micros(due) <= now else "due"


def _items(connection: Connection, keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], tuple[str, str]]:
    """Returns title and owner of the items that are still open."""
    found: dict[tuple[str, int], tuple[str, str]] = {}
    keys = list(keys)
    for kind, table, states in (("request", request, _OPEN), ("incident", incident, _UNSOLVED)):
        numbers = [number for about, number in keys if about == kind]
        columns: Any = table.c
        for start in range(0, len(numbers), 500):
            query = select(columns.id, columns.title, columns.owner).where(
                columns.id.in_(numbers[start : start + 500]), columns.state.in_(states)
            )
            found |= {
                (kind, row.id): (row.title, _owner(row.owner)) for row in connection.execute(query).all()
            }
    return found


def _waiting(connection: Connection, until: datetime) -> Iterator[tuple[str, str]]:
    query = (
        select(request)
        .where(request.c.state == RequestState.WAITING, request.c.wait_until <= to_micros(until))
        .order_by(request.c.wait_until, request.c.id)
    )
    for row in connection.execute(query).all():
        ends = f"{from_micros(row.wait_until):%a %d %b %H:%M}Z"
        yield f"R-{row.id}", f"{row.title} (waits on {row.waiting_for} until {ends}, {_owner(row.owner)})"


def _runs(connection: Connection) -> Iterator[tuple[str, str]]:
    for each in runs(connection, active=True):
        asks = ", waits for a person" if each.asks else ""
        yield each.label, f"{each.title} on {each.component} ({each.state}{asks}, begun by {each.begun_by})"


def _quiet(connection: Connection) -> Iterator[tuple[str, str]]:
    """What is stopped on purpose tells nobody of its failures."""
    query = (
        select(component_state)
        .where(component_state.c.stopped_at.is_not(None))
        .order_by(component_state.c.id)
    )
    for row in connection.execute(query).all():
        since = f"{from_micros(row.stopped_at):%a %d %b %H:%M}Z"
        yield row.id, f"stopped on purpose by {row.stopped_by} since {since}: {row.stopped_reason}"


def _planned(connection: Connection, now: datetime, until: datetime) -> Iterator[tuple[str, str]]:
    """What is in maintenance, or comes to be in the next shift, tells nobody of its failures either."""
    for each in windows(connection):
        if each.begins_at > until:
            continue
        when = (
            "in maintenance"
            if each.begins_at <= now
            else f"in maintenance from {each.begins_at:%a %d %b %H:%M}Z"
        )
        yield (
            each.label,
            f"{each.scope.short}: {when} until {each.ends_at:%a %d %b %H:%M}Z ({each.owner}): {each.reason}",
        )


def _unseen(connection: Connection) -> Iterator[tuple[str, str]]:
    """What failed and came back while nobody looked stays until somebody does."""
    query = (
        select(incident)
        .where(incident.c.state == IncidentState.RESOLVED, incident.c.acknowledged_at.is_(None))
        .order_by(incident.c.id)
    )
    for row in connection.execute(query).all():
        yield f"I-{row.id}", f"{row.title} (cleared, nobody looked, {_owner(row.owner)})"


def _unowned(connection: Connection) -> Iterator[tuple[str, str]]:
    open_requests = connection.scalar(
        select(func.count()).select_from(request).where(request.c.state.in_(_OPEN), request.c.owner == "")
    )
    open_incidents = connection.scalar(
        select(func.count())
        .select_from(incident)
        .where(incident.c.state.in_(_UNSOLVED), incident.c.owner == "")
    )
    if open_requests or open_incidents:
        yield (
            "",
            f"{counted(open_requests or 0, 'open request')} and {counted(open_incidents or 0, 'incident')} without an owner",
        )


_COUNTED = {
    "request.opened": "requests opened", "request.delivered": "requests delivered", "request.closed": "requests closed",
    "request.reopened": "requests opened again", "request.breached": "promises to requesters broken",
    "incident.opened": "incidents opened", "incident.resolved": "incidents resolved", "incident.cleared": "incidents cleared by themselves",
    "incident.closed": "incidents closed", "incident.breached": "promises about incidents broken", "run.begun": "runs begun",
}  # fmt: skip


def _done(connection: Connection, begun: datetime, now: datetime) -> Iterator[str]:
    """Returns what the journal of the shift comes to, in one line; that nothing happened is said, too."""
    first, upto = number_at(connection, begun), number_at(connection, now)
    entries = between(connection, max(first, upto - MOST_ENTRIES), upto, ("request", "incident", "run"))
    counts = Counter(entry.kind for entry in entries)
    words = [f"{counts[kind]} {what}" for kind, what in _COUNTED.items() if counts[kind]]
    part = f" (of the last {MOST_ENTRIES} entries)" if upto - first > MOST_ENTRIES else ""
    span = f"{begun:%a %d %b %H:%M}Z to {now:%H:%M}Z"
    yield printable(f"{span}: {', '.join(words) or 'nothing was opened or closed'}{part}", 1000)


def _owner(owner: str) -> str:
    return owner or "nobody's"
