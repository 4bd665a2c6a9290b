"""What a real terminal shows of a widget, held against what painting everything gives."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.terminal import Terminal

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    import pyte.screens

ROOT = Path(__file__).parents[3]
COLUMNS, ROWS = 80, 24


def host_in_terminal(*words: str) -> AbstractContextManager[Terminal]:
    """Starts a host of tests/screens/widgets, as `grid_host`, with its words, in a terminal of its own."""
    host, *more = words
    return Terminal.start(
        [sys.executable, "-m", f"tests.screens.widgets.{host}", *more], size=(COLUMNS, ROWS), cwd=ROOT,
        env={"TEXTUAL_FPS": "30", "TEXTUAL_ANIMATIONS": "none"},
    )  # fmt: skip


def press_by_chance(terminal: Terminal, keys: Sequence[str], chance: random.Random) -> None:
    """Presses 25 of these keys, now and then with a pause, and holds the screen against a full paint."""
    done = [chance.choice(keys) for _ in range(25)]
    for key in done:
        terminal.press(key)
        if chance.random() < 0.4:
            terminal.wait_quiet(0.05)
    assert_screen_is_right(terminal, done)


def assert_screen_is_right(terminal: Terminal, done: list[str]) -> None:
    """What the terminal shows after all those small steps is what painting everything gives."""
    terminal.wait_quiet()
    stepwise, text = picture(terminal), terminal.text
    terminal.press("f")
    terminal.wait_quiet()
    assert text == terminal.text, done
    assert stepwise == picture(terminal), done


def picture(terminal: Terminal) -> list[list[pyte.screens.Char]]:
    """Returns every cell of the screen, by row and column."""
    return [[terminal.cell(column, row) for column in range(COLUMNS)] for row in range(ROWS)]
