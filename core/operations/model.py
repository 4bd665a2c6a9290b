"""The words of operations: procedure, run, step, and which state follows which. Pure.

`effect` says what a run means for its component. From the beginning of a stop or restart the component
is stopped on purpose, and raises nothing. After a stop that was done it stays so, and says who, why and
since when; in every other case the probes say again what is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What a procedure does to its component."""

    START = "start"
    STOP = "stop"
    RESTART = "restart"
    NONE = "none"


class RunState(StrEnum):
    """Where a run stands."""

    WAITING = "waiting"  # begun, and no process has taken it up yet
    RUNNING = "running"
    HELD = "held"  # stops before its next step until somebody lets it go on
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"  # the process that carried it out is gone; nobody knows how far it came


class StepState(StrEnum):
    """Where a step stands."""

    WAITING = "waiting"
    RUNNING = "running"
    ASKED = "asked"  # a manual step that waits for a person
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    LOST = "lost"
    NOT_BEGUN = "not begun"  # the run ended before it


_ENDS = frozenset({RunState.FAILED, RunState.CANCELLED, RunState.LOST})
RUN_FOLLOWS: dict[RunState, frozenset[RunState]] = {
    RunState.WAITING: frozenset({RunState.RUNNING, RunState.CANCELLED, RunState.LOST}),
    RunState.RUNNING: frozenset({RunState.HELD, RunState.DONE}) | _ENDS,
    RunState.HELD: frozenset({RunState.RUNNING}) | _ENDS,
    RunState.DONE: frozenset(),
    RunState.FAILED: frozenset(),
    RunState.CANCELLED: frozenset(),
    RunState.LOST: frozenset(),
}
_LEFT = frozenset({StepState.CANCELLED, StepState.LOST})
STEP_FOLLOWS: dict[StepState, frozenset[StepState]] = {
    StepState.WAITING: frozenset({StepState.RUNNING, StepState.ASKED, StepState.NOT_BEGUN}),
    StepState.RUNNING: frozenset({StepState.PASSED, StepState.FAILED}) | _LEFT,
    StepState.ASKED: frozenset({StepState.PASSED, StepState.SKIPPED}) | _LEFT,
    StepState.PASSED: frozenset(),
    StepState.FAILED: frozenset(),
    StepState.SKIPPED: frozenset(),
    StepState.CANCELLED: frozenset(),
    StepState.LOST: frozenset(),
    StepState.NOT_BEGUN: frozenset(),
}


class StepKind(StrEnum):
    """How a step is done: by commands, by commands that are tried until they succeed, or by a person."""

    RUN = "run"
    CHECK = "check"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a procedure. `commands` are argument lists, run one after the other without a shell."""

    kind: StepKind
    title: str
    line: int  # in the file, from 1
    commands: tuple[tuple[str, ...], ...] = ()
    shown: tuple[str, ...] = ()  # the commands as written, or the manual step's text
    timeout_s: float = 60.0
    may_fail: bool = False


@dataclass(frozen=True, slots=True)
class Procedure:
    """A written way to operate a component."""

    title: str
    component: str
    effect: Effect
    steps: tuple[Step, ...]
    level: int = 2
    note: str = ""


@dataclass(frozen=True, slots=True)
class ProcedureProblem:
    """One thing that is wrong with a procedure's text; `line` from 1."""

    line: int
    key: str
    what: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What reading a procedure came to: a procedure, or everything that is wrong with it."""

    procedure: Procedure | None
    problems: tuple[ProcedureProblem, ...] = ()
