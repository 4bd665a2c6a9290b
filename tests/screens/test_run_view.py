"""A run shows every step it has, whatever size the terminal had when they were read."""

from __future__ import annotations

from dataclasses import replace

from core.operations.model import RunState, StepState
from core.operations.queries import RunStep, output_of, steps_of
from screens.picture import Patch
from screens.run import RunView, step_lines
from screens.widgets.cells import plain
from screens.widgets.glyphs import UNICODE
from tests.screens.run_scene import RUN, STEPS, run_host
from tests.screens.view_host import NOON, ViewHost, picture_of


async def test_steps_read_while_the_terminal_was_small_are_all_there_when_it_grows() -> None:
    host = run_host()
    async with host.run_test(size=(80, 10)) as pilot:
        host.shown.shown("PR-1")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "Step called 12" not in host.text()

        await pilot.resize_terminal(80, 40)
        await pilot.pause()

        assert all(f"Step called {n} " in host.text() for n in range(1, 13))


async def test_before_its_output_is_read_none_is_not_said() -> None:
    host = run_host()
    async with host.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "no output yet" not in host.text()
        host.shown.shown("PR-1")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "no output yet" in host.text()


async def test_a_long_title_of_a_step_is_whole_where_there_is_room_and_shows_that_it_is_cut() -> None:
    title = "See that front and worker found the store again, both of them"
    step = RunStep(1, "run", title, (), StepState.PASSED, 0, NOON, NOON, "exit code 0", "")
    assert title in plain(step_lines([step], NOON, UNICODE, 200)[0])
    narrow = plain(step_lines([step], NOON, UNICODE, 80)[0])
    assert "See that front and worker" in narrow
    assert "… passed" in narrow
    assert narrow.rstrip().endswith("exit code 0")
    assert len(narrow.rstrip()) <= 80


async def test_who_did_a_step_is_said_once() -> None:
    step = RunStep(1, "manual", "Call the lead", (), StepState.PASSED, None, NOON, NOON, "by kim", "kim")
    assert plain(step_lines([step], NOON, UNICODE, 80)[0]).count("kim") == 1


async def test_how_a_run_stands_is_said_first_and_nothing_of_its_head_is_cut_off() -> None:
    run = replace(
        RUN, state=RunState.HELD, title="A long check of the store, with a person in the middle", incident=7
    )
    picture = picture_of()
    picture.apply(Patch(picture.vital, runs={"PR-1": run}))
    host = ViewHost(RunView(), picture, {steps_of: STEPS[:2], output_of: []})
    async with host.run_test(size=(60, 20)) as pilot:
        host.shown.shown("PR-1")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert host.text().startswith(" held   A long check")
        words = " ".join(host.text().split())
        assert "on front for I-7 begun 12:00:00Z by kim: it hangs" in words
        assert "Step called 2" in words
