"""What a run's conductor writes, and what stands whoever writes late."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, ProcedureText, Service
from core.errors import BadInput, NotFound, NotPossible
from core.gate.commands import lock_operate, unlock_operate
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.monitoring.commands import forget_components
from core.monitoring.model import State
from core.monitoring.queries import status_of
from core.operations import commands, queries, reports
from core.operations.losing import LOST_AFTER_S, Conductors, lose_runs
from core.operations.model import RUN_FOLLOWS, RunState, StepState
from core.store.store import Store, backend_for
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from core.store.work import Author

BOX = Consent(Level.BOX)
NAMED = Consent(Level.NAME, "web", "maintenance")
EFFECTS = ("start", "stop", "restart", "none")


def text_of(effect: str) -> str:
    head = f'+++\ntitle = "{effect} it"\ncomponent = "web"\neffect = "{effect}"\n+++\n'
    return head + "```run\ntrue\n```\n\n- [ ] Look at it\n"


class Clock:
    """The one clock of a story, set by hand."""

    def __init__(self) -> None:
        self.now = utc_now()
        self.steady_s = 0.0

    def __call__(self) -> datetime:
        return self.now

    def on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.steady_s += seconds

    def set_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def steady(self) -> float:
        return self.steady_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def seen(clock: Clock) -> Conductors:
    return Conductors(steady=clock.steady, wall=clock)


@pytest.fixture
def house(place: Path, clock: Clock, ada: Author) -> Iterator[Store]:
    store = Store(backend_for(place), now=clock)
    store.open()
    texts = {effect: ProcedureText(effect, f"{effect}.md", text_of(effect)) for effect in EFFECTS}
    web = Component("web", "Web", "s", procedures=EFFECTS)
    catalog = Catalog(services={"s": Service("s", "S")}, components={"web": web}, procedures=texts)
    store.write(ada, load_catalog, catalog, directory="/", digest="1", changes=[])
    store.write(ada, unlock_operate, "test")
    yield store
    store.close()


def begun(house: Store, ada: Author, effect: str, *, taken_up: bool = True) -> int:
    number = house.write(ada, commands.begin_run, effect, NAMED if effect == "stop" else BOX, reason="why").id
    if taken_up:
        house.write(ada, reports.take_up_run, number, "conductor-1")
    return number


def is_stopped(house: Store) -> bool:
    with suppress(NotFound):  # as long as nobody looked at it
        return house.read(status_of, "web").state is State.STOPPED
    return False


@pytest.mark.parametrize("end", [RunState.DONE, RunState.FAILED, RunState.CANCELLED, RunState.LOST])
@pytest.mark.parametrize("effect", EFFECTS)
def test_only_a_stop_that_was_done_leaves_its_component_stopped(
    house: Store, ada: Author, effect: str, end: RunState
) -> None:
    number = begun(house, ada, effect)
    assert is_stopped(house) is (effect in {"stop", "restart"})
    house.write(ada, reports.end_run, number, end)
    assert is_stopped(house) is (effect == "stop" and end is RunState.DONE)


def test_a_start_ends_what_a_stop_began(house: Store, ada: Author) -> None:
    house.write(ada, reports.end_run, begun(house, ada, "stop"), RunState.DONE)
    number = begun(house, ada, "start")
    assert is_stopped(house)
    house.write(ada, reports.end_run, number, RunState.DONE)
    assert not is_stopped(house)


def test_a_second_run_waits_for_the_end_of_the_first(house: Store, ada: Author) -> None:
    number = begun(house, ada, "none")
    with pytest.raises(NotPossible, match=r"PR-1 \(none it\) is running on web"):
        begun(house, ada, "restart")
    house.write(ada, reports.end_run, number, RunState.FAILED)
    assert begun(house, ada, "restart") == 2


def test_a_run_is_taken_up_once(house: Store, ada: Author) -> None:
    number = begun(house, ada, "none")
    with pytest.raises(NotPossible, match="PR-1 is running"):
        house.write(ada, reports.take_up_run, number, "conductor-2")


def test_a_run_that_gives_signs_of_life_is_never_lost(
    house: Store, ada: Author, clock: Clock, seen: Conductors
) -> None:
    number = begun(house, ada, "none")
    for _ in range(5):
        clock.on(LOST_AFTER_S - 1)
        house.write(ada, reports.beat_run, number)
        assert house.write(ada, lose_runs, seen) == []
    clock.on(LOST_AFTER_S + 1)
    assert house.write(ada, lose_runs, seen) == [number]
    assert house.write(ada, lose_runs, seen) == []


@pytest.mark.parametrize("set_by_s", [3600, -3600])
def test_a_clock_that_is_set_loses_no_run(
    house: Store, ada: Author, clock: Clock, seen: Conductors, set_by_s: int
) -> None:
    early = begun(house, ada, "none")
    assert house.write(ada, lose_runs, seen) == []
    house.write(ada, reports.end_run, early, RunState.DONE)
    late = begun(house, ada, "restart")
    clock.set_by(set_by_s)
    assert house.write(ada, lose_runs, seen) == []
    clock.on(1)
    house.write(ada, reports.beat_run, late)
    assert house.write(ada, lose_runs, seen) == []
    clock.on(LOST_AFTER_S + 1)
    assert house.write(ada, lose_runs, seen) == [late]


def test_a_run_lost_while_nobody_looked_is_told_at_the_second_look(
    house: Store, ada: Author, clock: Clock, seen: Conductors
) -> None:
    number = begun(house, ada, "none")
    clock.on(3600)
    assert house.write(ada, lose_runs, seen) == []
    clock.on(5)
    assert house.write(ada, lose_runs, seen) == [number]


def test_a_run_nobody_takes_up_is_lost_too(house: Store, ada: Author, clock: Clock, seen: Conductors) -> None:
    number = begun(house, ada, "stop", taken_up=False)
    assert house.write(ada, lose_runs, seen) == []
    clock.on(LOST_AFTER_S + 1)
    assert house.write(ada, lose_runs, seen) == [number]
    run = house.read(queries.one_run, number)
    assert (run.state, run.text.startswith("no process took it up")) == (RunState.LOST, True)
    assert not is_stopped(house)


def test_of_a_lost_run_only_what_was_begun_is_lost(house: Store, ada: Author) -> None:
    number = begun(house, ada, "none")
    house.write(ada, reports.end_run, number, RunState.LOST)
    assert {step.state for step in house.read(queries.steps_of, number)} == {StepState.NOT_BEGUN}
    house.write(ada, reports.report_step, number, 1, StepState.RUNNING)
    assert {step.state for step in house.read(queries.steps_of, number)} == {StepState.NOT_BEGUN}


def test_what_a_lost_conductor_says_later_changes_no_state(
    house: Store, ada: Author, clock: Clock, seen: Conductors
) -> None:
    number = begun(house, ada, "none")
    house.write(ada, reports.report_step, number, 1, StepState.RUNNING)
    house.write(ada, lose_runs, seen)
    clock.on(LOST_AFTER_S + 1)
    house.write(ada, lose_runs, seen)
    entries = house.read(journal.count)
    with pytest.raises(NotPossible, match="PR-1 is lost already"):
        house.write(ada, reports.beat_run, number)
    house.write(ada, reports.set_run_state, number, RunState.RUNNING)
    house.write(ada, reports.report_step, number, 1, StepState.PASSED, exit_code=0)
    house.write(ada, reports.end_run, number, RunState.DONE)
    assert house.read(queries.one_run, number).state is RunState.LOST
    first, *rest = (step.state for step in house.read(queries.steps_of, number))
    assert (first, set(rest)) == (StepState.LOST, {StepState.NOT_BEGUN})
    assert house.read(journal.count) == entries


def test_a_step_told_twice_is_one_entry(house: Store, ada: Author) -> None:
    number = begun(house, ada, "none")
    for _ in range(2):
        house.write(ada, reports.report_step, number, 1, StepState.RUNNING)
        house.write(ada, reports.report_step, number, 1, StepState.PASSED, exit_code=0, text="exit code 0")
    kinds = [e.kind for e in house.read(journal.page)]
    assert (kinds.count("run.step_running"), kinds.count("run.step_passed")) == (1, 1)


def test_orders_are_refused_where_they_make_no_sense(house: Store, ada: Author) -> None:
    number = begun(house, ada, "none")
    with pytest.raises(BadInput, match="confirmed"):
        house.write(ada, commands.cancel_run, number, "x", Consent())
    with pytest.raises(NotPossible, match="step 2 of PR-1 is waiting"):
        house.write(ada, commands.tick_step, number, 2)
    with pytest.raises(NotPossible, match="step 9 of PR-1 is not there"):
        house.write(ada, commands.skip_step, number, 9, "x", BOX)
    house.write(ada, reports.report_step, number, 2, StepState.ASKED)
    with pytest.raises(BadInput, match="reason"):
        house.write(ada, commands.skip_step, number, 2, " ", BOX)
    house.write(ada, lock_operate)
    house.write(ada, commands.hold_run, number)
    house.write(ada, reports.end_run, number, RunState.CANCELLED)
    with pytest.raises(NotPossible, match="PR-1 is cancelled"):
        house.write(ada, commands.hold_run, number)
    assert [o.kind for o in house.read(queries.orders_after, number, 0)] == ["hold"]


@pytest.mark.parametrize("state", [s for s in RunState if RUN_FOLLOWS[s]])
def test_every_state_that_is_no_end_counts_as_active(state: RunState) -> None:
    assert state in queries.ACTIVE


def test_output_comes_back_in_order_and_harmless(house: Store, ada: Author) -> None:
    number = begun(house, ada, "none")
    lines = [reports.Written(1, utc_now(), "out", f"line {n}\x1b[31m") for n in range(500)]
    house.write(ada, reports.keep_output, number, lines[:250])
    house.write(ada, reports.keep_output, number, [])
    house.write(ada, reports.keep_output, number, lines[250:])
    found = house.read(queries.output_of, number, limit=300)
    found += house.read(queries.output_of, number, after=found[-1].id)
    assert [line.text for line in found] == [f"line {n}" for n in range(500)]


def test_a_run_on_a_component_that_is_declared_no_longer_still_ends(house: Store, ada: Author) -> None:
    number = begun(house, ada, "restart")
    house.write(ada, load_catalog, Catalog(), directory="/", digest="2", changes=[])
    house.write(ada, forget_components, ["web"])
    house.write(ada, reports.end_run, number, RunState.DONE)
    assert house.read(queries.one_run, number).state is RunState.DONE
