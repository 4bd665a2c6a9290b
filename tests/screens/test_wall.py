"""The wall: the worst first, pages that turn, STALE from across the room, and nothing that acts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.desk.commands import take_incident
from core.errors import BadInput
from core.monitoring.model import State
from screens.picture import Patch
from screens.staleness import Stale
from screens.wall import Wall
from screens.wall_pages import TURN_S, page_at, stale_lines
from screens.widgets.glyphs import ASCII, UNICODE, Glyphs
from tests.screens.at_the_keys import Desk
from tests.screens.scene import console, settle
from tests.screens.view_host import ViewHost, board_row, picture_of

if TYPE_CHECKING:
    from pathlib import Path


MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)


def shown(critical: int, count: int, room: int, turns: int) -> tuple[list[str], int, int]:
    rows = [board_row(f"c{n:02}", State.CRITICAL if n < critical else State.OK) for n in range(count)]
    begun = MIDNIGHT - timedelta(seconds=int(MIDNIGHT.timestamp()) % (TURN_S * 60))
    page = page_at(rows, room, begun + timedelta(seconds=TURN_S * turns))
    return [row.status.id for row in page.rows], page.number, page.of


def test_pages_turn_in_order_and_every_component_has_its_time() -> None:
    pages = [shown(0, 5, 2, turn) for turn in range(3)]

    assert sorted(name for names, _, _ in pages for name in names) == ["c00", "c01", "c02", "c03", "c04"]
    assert {of for _, _, of in pages} == {3}
    assert shown(0, 5, 2, 3) == pages[0]


def test_what_is_critical_keeps_its_page_in_front() -> None:
    assert {tuple(shown(1, 5, 2, turn)[0]) for turn in range(6)} == {("c00", "c01")}


def test_where_more_is_critical_than_fits_only_those_pages_turn() -> None:
    assert {shown(3, 9, 2, turn)[1] for turn in range(6)} == {1, 2}


def test_what_fits_has_one_page() -> None:
    assert shown(0, 3, 5, 4) == (["c00", "c01", "c02"], 1, 1)


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
@pytest.mark.parametrize("width", [60, 80, 200])
def test_stale_fits_the_width(glyphs: Glyphs, width: int) -> None:
    assert all(sum(len(text) for text, _ in line) <= width for line in stale_lines(width, glyphs))


async def test_problems_stand_first_and_what_recovers_moves_at_once() -> None:
    wall = Wall()
    rows = (board_row("a-ok"), board_row("b-odd", State.WARNING), board_row("c-bad", State.CRITICAL))
    host = ViewHost(wall, picture_of(*rows))
    async with host.run_test(size=(100, 30)) as pilot:
        wall.shown("")
        await pilot.pause()
        assert [row.status.id for row in wall.page().rows] == ["c-bad", "b-odd", "a-ok"]

        recovered = board_row("c-bad", version=2)
        patch = Patch(host.picture.vital, board={"c-bad": recovered})
        host.picture.apply(patch)
        wall.take_patch(patch, ())
        await pilot.pause()

        assert [row.status.id for row in wall.page().rows] == ["b-odd", "a-ok", "c-bad"]
        assert "■ CRIT" not in host.text()


async def test_stale_stands_over_everything_and_no_state_is_shown_as_known() -> None:
    wall = Wall()
    host = ViewHost(wall, picture_of(board_row("a-ok")))
    async with host.run_test(size=(100, 30)) as pilot:
        wall.shown("")
        wall.tick(MIDNIGHT)
        await pilot.pause()
        assert "█" not in host.text()

        host.stale = Stale(everything=True)
        wall.tick(MIDNIGHT)
        await pilot.pause()

        assert "█" in host.text()
        assert "last known, not live" in host.text()


async def test_a_console_that_is_a_wall_shows_header_and_board_and_does_nothing(night: Path) -> None:
    app = console(night, "wall")
    app.setup = replace(app.setup, is_wall=True)
    async with app.run_test(size=(160, 40)) as pilot:
        await settle(pilot)
        desk = Desk(pilot, app)
        assert "Wall" in desk.seen.split("\n")[0]
        assert "CRIT 1" in desk.seen
        for words in ("? help", "1 Board", "undoes"):
            assert words not in desk.seen

        await desk.press("1", "O", "colon", "slash")

        assert app.current == "wall"
        assert len(app.screen_stack) == 1
        with pytest.raises(BadInput, match="only watches"):
            await app.write(take_incident, 2)


async def test_a_wall_looked_at_in_a_usual_console_is_left_by_a_digit(night: Path) -> None:
    app = console(night, "wall")
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        desk = Desk(pilot, app)
        assert "? help" not in desk.seen
        await desk.press("1")
        await desk.until_seen("? help")
        assert app.current == "board"
