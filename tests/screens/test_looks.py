"""How one looks at a list: problems one after the other, columns, saved views."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.monitoring.model import State
from core.monitoring.queries import first_probe_minutes
from screens.board import Board
from screens.boxes import base
from tests.screens.view_host import ViewHost, board_row, picture_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

ROWS = (
    board_row("a-ok"), board_row("b-bad", State.CRITICAL), board_row("c-ok"), board_row("d-odd", State.WARNING),
    board_row("e-new", State.PENDING, version=0),
)  # fmt: skip


@pytest.fixture(autouse=True)
def boxes_obey_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "DEAF_S", 0)


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    async with ViewHost(Board(), picture_of(*ROWS), {first_probe_minutes: {}}).run_test(
        size=(100, 30)
    ) as each:
        board_of(each).shown("")
        board_of(each).grid.sort_by("component")
        await each.pause()
        yield each


def host_of(pilot: Pilot[None]) -> ViewHost:
    assert isinstance(pilot.app, ViewHost)
    return pilot.app


def board_of(pilot: Pilot[None]) -> Board:
    view = host_of(pilot).shown
    assert isinstance(view, Board)
    return view


async def answer(pilot: Pilot[None], *keys: str) -> None:
    """Presses keys in the box that has opened, and waits until it is gone."""
    while len(pilot.app.screen_stack) == 1:
        await pilot.pause()
    await pilot.press(*keys)
    await pilot.pause()


def shown_columns(board: Board) -> list[str]:
    return [column.id for column in board.grid.columns]


async def test_n_goes_from_problem_to_problem_and_round(pilot: Pilot[None]) -> None:
    board = board_of(pilot)
    board.grid.go_to("a-ok")
    visited = []
    for _ in range(3):
        board.do_problem_next()
        visited.append(board.grid.cursor_id)
    board.do_problem_previous()

    assert visited == ["b-bad", "d-odd", "b-bad"]
    assert board.grid.cursor_id == "d-odd"


async def test_where_the_filter_leaves_no_problem_that_is_said(pilot: Pilot[None]) -> None:
    board = board_of(pilot)
    board.set_filter("ok !crit")
    board.grid.go_to("c-ok")
    board.do_problem_next()

    assert board.grid.cursor_id == "c-ok"
    assert host_of(pilot).said == ["no row shown here is a problem"]


async def test_a_column_is_hidden_and_still_hidden_in_the_next_console(pilot: Pilot[None]) -> None:
    board = board_of(pilot)
    pilot.app.run_worker(board.do_columns())
    await answer(pilot, *"service", "enter")
    await answer(pilot, "escape")

    assert "service" not in shown_columns(board)
    assert "component" in shown_columns(board)
    later = ViewHost(Board(), picture_of(*ROWS), {first_probe_minutes: {}})
    later.looks = dict(host_of(pilot).looks)
    async with later.run_test():
        assert isinstance(later.shown, Board)
        later.shown.shown("")
        assert shown_columns(later.shown) == shown_columns(board)


async def test_the_last_column_stays(pilot: Pilot[None]) -> None:
    board = board_of(pilot)
    host_of(pilot).looks["columns:board"] = {"hidden": "since work hour service deps summary state"}
    board.restore_columns()
    pilot.app.run_worker(board.do_columns())
    await answer(pilot, *"component", "enter")

    assert shown_columns(board) == ["component"]
    await pilot.press("escape")


async def test_sorting_offers_only_columns_that_are_shown(pilot: Pilot[None]) -> None:
    board = board_of(pilot)
    host_of(pilot).looks["columns:board"] = {"hidden": "since"}
    board.restore_columns()
    pilot.app.run_worker(board.do_sort())
    await answer(pilot, *"since", "enter")

    assert len(pilot.app.screen_stack) == 2
    await pilot.press("escape")


async def test_a_view_brings_back_filter_order_and_columns(pilot: Pilot[None]) -> None:
    board = board_of(pilot)
    board.set_filter("odd")
    board.grid.sort_by("service", reverse=True)
    host_of(pilot).looks["columns:board"] = {"hidden": "service deps"}
    board.restore_columns()
    pilot.app.run_worker(board.do_views())
    await answer(pilot, *"mine", "enter")
    board.set_filter("")
    board.grid.set_columns(board.columns())
    board.grid.sort_by("state")

    pilot.app.run_worker(board.do_views())
    await answer(pilot, *"min", "enter")

    assert board.filter_text() == "odd"
    assert (board.grid.sorted_by, board.grid.is_reversed) == ("service", True)
    assert not {"service", "deps"} & set(shown_columns(board))
    assert board.grid.model.rows == ["d-odd"]


async def test_a_view_is_dropped_by_its_name_behind_a_minus(pilot: Pilot[None]) -> None:
    board = board_of(pilot)
    host_of(pilot).looks["views:board"] = {"mine": "{}", "night": "{}"}
    pilot.app.run_worker(board.do_views())
    await answer(pilot, *"-mine", "enter")

    assert set(host_of(pilot).looks["views:board"]) == {"night"}


@pytest.mark.parametrize("kept", ["", "[]", "{", '{"hidden": 7, "sort": "colour", "filter": null}'])
async def test_a_view_that_cannot_be_read_shows_everything(pilot: Pilot[None], kept: str) -> None:
    board = board_of(pilot)
    host_of(pilot).looks["views:board"] = {"odd": kept}
    pilot.app.run_worker(board.do_views())
    await answer(pilot, *"odd", "enter")

    assert shown_columns(board) == [column.id for column in board.columns()]
    assert board.filter_text() == ""
