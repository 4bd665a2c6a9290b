"""The grid in a real terminal: what is on the screen is what was meant, and few bytes bring it there."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.screens.widgets.painted import (
    COLUMNS,
    ROWS,
    assert_screen_is_right,
    host_in_terminal,
    press_by_chance,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.terminal import Terminal


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with host_in_terminal("grid_host", "300") as started:
        started.wait_for("component-", "footer")
        started.wait_quiet()
        yield started


@pytest.mark.journey
@pytest.mark.parametrize("seed", range(3))
def test_after_any_keys_and_changes_the_screen_is_what_a_full_paint_gives(
    terminal: Terminal, seed: int
) -> None:
    chance = random.Random(seed)
    keys = [
        "j",
        "j",
        "j",
        "k",
        "k",
        "ctrl+d",
        "ctrl+u",
        "pagedown",
        "pageup",
        "G",
        "g",
        "space",
        "x",
        "X",
        "ctrl+r",
    ]
    for _ in range(4):
        press_by_chance(terminal, keys, chance)


@pytest.mark.journey
def test_a_screen_before_the_grid_and_a_toast_on_it_leave_no_trace(terminal: Terminal) -> None:
    terminal.press("G", "o")
    terminal.wait_for("covered")
    terminal.press("x", "x", "escape")
    terminal.wait_for("component-")
    terminal.press("k", "g", "j")
    assert_screen_is_right(terminal, ["cover"])

    terminal.press("t")
    terminal.wait_for("toasted")
    terminal.press("G", "k", "k", "x", "g")
    terminal.wait_gone("toasted")
    terminal.press(*["j"] * 24)
    assert_screen_is_right(terminal, ["toast"])


@pytest.mark.journey
def test_another_size_is_drawn_anew_and_scrolls_on(terminal: Terminal) -> None:
    terminal.press("G")
    terminal.resize(60, 20)
    terminal.wait_for("300 of 300", "footer")  # at the right edge: it was cut off before
    terminal.resize(COLUMNS, ROWS)
    terminal.wait_until(
        lambda _: terminal.lines[-2].endswith("300 of 300") and "LAST HOUR" in terminal.lines[1]
    )
    terminal.press(*["k"] * 25)
    assert_screen_is_right(terminal, ["resize"])


@pytest.mark.journey
def test_a_key_costs_less_than_two_thousand_bytes_even_where_the_list_scrolls(terminal: Terminal) -> None:
    for key in ["j"] * 30 + ["k"] * 30:
        before = terminal.bytes_written
        terminal.press(key)
        terminal.wait_until(lambda _, before=before: terminal.bytes_written > before)  # type: ignore[misc]
        terminal.wait_quiet(0.1)
        assert terminal.bytes_written - before < 2000


@pytest.mark.journey
def test_the_first_picture_costs_less_than_thirty_thousand_bytes(terminal: Terminal) -> None:
    assert terminal.bytes_written < 30_000


@pytest.mark.journey
def test_changes_out_of_view_write_nothing(terminal: Terminal) -> None:
    terminal.press("x")
    terminal.wait_for("own-1 ")
    terminal.wait_quiet()
    before = terminal.bytes_written
    terminal.press("X")
    terminal.wait_quiet()

    lines = [line for line in terminal.lines if "own-" in line]
    assert terminal.bytes_written - before < 200 + 250 * len(lines)
