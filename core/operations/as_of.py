"""Runs and their steps as of any entry: the entries of each folded.

Entries of a run tell of its steps as well: which one, and where it stood. Who ticked a step off, and the lines of its
output, stand in rows of their own, with their instants.
"""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

from core.journal.folding import readable
from core.journal.model import Subject
from core.journal.past import Sort, newest_and_open, states_of
from core.journal.queries import of_subject
from core.operations.model import RunState, StepState
from core.operations.queries import steps_of, to_run
from core.operations.tables import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from core.journal.folding import Fields
    from core.journal.model import Entry
    from core.operations.queries import Run, RunStep

ABOUT = "run"
_COLUMNS = [column.name for column in run.c if column.name not in {"id", "version"}]
CHANGES_RUNS = (Sort(ABOUT, fields=frozenset({*_COLUMNS, "step_state"})),)
"""The entries after which the list of runs looks different."""
_BEGUN = frozenset({StepState.RUNNING, StepState.ASKED})
_LEFT = {RunState.LOST: StepState.LOST}


def runs_at(connection: Connection, seq: int, *, limit: int = 200) -> list[Run]:
    """Returns runs as they were after entry `seq`, newest first: all that had not ended, and the newest `limit` in any state.

    Every one has version 1: entries do not hold the numbers of versions.
    """
    return some_runs_at(
        connection, newest_and_open(connection, ABOUT, run.c.id, run.c.ended_at, seq, limit), seq
    )


def some_runs_at(connection: Connection, ids: Sequence[int], seq: int) -> list[Run]:
    """Returns the runs of these numbers as they were after entry `seq`, newest first; those begun later are left out."""
    states = states_of(connection, ABOUT, [str(each) for each in ids], seq)
    found = (readable(_run, int(id_), fields) for id_, fields in states.items())
    return sorted((each for each in found if each is not None), key=lambda each: -each.id)


def _run(number: int, told: Fields) -> Run:
    fields = {name: told.get(name) for name in _COLUMNS}
    found = to_run(SimpleNamespace(**fields, id=number, version=1))
    asks = found.is_active and told.get("step_state") == StepState.ASKED
    return replace(found, asks=asks)


def steps_at(connection: Connection, run_id: int, seq: int) -> list[RunStep]:
    """Returns the steps of a run as they stood after entry `seq`, in order; none where the run was not begun yet."""
    entries = of_subject(connection, Subject(ABOUT, str(run_id)), upto=seq)
    if not entries:
        return []
    now = {step.n: step for step in steps_of(connection, run_id)}
    steps = {
        n: replace(
            step, state=StepState.WAITING, exit_code=None, started_at=None, ended_at=None, text="", by=""
        )
        for n, step in now.items()
    }
    for entry in entries:
        steps = readable(_after, steps, now, entry) or steps
    return list(steps.values())


def _after(steps: dict[int, RunStep], now: dict[int, RunStep], entry: Entry) -> dict[int, RunStep]:
    """Returns how the steps stand after one more entry of their run."""
    if "step_state" in entry.changes and entry.changes["step"][1] in steps:
        n = entry.changes["step"][1]
        return steps | {n: _told_of(steps[n], now[n], entry)}
    if entry.kind == "run.ended":
        ended = RunState(entry.changes["state"][1])
        return {n: _ended(step, ended) for n, step in steps.items()}
    return steps


def _told_of(step: RunStep, now: RunStep, entry: Entry) -> RunStep:
    state = StepState(entry.changes["step_state"][1])
    text = entry.note.removeprefix(step.title).removeprefix(": ")
    if state in _BEGUN:
        return replace(step, state=state, started_at=entry.at, text=text)
    exit_code = entry.changes.get("exit_code", (None, None))[1]
    return replace(step, state=state, ended_at=entry.at, exit_code=exit_code, text=text, by=now.by)


def _ended(step: RunStep, ended: RunState) -> RunStep:
    """Returns a step of a run that has ended: one that was begun and did not end shares its fate, the rest was not begun."""
    if step.state in _BEGUN:
        return replace(step, state=_LEFT.get(ended, StepState.CANCELLED))
    return replace(step, state=StepState.NOT_BEGUN) if step.state is StepState.WAITING else step
