"""Home shows the most urgent row of each pane, in any size, until the operator goes into that pane."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from core.monitoring.model import State
from core.operations.model import RunState
from screens.home import Home
from screens.picture import Patch
from tests.screens.run_scene import RUN
from tests.screens.scene import console, make_night, settle, stand_still
from tests.screens.view_host import ViewHost, board_row, picture_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest
    from textual.pilot import Pilot

    from core.operations.queries import Run

NEXT = replace(RUN, id=2, state=RunState.RUNNING, created_at=RUN.created_at + timedelta(minutes=1))


@asynccontextmanager
async def home_of(*runs: Run, size: tuple[int, int]) -> AsyncIterator[tuple[Home, ViewHost, Pilot[None]]]:
    picture = picture_of(board_row("front"))
    picture.apply(Patch(picture.vital, runs={run.label: run for run in runs}))
    home = Home()
    host = ViewHost(home, picture)
    async with host.run_test(size=size) as pilot:
        home.shown("")
        await pilot.pause()
        yield home, host, pilot


async def test_a_run_that_begins_is_seen_in_a_pane_of_one_row() -> None:
    async with home_of(RUN, size=(80, 20)) as (home, host, pilot):
        assert "PR-1" in host.text()
        host.picture.apply(patch := Patch(host.picture.vital, runs={"PR-2": NEXT}))
        home.take_patch(patch, ())
        home.panes["runs"].grid.rest()
        home.tick(RUN.created_at)
        await pilot.pause()
        assert "PR-2    running" in host.text()


async def test_in_a_pane_the_operator_is_in_or_was_in_the_cursor_stays() -> None:
    async with home_of(NEXT, RUN, size=(80, 20)) as (home, _host, pilot):
        grid = home.panes["runs"].grid
        grid.focus()
        await pilot.pause()
        grid.go_to("PR-1")
        home.tick(RUN.created_at)
        assert grid.cursor_id == "PR-1"
        home.panes["board"].grid.focus()
        await pilot.pause()
        home.tick(RUN.created_at)
        assert grid.cursor_id == "PR-1"


async def test_on_the_lowest_terminal_every_pane_shows_a_row() -> None:
    async with home_of(RUN, size=(60, 12)) as (home, _host, _pilot):
        shown = [pane for pane in home.panes.values() if pane.display]
        assert len(shown) == 5
        assert all(pane.grid.size.height >= 1 for pane in shown)


async def test_a_view_asked_for_while_the_database_opens_is_shown_then_and_no_complaint_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_still(monkeypatch)
    app = console(make_night(tmp_path), "")
    begin, gate = app._begin, asyncio.Event()

    async def begin_later() -> None:
        await gate.wait()
        await begin()

    monkeypatch.setattr(app, "_begin", begin_later)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        assert app._said.text == "Incidents comes as soon as the database is open"
        gate.set()
        await settle(pilot)
        assert app.current == "incidents"
        assert not app._said.text


async def test_where_there_is_room_home_shows_every_component_the_worst_first() -> None:
    picture = picture_of(board_row("calm"), board_row("worse", State.CRITICAL))
    home = Home()
    host = ViewHost(home, picture)
    async with host.run_test(size=(200, 48)) as pilot:
        home.shown("board")
        await pilot.pause()
        assert home.panes["board"].grid.model.rows == ["worse", "calm"]
        await pilot.resize_terminal(80, 20)
        await pilot.pause()
        assert home.panes["board"].grid.model.rows == ["worse"]
        assert "calm" not in host.text()
