"""A list is as it was left: filter and marks are there at the next start, seen and said, for that person alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.store.store import Store
from screens.widgets.grid import Grid
from tests.sample_catalog import sample_catalog
from tests.screens.at_the_keys import Desk, desk_at
from tests.screens.scene import AGENT, console, settle, settle_in

if TYPE_CHECKING:
    from pathlib import Path


async def leave_the_board(night: Path) -> frozenset[str]:
    """Filters the board by db, marks two of its rows, and leaves; returns the marks."""
    async with desk_at(night, "board") as desk:
        await desk.press("/", "d", "b", "enter", "space", "space")
        marked = desk.grid.marked
        assert len(marked) == 2
        assert all("db" in name for name in marked)
    return marked


async def test_filter_and_marks_of_the_board_are_there_again_and_are_seen(night: Path) -> None:
    marked = await leave_the_board(night)
    async with desk_at(night, "board", size=(80, 24)) as desk:
        assert desk.grid.marked == marked
        assert all("db" in name for name in desk.grid.model.rows)
        assert "2 marked" in desk.seen
        assert "/db" in desk.seen
        assert "of 24" in desk.seen
        assert desk.said == "as you left it: filter db, 2 marked; esc clears"
        await desk.press("escape", "escape")
    async with desk_at(night, "board") as desk:
        assert desk.grid.marked == frozenset()
        assert "24 of 24" in desk.seen
        assert "as you left it" not in desk.said


async def test_a_mark_whose_subject_is_gone_is_dropped(night: Path) -> None:
    marked = await leave_the_board(night)
    gone, kept = sorted(marked)
    catalog = sample_catalog(24, 1)
    catalog.procedures.clear()
    del catalog.components[gone]
    for name, each in catalog.components.items():
        catalog.components[name] = replace(each, needs=tuple(n for n in each.needs if gone not in n.of))
    store = Store.at(night)
    store.write(AGENT, load_catalog, catalog, directory="catalog", digest="e", changes=["one less"])
    store.close()
    async with desk_at(night, "board") as desk:
        assert desk.grid.marked == {kept}
        assert desk.said == "as you left it: filter db, 1 marked; esc clears"


@pytest.mark.parametrize(
    ("view", "filter_"), [("log", "incident"), ("runs", "restart"), ("incidents", "orders")]
)
async def test_every_list_is_as_it_was_left(night: Path, view: str, filter_: str) -> None:
    async with desk_at(night, view) as desk:
        await settle_in(desk.pilot, view)
        await desk.press("/", *filter_, "enter")
        await settle_in(desk.pilot, view)
        await desk.press("asterisk")
        marked, rows = desk.grid.marked, list(desk.grid.model.rows)
        assert marked == set(rows) != set()
    async with desk_at(night, view) as desk:
        await settle_in(desk.pilot, view)
        assert (desk.grid.marked, list(desk.grid.model.rows)) == (marked, rows)
        assert f"/{filter_}" in desk.seen or f"with {filter_}" in desk.seen


async def test_home_tells_its_filter_in_each_pane(night: Path) -> None:
    async with desk_at(night, "home") as desk:
        await desk.press("/", *"orders", "enter", "space")
        marked = {grid.marked for grid in desk.app.views["home"].query(Grid)}
        assert len(marked) == 2
    async with desk_at(night, "home", size=(80, 24)) as desk:
        assert desk.seen.count("/orders") >= 4
        assert {grid.marked for grid in desk.app.views["home"].query(Grid)} == marked


async def test_another_person_finds_the_list_whole(night: Path) -> None:
    await leave_the_board(night)
    app = console(night, "board")
    app.setup = replace(app.setup, author=replace(app.setup.author, actor="bob"))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        assert "24 of 24" in Desk(pilot, app).seen
