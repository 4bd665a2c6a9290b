"""Every read of monitoring."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from core.catalog.tables import component
from core.errors import NotFound
from core.monitoring.hours import packing_of
from core.monitoring.model import Maintenance, State, Status, Stopped
from core.monitoring.packing import HOUR_MS, unpack
from core.monitoring.revisions.queries import by_component, revisions, revisions_of
from core.monitoring.tables import component_state, probe_state, sample_hour, sample_minute, sample_open
from core.timekeeping import EPOCH, from_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from core.monitoring.packing import Point
    from core.monitoring.revisions.model import Revision

RECENT_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A component as the board shows it.

    `said` is what its probes say since its state was told, where that differs; `procedures` how many it has;
    `zone` whose agent watches it, empty for the home zone; `revised` are its thresholds that are judged by others than declared.
    """

    status: Status
    title: str
    service: str
    owner: str
    needs: tuple[str, ...] = ()
    said: str = ""
    procedures: int = 1
    zone: str = ""
    revised: tuple[Revision, ...] = ()

    @property
    def words(self) -> str:
        """Returns what is to be said of it now."""
        return self.said or self.status.summary


@dataclass(frozen=True, slots=True)
class ProbeView:
    """A probe as the component's own screen shows it."""

    number: int
    probe: str
    state: State
    summary: str
    detail: str
    metric: str
    unit: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of one probe: `minute` since 1970 UTC; values None when it gave none."""

    minute: int
    samples: int
    lowest: float | None
    highest: float | None
    mean: float | None
    worst: int


NOT_LOOKED_AT = "not looked at yet"
# Built once: a console asks them ten times a second in a storm.
_STATES_OF = select(component_state).where(component_state.c.id.in_(bindparam("ids", expanding=True)))
_COMPONENTS_OF = select(component).where(component.c.id.in_(bindparam("ids", expanding=True)))


def to_status(row: Any) -> Status:
    """Returns the value of a row of `component_state`."""
    stopped = None
    if row.stopped_at is not None:
        stopped = Stopped(row.stopped_by, row.stopped_reason, from_micros(row.stopped_at))
    maintenance = None
    if row.window_id is not None:
        maintenance = Maintenance(row.window_id, from_micros(row.window_until))
    state, roots = State(row.state), () if row.roots == "[]" else tuple(json.loads(row.roots))
    # Of 10,000 that are well nearly all are so in the same words: one text for all of them.
    summary = intern(row.summary) if state is State.OK else row.summary
    return Status(
        row.id, row.version, state, bool(row.confirmed), from_micros(row.since), summary,
        bool(row.flapping), roots, stopped, maintenance,
    )  # fmt: skip


# Read in pages: as one list, the rows of 10,000 components would be memory that is never given back.
_EVERY_STATE = select(component_state).execution_options(yield_per=500)
_EVERY_COMPONENT = select(component).order_by(component.c.id).execution_options(yield_per=500)


def board(connection: Connection) -> list[BoardRow]:
    """Returns every declared component with its state, by id; pending where nothing has looked yet."""
    states = {row.id: to_status(row) for row in connection.execute(_EVERY_STATE)}
    revised = by_component(revisions(connection))
    return [
        _board_row(row, states.pop(row.id, None), revised.get(row.id, ()))
        for row in connection.execute(_EVERY_COMPONENT)
    ]


def board_rows(connection: Connection, ids: Sequence[str]) -> list[BoardRow]:
    """Returns the rows of the named components that are declared."""
    found: list[BoardRow] = []
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        states = connection.execute(_STATES_OF, {"ids": chunk}).all()
        by_id = {row.id: to_status(row) for row in states}
        revised = by_component(revisions_of(connection, chunk))
        rows = connection.execute(_COMPONENTS_OF, {"ids": chunk}).all()
        found += [_board_row(row, by_id.get(row.id), revised.get(row.id, ())) for row in rows]
    return found


@lru_cache(maxsize=512)
def _needs(text: str) -> tuple[str, ...]:
    """Returns what a component needs; those that need the same share one value."""
    return tuple(map(intern, text.split()))


def _board_row(row: Row[Any], status: Status | None, revised: tuple[Revision, ...]) -> BoardRow:
    shown = status or Status(row.id, 0, State.PENDING, True, EPOCH, NOT_LOOKED_AT)
    return BoardRow(
        shown,
        row.title,
        intern(row.service),
        intern(row.owner),
        _needs(row.needs),
        procedures=row.procedures,
        zone=intern(row.zone),
        revised=revised,
    )


def statuses(connection: Connection) -> dict[str, Status]:
    """Returns every state kept, by component id: what the agent continues from."""
    return {row.id: to_status(row) for row in connection.execute(select(component_state)).all()}


def statuses_of(connection: Connection, ids: Sequence[str]) -> dict[str, Status]:
    """Returns the states kept of these components, by id."""
    found: dict[str, Status] = {}
    for start in range(0, len(ids), 500):
        rows = connection.execute(_STATES_OF, {"ids": ids[start : start + 500]})
        found |= {row.id: to_status(row) for row in rows}
    return found


def status_of(connection: Connection, component_id: str) -> Status:
    """Returns the state of one component; raises NotFound."""
    rows = board_rows(connection, [component_id])
    if not rows:
        raise NotFound(f"there is no component {component_id!r}", next_step="watchfloor board lists them")
    return rows[0].status


def probe_records(connection: Connection) -> dict[tuple[str, str], str]:
    """Returns (component, probe) → the evaluator's state as JSON: what the agent continues from."""
    columns = (probe_state.c.component, probe_state.c.probe, probe_state.c.data)
    return {(c, p): data for c, p, data in connection.execute(select(*columns)).all()}


