"""Every read of operations."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from core.errors import NotFound
from core.operations.model import Effect, RunState, StepState
from core.operations.tables import run, run_order, run_output, run_step
from core.store.held import open_and_newest
from core.timekeeping import from_micros, instant_or_none, to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

LATELY = timedelta(days=1)
"""A failed run is not waited for by itself any longer: what it left stands on the board."""
MOST_ENDED = 200
ACTIVE = (RunState.WAITING, RunState.RUNNING, RunState.HELD)


@dataclass(frozen=True, slots=True)
class Run:
    """One carrying-out of a procedure. Written PR-31."""

    id: int
    version: int
    procedure: str
    procedure_version: int
    title: str
    component: str
    effect: Effect
    incident: int | None
    state: RunState
    begun_by: str
    reason: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    text: str
    beat_at: datetime | None
    conductor: str
    request: int | None = None
    despite: str = ""  # the clause of an agreement that it was begun against
    asks: bool = False  # a manual step waits for a person

    @property
    def label(self) -> str:
        """Returns how people name it: PR-31."""
        return f"PR-{self.id}"

    @property
    def words(self) -> str:
        """Returns in a line what it is and how it stands: `PR-31 done: Restart the worker`."""
        return f"{self.label} {self.state}: {self.title}{f' ({self.text})' if self.text else ''}"

    @property
    def is_active(self) -> bool:
        """Tells whether it has not ended."""
        return self.state in ACTIVE


@dataclass(frozen=True, slots=True)
class RunStep:
    """One part of a run; `n` from 1."""

    n: int
    kind: str
    title: str
    commands: tuple[str, ...]
    state: StepState
    exit_code: int | None
    started_at: datetime | None
    ended_at: datetime | None
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class OutputLine:
    """A line a step wrote; `id` grows with time."""

    id: int
    n: int
    at: datetime
    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class RunOrder:
    """What a person told a run to do: hold, resume, cancel, tick or skip step `n`."""

    id: int
    kind: str
    n: int
    by: str
    note: str


def to_run(row: Any) -> Run:
    """Returns the value of a row of `run`."""
    return Run(
        row.id, row.version, row.procedure, row.procedure_version, row.title, row.component, Effect(row.effect),
        row.incident, RunState(row.state), row.begun_by, row.reason, from_micros(row.created_at),
        instant_or_none(row.started_at), instant_or_none(row.ended_at), row.text, instant_or_none(row.beat_at), row.conductor,
        row.request, row.despite or "",
    )  # fmt: skip


def one_run(connection: Connection, run_id: int) -> Run:
    """Returns one run; raises NotFound."""
    row = connection.execute(select(run).where(run.c.id == run_id)).first()
    if row is None:
        raise NotFound(f"there is no run PR-{run_id}", next_step="watchfloor run --runs lists them")
    return to_run(row)


def runs(connection: Connection, *, active: bool = False, limit: int = MOST_ENDED) -> list[Run]:
    """Returns runs, newest first; with `active` only those that have not ended."""
    query = select(run).order_by(run.c.id.desc()).limit(limit)
    if active:
        query = query.where(run.c.state.in_(ACTIVE))
    return _with_asking(connection, [to_run(row) for row in connection.execute(query).all()])


def held_runs(connection: Connection) -> list[Run]:
    """Returns every run that has not ended, and the newest of those that have; newest first."""
    rows = open_and_newest(connection, select(run), run.c.id, run.c.state.in_(ACTIVE), MOST_ENDED)
    return _with_asking(connection, [to_run(row) for row in rows])


def some_runs(connection: Connection, ids: Sequence[int]) -> list[Run]:
    """Returns the runs of these numbers that exist."""
    found = connection.execute(select(run).where(run.c.id.in_(ids))).all()
    return _with_asking(connection, [to_run(row) for row in found])


def _with_asking(connection: Connection, found: list[Run]) -> list[Run]:
    """Returns the same runs; those of which a step waits for a person say so."""
    active = [each.id for each in found if each.is_active]
    if not active:
        return found
    asking = set(
        connection.scalars(
            select(run_step.c.run).where(run_step.c.run.in_(active), run_step.c.state == StepState.ASKED)
        )
    )
    return [replace(each, asks=True) if each.id in asking else each for each in found]


def needing_a_person(found: Iterable[Run], now: datetime) -> set[int]:
    """Returns the runs that somebody must see to: held, or asking; lost, or failed within a day, and nobody ran another since."""
    newest: dict[str, int] = {}
    found = list(found)
    for each in found:
        newest[each.component] = max(each.id, newest.get(each.component, 0))
    return {
        each.id for each in found
        if each.state is RunState.HELD or (each.asks and each.is_active)
        or (newest[each.component] == each.id and _ended_badly(each, now))
    }  # fmt: skip


def _ended_badly(found: Run, now: datetime) -> bool:
    failed = found.state is RunState.FAILED and found.ended_at is not None
    return found.state is RunState.LOST or (failed and now - (found.ended_at or now) <= LATELY)


def runs_for_request(connection: Connection, request_id: int) -> list[Run]:
    """Returns the runs that were begun for a request, oldest first."""
    query = select(run).where(run.c.request == request_id).order_by(run.c.id)
    return _with_asking(connection, [to_run(row) for row in connection.execute(query).all()])


def active_run_of(connection: Connection, component_id: str) -> Run | None:
    """Returns the run on a component that has not ended."""
    row = connection.execute(
        select(run).where(run.c.component == component_id, run.c.state.in_(ACTIVE)).limit(1)
    ).first()
    return to_run(row) if row else None


def was_run_at(connection: Connection, component_id: str, begin: datetime, end: datetime) -> bool:
    """Tells whether any run on a component was under way between two instants."""
    found = select(run.c.id).where(
        run.c.component == component_id, run.c.created_at <= to_micros(end),
        or_(run.c.ended_at.is_(None), run.c.ended_at >= to_micros(begin)),
    )  # fmt: skip
    return connection.execute(found.limit(1)).first() is not None


def steps_of(connection: Connection, run_id: int) -> list[RunStep]:
    """Returns the steps of a run in order."""
    rows = connection.execute(select(run_step).where(run_step.c.run == run_id).order_by(run_step.c.n)).all()
    return [
        RunStep(
            r.n, r.kind, r.title, tuple(json.loads(r.commands)), StepState(r.state), r.exit_code,
            instant_or_none(r.started_at), instant_or_none(r.ended_at), r.text, r.by,
        )
        for r in rows
    ]  # fmt: skip


def output_of(
    connection: Connection,
    run_id: int,
    *,
    after: int = 0,
    until: datetime | None = None,
    limit: int = 5000,
) -> list[OutputLine]:
    """Returns the output of a run after line id `after`, up to an instant if one is given, oldest first."""
    query = select(run_output).where(run_output.c.run == run_id, run_output.c.id > after)
    if until is not None:
        query = query.where(run_output.c.at <= to_micros(until))
    rows = connection.execute(query.order_by(run_output.c.id).limit(limit)).all()
    return [OutputLine(r.id, r.n, from_micros(r.at), r.stream, r.text) for r in rows]


def orders_after(connection: Connection, run_id: int, after: int) -> list[RunOrder]:
    """Returns what people told a run after order id `after`, oldest first."""
    rows = connection.execute(
        select(run_order).where(run_order.c.run == run_id, run_order.c.id > after).order_by(run_order.c.id)
    ).all()
    return [RunOrder(r.id, r.kind, r.n, r.by, r.note) for r in rows]
