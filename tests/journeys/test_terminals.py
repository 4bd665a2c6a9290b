"""Terminals of every kind and size."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("term", ["xterm-256color", "screen-256color", "tmux-256color", "linux", "vt100"])
def test_it_opens_on_every_kind_of_terminal(house: House, term: str) -> None:
    opened = house.console("--no-agent", "--view", "board", size=(80, 24), TERM=term, COLORTERM=None)
    opened.wait_for("Board", "STALE no agent")
    if term in {"linux", "vt100"}:
        assert b"\x1b]0;" not in opened.raw


def test_without_unicode_only_plain_characters_are_shown(house: House) -> None:
    opened = house.console("--no-agent", size=(80, 24), LC_ALL="C", LANG="C")
    opened.wait_for("Home", "STALE")
    assert opened.text.isascii()
    house.run("actions", "new", "--set", "deviation=Größe → 日本")
    opened.press("9")
    opened.wait_for("[9 Log]", "A-1 drafted", "deviation: Gr??e > ????")
    assert opened.text.isascii()
    opened.press("?")
    opened.wait_for("log: keys")
    for _ in range(20):
        assert opened.text.isascii()
        if " Signs" in opened.text:
            break
        opened.press("pagedown")
        opened.wait_quiet()
    opened.wait_for(" Signs")


def test_without_colour_no_colour_is_sent(house: House) -> None:
    opened = house.console("--no-agent", size=(80, 24), NO_COLOR="1")
    opened.wait_for("Home", "STALE")
    assert not re.search(rb"\x1b\[[0-9;]*[34]8;", opened.raw)


def test_a_terminal_that_is_too_small_says_so_and_every_resize_is_survived(house: House) -> None:
    opened = house.console("--no-agent", "--view", "log", size=(40, 10))
    opened.wait_for("needs 60x16; this is 40x10")
    for columns, rows in ((80, 24), (200, 50), (60, 16), (30, 5), (100, 30)):
        opened.resize(columns, rows)
        if columns < 60:
            continue
        opened.wait_until(lambda text: "Log" in text and "STALE" in text)
    opened.wait_for("? help")


@pytest.mark.parametrize("theme", ["dark", "light", "high-contrast", "terminal-16"])
def test_every_theme_opens(house: House, theme: str) -> None:
    opened = house.console("--no-agent", "--theme", theme, size=(80, 24))
    opened.wait_for("Home", "STALE")
    opened.press("?")
    opened.wait_for("keys")


def test_bytes_that_are_no_characters_do_not_end_it(house: House) -> None:
    opened = house.console("--no-agent", "--view", "log", size=(80, 24))
    opened.wait_for("Log", "? help")
    opened.send(b"/caf\xe9\xff\xfe au lait")
    opened.wait_for("caf", "au lait")  # and not one letter of it ran as a verb, though all came at once
    opened.press("escape")
    opened.wait_until(lambda text: "au lait" not in text)
    assert "undo" not in opened.lines[-2]