def probes_of(connection: Connection, component_id: str) -> list[ProbeView]:
    """Returns the probes of a component in the order declared first."""
    rows = connection.execute(
        select(probe_state).where(probe_state.c.component == component_id).order_by(probe_state.c.number)
    ).all()
    return [
        ProbeView(
            r.number, r.probe, State(r.state), r.summary, r.detail, r.metric, r.unit, from_micros(r.seen_at)
        )
        for r in rows
    ]


def answers_though_stopped(status: Status, probes: Sequence[ProbeView]) -> bool:
    """Tells whether a component that is stopped on purpose answers: each probe looked since, and none found worse than a warning."""
    stopped = status.stopped
    return (
        stopped is not None
        and bool(probes)
        and all(p.seen_at > stopped.at and p.state in {State.OK, State.WARNING} for p in probes)
    )


def answering_though_stopped(connection: Connection, stopped: Sequence[Status]) -> frozenset[str]:
    """Returns which of these components, stopped on purpose, answer although they are."""
    return frozenset(s.id for s in stopped if answers_though_stopped(s, probes_of(connection, s.id)))


def minutes_of(connection: Connection, number: int, *, since: int, until: int | None = None) -> list[Minute]:
    """Returns the minutes of a probe from `since` (minutes since 1970 UTC) on, oldest first; gaps are absent."""
    query = select(sample_minute).where(sample_minute.c.probe == number, sample_minute.c.minute >= since)
    if until is not None:
        query = query.where(sample_minute.c.minute <= until)
    return [_minute(row) for row in connection.execute(query.order_by(sample_minute.c.minute)).all()]


def first_probe_minutes(
    connection: Connection, component_ids: Sequence[str], *, since: int, until: int | None = None
) -> dict[str, list[Minute]]:
    """Returns the minutes of each component's first probe: what its sparkline draws; None: up to the newest."""
    numbers = connection.execute(
        select(probe_state.c.component, func.min(probe_state.c.number))
        .where(probe_state.c.component.in_(component_ids))
        .group_by(probe_state.c.component)
    ).all()
    component_of = {number: name for name, number in numbers}
    found: dict[str, list[Minute]] = {name: [] for name in component_of.values()}
    query = select(sample_minute).where(
        sample_minute.c.probe.in_(list(component_of)), sample_minute.c.minute >= since
    )
    if until is not None:
        query = query.where(sample_minute.c.minute <= until)
    rows = connection.execute(query.order_by(sample_minute.c.minute)).all()
    for row in rows:
        found[component_of[row.probe]].append(_minute(row))
    return found


def recent_samples(
    connection: Connection, number: int, *, limit: int = 200
) -> list[tuple[int, float | None, int]]:
    """Returns a probe's newest samples among the RECENT_ROWS newest of all that are open, oldest first.

    Each is (milliseconds UTC, value, severity). They are found by looking through all of them: an index by
    probe would have each sample written to a page of its own.
    """
    newest = connection.scalar(select(func.max(sample_open.c.id))) or 0
    rows = connection.execute(
        select(sample_open.c.at, sample_open.c.value, sample_open.c.state)
        .where(*_open_of(connection, number), sample_open.c.id > newest - RECENT_ROWS)
        .order_by(sample_open.c.at.desc())
        .limit(limit)
    ).all()
    return [(at, value, state) for at, value, state in reversed(rows)]


def samples_between(connection: Connection, number: int, *, since: int, until: int) -> list[Point]:
    """Returns a probe's samples from `since` to before `until` (milliseconds UTC), packed hours and open ones alike.

    Oldest first, each (milliseconds UTC, value or None, severity); what is packed is exact to 10 ms and 32
    bits. Raises BadInput where a packed hour is damaged.
    """
    hours = connection.execute(
        select(sample_hour.c.hour, sample_hour.c.packed)
        .where(
            sample_hour.c.probe == number,
            sample_hour.c.hour >= since // HOUR_MS,
            sample_hour.c.hour <= (until - 1) // HOUR_MS,
        )
        .order_by(sample_hour.c.hour)
    ).all()
    opened = connection.execute(
        select(sample_open.c.at, sample_open.c.value, sample_open.c.state)
        .where(*_open_of(connection, number), sample_open.c.at >= since, sample_open.c.at < until)
        .order_by(sample_open.c.at)
    ).all()
    found = [point for hour, packed in hours for point in unpack(hour, packed) if since <= point[0] < until]
    found += [(at, value, state) for at, value, state in opened]
    # An hour may be packed and still have samples that came late: sorted by instant, those packed first.
    return sorted(found, key=lambda point: point[0])


def _open_of(connection: Connection, number: int) -> list[ColumnElement[bool]]:
    """Returns which open samples of a probe count: none that is packed already and only lies there still."""
    packing = packing_of(connection)
    packed = packing.upto if number <= packing.through else 0
    return [sample_open.c.probe == number, sample_open.c.id > packed]


def _minute(row: Row[Any]) -> Minute:
    mean = row.total / row.samples if row.samples and row.lowest is not None else None
    return Minute(row.minute, row.samples, row.lowest, row.highest, mean, row.worst)
