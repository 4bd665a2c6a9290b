"""Runs and their steps as of every entry are what the rows were when that entry was the newest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import ProcedureText
from core.gate.commands import unlock_operate
from core.gate.model import Consent, Level
from core.journal.queries import newest
from core.operations.as_of import runs_at, some_runs_at, steps_at
from core.operations.commands import begin_run, cancel_run, hold_run, resume_run, tick_step
from core.operations.model import RunState, StepState
from core.operations.queries import Run, RunStep, output_of, runs, steps_of
from core.operations.reports import Written, end_run, keep_output, report_step, set_run_state, take_up_run
from core.store.store import Store
from tests.sample_catalog import sample_catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

    from core.store.work import Author

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CATALOG = sample_catalog(5, 1)
NAME = next(iter(CATALOG.components))
PROCEDURE = f"""+++
title = "Restart it"
component = "{NAME}"
effect = "restart"
+++

## Stop it

```run
/usr/bin/true
```

## Look at it

- [ ] See that nobody is logged in

## Start it

```run
/usr/bin/true
```
"""
SURE = Consent(Level.NAME, typed=NAME, reason="it hangs")


class Story:
    """Commands carried out one after the other, and what the rows were after each."""

    def __init__(self, place: Path | str, author: Author) -> None:
        self.at = NOON
        self.store = Store.at(place, now=lambda: self.at)
        self._author = author
        self.was: list[tuple[int, list[Run], dict[int, list[RunStep]]]] = []

    def tell(self, command: Callable[..., Any], *args: Any, **named: Any) -> Any:
        self.at += timedelta(seconds=1)
        answer = self.store.write(self._author, command, *args, **named)
        found = self.store.read(runs)
        steps = {run.id: self.store.read(steps_of, run.id) for run in found}
        self.was.append((self.store.read(newest).seq, [replace(run, version=1) for run in found], steps))
        return answer


@pytest.fixture
def story(place: Path | str, ada: Author) -> Iterator[Story]:
    told = Story(place, ada)
    catalog = replace(
        CATALOG, staff={}, procedures={"restart": ProcedureText("restart", "restart.md", PROCEDURE)}
    )
    told.store.write(ada, load_catalog, catalog, directory="d", digest="d", changes=["all"])
    told.store.write(ada, unlock_operate, "it hangs")
    yield told
    told.store.close()


def run_to(story: Story, ending: RunState) -> None:
    """A run that is held and goes on, asks for a person, and ends so."""
    run = story.tell(begin_run, "restart", SURE).id
    story.tell(take_up_run, run, "conductor:1")
    story.tell(report_step, run, 1, StepState.RUNNING)
    story.tell(keep_output, run, [Written(1, story.at, "out", "stopping")])
    story.tell(hold_run, run)
    story.tell(report_step, run, 1, StepState.PASSED, exit_code=0)
    story.tell(set_run_state, run, RunState.HELD, "held by ada")
    story.tell(resume_run, run)
    story.tell(set_run_state, run, RunState.RUNNING)
    story.tell(report_step, run, 2, StepState.ASKED)
    if ending is RunState.CANCELLED:
        story.tell(cancel_run, run, "not now", SURE)
    elif ending is not RunState.LOST:
        story.tell(tick_step, run, 2)
        story.tell(report_step, run, 2, StepState.PASSED, by="ada", text="done by ada")
        story.tell(report_step, run, 3, StepState.RUNNING)
        state = StepState.PASSED if ending is RunState.DONE else StepState.FAILED
        story.tell(report_step, run, 3, state, exit_code=int(state is StepState.FAILED), text="as it went")
    story.tell(end_run, run, ending, "how it went")


@pytest.mark.parametrize("ending", [RunState.DONE, RunState.FAILED, RunState.CANCELLED, RunState.LOST])
def test_every_past_moment_is_what_the_rows_were(story: Story, ending: RunState) -> None:
    run_to(story, ending)
    run_to(story, RunState.DONE)
    for seq, found, steps in story.was:
        assert story.store.read(runs_at, seq) == found
        assert story.store.read(some_runs_at, [2], seq) == [run for run in found if run.id == 2]
        for run, were in steps.items():
            assert story.store.read(steps_at, run, seq) == were
    assert story.store.read(runs_at, 1) == []
    assert story.store.read(steps_at, 1, 1) == []


def test_output_is_shown_up_to_an_instant(story: Story) -> None:
    run = story.tell(begin_run, "restart", SURE).id
    at = story.at
    lines = [Written(1, at + timedelta(seconds=n), "out", str(n)) for n in range(4)]
    story.tell(keep_output, run, lines)
    found = story.store.read(output_of, run, until=at + timedelta(seconds=2))
    assert [line.text for line in found] == ["0", "1", "2"]
