"""Lines that move within their place, in a real terminal: the screen is right, and few bytes bring it there."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.screens.widgets.painted import host_in_terminal, press_by_chance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.terminal import Terminal


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with host_in_terminal("lines_host") as started:
        started.wait_for("entry 59", "footer")
        started.wait_quiet()
        yield started


@pytest.mark.journey
@pytest.mark.parametrize("seed", range(2))
def test_after_any_moves_and_changes_the_screen_is_what_a_full_paint_gives(
    terminal: Terminal, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(4):
        press_by_chance(terminal, "aaaaAcdkkjjb", chance)


@pytest.mark.journey
def test_what_comes_behind_the_end_moves_what_stands_there_and_is_all_that_is_sent(
    terminal: Terminal,
) -> None:
    for number in range(60, 70):
        before = terminal.bytes_written
        terminal.press("a")
        terminal.wait_for(f"entry {number}")
        terminal.wait_quiet(0.1)
        assert terminal.bytes_written - before < 400
