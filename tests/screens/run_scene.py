"""A run of twelve steps, and its view on its own."""

from __future__ import annotations

from datetime import timedelta

from core.operations.model import Effect, RunState, StepState
from core.operations.queries import Run, RunStep, output_of, steps_of
from screens.picture import Patch
from screens.run import RunView
from tests.screens.view_host import NOON, ViewHost, picture_of

RUN = Run(
    id=1, version=1, procedure="restart", procedure_version=1, title="Restart it", component="front",
    effect=Effect.RESTART, incident=None, state=RunState.DONE, begun_by="kim", reason="it hangs", created_at=NOON,
    started_at=NOON, ended_at=NOON + timedelta(seconds=3), text="", beat_at=None, conductor="",
)  # fmt: skip
STEPS = [
    RunStep(n, "run", f"Step called {n}", (), StepState.PASSED, 0, NOON, NOON, "exit code 0", "") for n in range(1, 13)
]  # fmt: skip


def run_host() -> ViewHost:
    picture = picture_of()
    picture.apply(Patch(picture.vital, runs={"PR-1": RUN}))
    return ViewHost(RunView(), picture, {steps_of: STEPS, output_of: []})
