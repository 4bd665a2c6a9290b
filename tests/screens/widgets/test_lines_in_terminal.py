"""Lines that move within their place, in a real terminal: the screen is right, and few bytes bring it there."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyte.screens

ROOT = Path(__file__).parents[3]
COLUMNS, ROWS = 80, 24


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    host = [sys.executable, "-m", "tests.screens.widgets.lines_host"]
    env = {"TEXTUAL_FPS": "30", "TEXTUAL_ANIMATIONS": "none"}
    with Terminal.start(host, size=(COLUMNS, ROWS), env=env, cwd=ROOT) as started:
        started.wait_for("entry 59", "footer")
        started.wait_quiet()
        yield started


def picture(terminal: Terminal) -> list[list[pyte.screens.Char]]:
    return [[terminal.cell(column, row) for column in range(COLUMNS)] for row in range(ROWS)]


@pytest.mark.journey
@pytest.mark.parametrize("seed", range(2))
def test_after_any_moves_and_changes_the_screen_is_what_a_full_paint_gives(
    terminal: Terminal, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(4):
        done = [chance.choice("aaaaAcdkkjjb") for _ in range(25)]
        for key in done:
            terminal.press(key)
            if chance.random() < 0.4:
                terminal.wait_quiet(0.05)
        terminal.wait_quiet()
        stepwise, text = picture(terminal), terminal.text
        terminal.press("f")
        terminal.wait_quiet()
        assert text == terminal.text, done
        assert stepwise == picture(terminal), done


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
