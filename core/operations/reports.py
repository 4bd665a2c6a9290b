"""What a conductor writes of the run it carries out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, insert, select, update

from core.desk import commands as desk
from core.desk.requests import commands as requests
from core.errors import NotPossible
from core.monitoring.commands import release_stopped
from core.operations.commands import subject
from core.operations.model import RUN_FOLLOWS, STEP_FOLLOWS, Effect, RunState, StepState
from core.operations.queries import ACTIVE, Run, to_run
from core.operations.tables import run, run_output, run_step
from core.printable import printable
from core.store.rows import revise, row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.store.work import Work


@dataclass(frozen=True, slots=True)
class Written:
    """A line of output to keep."""

    n: int
    at: datetime
    stream: str
    text: str


def take_up_run(work: Work, run_id: int, conductor: str) -> Run:
    """Makes the caller the conductor of a waiting run; raises NotPossible when it is not waiting (any more)."""
    row = row_of(work, run, "run", run_id)
    if row.state != RunState.WAITING:
        raise NotPossible(
            f"PR-{run_id} is {row.state}", next_step="Another process carries it out, or it has ended"
        )
    now = to_micros(work.now)
    after = {"state": RunState.RUNNING, "started_at": now, "beat_at": now, "conductor": conductor}
    return to_run(revise(work, run, row, "run.started", after, subject=subject(run_id)))


def beat_run(work: Work, run_id: int) -> None:
    """Gives the conductor's sign of life; raises NotPossible when the run has ended without it."""
    alive = and_(run.c.id == run_id, run.c.state.in_(ACTIVE))
    done = work.connection.execute(update(run).where(alive).values(beat_at=to_micros(work.now)))
    if done.rowcount == 0:
        state = row_of(work, run, "run", run_id).state
        raise NotPossible(f"PR-{run_id} is {state} already", next_step="What it began may still be running")


def set_run_state(work: Work, run_id: int, state: RunState, text: str = "") -> None:
    """Says that the run is held, or goes on; nothing for one that has ended."""
    row = row_of(work, run, "run", run_id)
    if state in RUN_FOLLOWS[RunState(row.state)]:
        kind = "run.held" if state is RunState.HELD else "run.resumed"
        revise(work, run, row, kind, {"state": state, "text": text}, subject=subject(run_id))


def report_step(work: Work, run_id: int, n: int, state: StepState, *, exit_code: int | None = None,
                text: str = "", by: str = "") -> None:  # fmt: skip
    """Writes where step `n` stands; a step that begins or ends is an entry of its run.

    What has ended stays as it is, a step as well as a run with all its steps.
    """
    if row_of(work, run, "run", run_id).state not in ACTIVE:
        return
    where = and_(run_step.c.run == run_id, run_step.c.n == n)
    before = work.connection.scalar(select(run_step.c.state).where(where))
    if before is None or state not in STEP_FOLLOWS[StepState(before)]:
        return
    now = to_micros(work.now)
    began = state in {StepState.RUNNING, StepState.ASKED}
    values: dict[str, Any] = {"state": state, "text": printable(text, 500), "by": by}
    values |= {"started_at": now} if began else {"ended_at": now, "exit_code": exit_code}
    work.connection.execute(update(run_step).where(where).values(**values))
    title = work.connection.scalar(select(run_step.c.title).where(where)) or ""
    changes: dict[str, tuple[Any, Any]] = {"step": (None, n), "step_state": (None, state)}
    if exit_code is not None:
        changes["exit_code"] = (None, exit_code)
    work.record(f"run.step_{state}", subject(run_id), changes, note=": ".join(t for t in (title, text) if t))


def keep_output(work: Work, run_id: int, lines: Sequence[Written]) -> None:
    """Keeps lines of output, in order."""
    if lines:
        work.connection.execute(
            insert(run_output),
            [
                {"run": run_id, "n": w.n, "at": to_micros(w.at), "stream": w.stream, "text": printable(w.text, 4000)}
                for w in lines
            ],
        )  # fmt: skip


def end_run(work: Work, run_id: int, state: RunState, text: str = "") -> None:
    """Writes the end of a run, its end on the incident and the request it was started for, and releases its component.

    After a stop that was done the component stays stopped on purpose; in every other case the probes say
    from now on what is true.
    """
    row = row_of(work, run, "run", run_id)
    if RunState(row.state) not in ACTIVE:
        return
    after = {"state": state, "ended_at": to_micros(work.now), "text": printable(text, 500)}
    found = to_run(revise(work, run, row, "run.ended", after, subject=subject(run_id)))
    _end_steps(work, run_id, state)
    ended = work.recorded[-1]
    outcome = {"run": (None, run_id), "run_state": (None, state)}
    said = f"{found.title}: {text or state}"
    if found.incident is not None:
        work.record("incident.run_ended", desk.subject(found.incident), outcome, note=said, cause=ended)
    if found.request is not None:
        work.record("request.run_ended", requests.subject(found.request), outcome, note=said, cause=ended)
    if found.effect is not Effect.NONE and not (found.effect is Effect.STOP and state is RunState.DONE):
        release_stopped(work, found.component, cause=ended)


def _end_steps(work: Work, run_id: int, state: RunState) -> None:
    """Ends the steps of a run that has ended: what was begun and did not end shares its fate, the rest was not begun."""
    left = StepState.LOST if state is RunState.LOST else StepState.CANCELLED
    begun = [StepState.RUNNING, StepState.ASKED]
    for among, became in ((begun, left), ([StepState.WAITING], StepState.NOT_BEGUN)):
        open_steps = and_(run_step.c.run == run_id, run_step.c.state.in_(among))
        work.connection.execute(update(run_step).where(open_steps).values(state=became))
