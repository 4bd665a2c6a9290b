"""Runs from their beginning to an end, on a real store, with real commands."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from console.conducting import conduct
from console.connections.place import Place
from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, ProcedureText, Service
from core.errors import BadInput, NotPermitted, NotPossible, Unavailable
from core.gate.commands import unlock_operate
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.monitoring.commands import Change, record_changes
from core.monitoring.model import State, Status
from core.monitoring.queries import status_of
from core.operations import commands, queries, reports
from core.operations.conductor import Conductor
from core.operations.losing import LOST_AFTER_S, Conductors, lose_runs
from core.operations.model import RunState, StepState
from core.operations.procedure import parse_procedure
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from core.operations.queries import RunOrder
    from core.operations.reports import Written
    from core.store.store import Store
    from core.store.work import Author

BOX = Consent(Level.BOX)
NAMED = Consent(Level.NAME, "web", "maintenance")


def text_of(effect: str, body: str) -> str:
    return f'+++\ntitle = "{effect} it"\ncomponent = "web"\neffect = "{effect}"\n+++\n{body}'


PROCEDURES = {
    "restart": text_of("restart", "```run\ntrue\n```\n\n```check timeout=5s\ntrue\n```\n"),
    "stop": text_of("stop", "```run\ntrue\n```\n"),
    "fails": text_of("restart", "```run\nsh -c 'echo no good; exit 7'\n```\n\n```run\ntrue\n```\n"),
    "asks": text_of("none", "- [ ] Look at it\n\n```run\ntrue\n```\n"),
}


@pytest.fixture
def house(store: Store, ada: Author) -> Store:
    texts = {name: ProcedureText(name, f"{name}.md", text) for name, text in PROCEDURES.items()}
    web = Component("web", "Web", "s", procedures=tuple(texts))
    catalog = Catalog(services={"s": Service("s", "S")}, components={"web": web}, procedures=texts)
    store.write(ada, load_catalog, catalog, directory="/", digest="1", changes=[])
    store.write(
        ada, record_changes, [Change(Status("web", 0, State.OK, True, utc_now(), "fine"), "s", "Web", 2)]
    )
    store.write(ada, unlock_operate, "test")
    return store


def test_a_run_needs_operate_and_its_level(store: Store, house: Store, ada: Author) -> None:
    with pytest.raises(BadInput, match="name typed"):
        house.write(ada, commands.begin_run, "stop", Consent(Level.NAME, "wrong", "x"))
    with pytest.raises(BadInput, match="confirmed"):
        house.write(ada, commands.begin_run, "restart", Consent())
    from core.gate.commands import lock_operate

    house.write(ada, lock_operate)
    with pytest.raises(NotPermitted):
        house.write(ada, commands.begin_run, "restart", BOX)
    assert house.read(queries.runs) == []


def test_one_run_at_a_time_on_a_component(house: Store, ada: Author) -> None:
    house.write(ada, commands.begin_run, "restart", BOX)
    with pytest.raises(NotPossible, match="PR-1"):
        house.write(ada, commands.begin_run, "restart", BOX)


def test_a_restart_that_is_done_releases_its_component(house: Store, place: Path, ada: Author) -> None:
    run = house.write(ada, commands.begin_run, "restart", BOX, reason="it hangs")
    assert house.read(status_of, "web").state is State.STOPPED
    assert conduct(Place(place, str(place)), run.id) is RunState.DONE
    assert house.read(status_of, "web").state is State.PENDING
    assert [s.state for s in house.read(queries.steps_of, run.id)] == [StepState.PASSED, StepState.PASSED]


def test_a_stop_that_is_done_stays_and_says_who_and_why(house: Store, place: Path, ada: Author) -> None:
    run = house.write(ada, commands.begin_run, "stop", NAMED)
    assert conduct(Place(place, str(place)), run.id) is RunState.DONE
    stopped = house.read(status_of, "web").stopped
    assert stopped is not None
    assert (stopped.by, stopped.reason) == ("ada", "maintenance")
    house.write(
        ada,
        record_changes,
        [Change(Status("web", 0, State.CRITICAL, True, utc_now(), "down"), "s", "Web", 1)],
    )
    assert house.read(status_of, "web").state is State.STOPPED


def test_a_step_that_fails_ends_the_run_and_its_output_is_kept(
    house: Store, place: Path, ada: Author
) -> None:
    run = house.write(ada, commands.begin_run, "fails", BOX)
    assert conduct(Place(place, str(place)), run.id) is RunState.FAILED
    ended = house.read(queries.one_run, run.id)
    assert "step 1 of 2 failed" in ended.text
    assert [line.text for line in house.read(queries.output_of, run.id)] == ["no good"]
    assert [s.state for s in house.read(queries.steps_of, run.id)] == [StepState.FAILED, StepState.NOT_BEGUN]
    assert house.read(status_of, "web").stopped is None


def test_a_run_whose_process_is_gone_is_lost_and_its_component_free(
    house: Store, place: Path, ada: Author
) -> None:
    run = house.write(ada, commands.begin_run, "restart", BOX)
    house.write(ada, reports.take_up_run, run.id, "conductor:vm:4711:e33c")
    seen = Conductors(wall=lambda: utc_now() + timedelta(seconds=LOST_AFTER_S + 1))
    assert house.write(ada, lose_runs, seen) == []
    assert house.write(ada, lose_runs, seen) == [run.id]
    lost = house.read(queries.one_run, run.id)
    assert lost.state is RunState.LOST
    assert lost.text.startswith("the process of the run on vm (process 4711) has given no sign of life; what")
    assert house.read(status_of, "web").stopped is None
    chain = [e.kind for e in house.read(journal.page)]
    assert "run.ended" in chain


@pytest.mark.embedded
def test_a_manual_step_waits_for_its_tick(house: Store, place: Path, ada: Author) -> None:
    run = house.write(ada, commands.begin_run, "asks", BOX)
    with pytest.raises(NotPossible, match="step 1 of PR-1 is waiting"):
        house.write(ada, commands.tick_step, run.id, 1)

    async def story() -> RunState:
        conducting = asyncio.create_task(asyncio.to_thread(conduct_in_thread, place, run.id))
        while house.read(queries.steps_of, run.id)[0].state is not StepState.ASKED:
            await asyncio.sleep(0.02)
        assert [r.asks for r in house.read(queries.some_runs, [run.id])] == [True]
        house.write(ada, commands.tick_step, run.id, 1, "looked")
        return await conducting

    assert asyncio.run(story()) is RunState.DONE
    step = house.read(queries.steps_of, run.id)[0]
    assert (step.state, step.by, step.text) == (StepState.PASSED, "ada", "looked")


def conduct_in_thread(place: Path, run_id: int) -> RunState:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "console", "run", "--conduct", str(run_id), "--db", str(place)], check=False
    )
    return RunState.DONE if done.returncode == 0 else RunState.FAILED


class Desk:
    """A desk that is away for its first tellings."""

    def __init__(self, away: int) -> None:
        self.away, self.told = away, list[tuple[Any, ...]]()
        self.waiting: list[RunOrder] = []

    def _take(self, *what: Any) -> None:
        if self.away > 0:
            self.away -= 1
            raise Unavailable("away")
        self.told.append(what)

    async def step(self, n: int, state: StepState, exit_code: int | None, text: str, by: str) -> None:
        self._take("step", n, state)

    async def output(self, lines: Sequence[Written]) -> None:
        self._take("output", *(line.text for line in lines))

    async def state(self, state: RunState, text: str) -> None:
        self._take("run", state)

    async def beat(self) -> None:
        if self.away > 0:
            raise Unavailable("away")

    async def orders(self) -> Sequence[RunOrder]:
        found, self.waiting = self.waiting, []
        return found


async def test_while_the_database_is_away_the_run_goes_on_and_nothing_it_said_is_lost() -> None:
    procedure = parse_procedure(
        text_of("none", "```run\necho one\necho two\n```\n\n```run\necho three\n```\n")
    ).procedure
    assert procedure is not None
    desk = Desk(away=3)
    assert await Conductor(procedure, desk, {"DIR": "/", "COMPONENT": "web"}).conduct() is RunState.DONE
    said = [text for what in desk.told if what[0] == "output" for text in what[1:]]
    assert said == ["one", "two", "three"]
    assert desk.told[-1] == ("run", RunState.DONE)
    assert [what[1:] for what in desk.told if what[0] == "step"] == [
        (1, StepState.RUNNING), (1, StepState.PASSED), (2, StepState.RUNNING), (2, StepState.PASSED),
    ]  # fmt: skip


async def test_hold_waits_before_the_next_step_and_cancel_ends_the_process() -> None:
    procedure = parse_procedure(text_of("none", "```run\nsleep 600\n```\n\n```run\ntrue\n```\n")).procedure
    assert procedure is not None
    desk = Desk(away=0)
    conductor = Conductor(procedure, desk, {"DIR": "/", "COMPONENT": "web"})
    running = asyncio.create_task(conductor.conduct())
    while ("step", 1, StepState.RUNNING) not in desk.told:
        await asyncio.sleep(0.01)
    desk.waiting.append(queries.RunOrder(1, "cancel", 0, "ada", "wrong host"))
    assert await running is RunState.CANCELLED
    assert ("step", 1, StepState.CANCELLED) in desk.told
