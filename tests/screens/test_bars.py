"""What the frame's bars say, at any width."""

from __future__ import annotations

import pytest

from core.errors import StoreUnavailable
from screens.registry import Action
from screens.shell.bars import MESSAGE_LINES, Said, footer_line, message_lines
from screens.widgets.cells import plain
from screens.widgets.glyphs import ASCII

FULL = str(
    StoreUnavailable(
        "the disk is full. Nothing was changed", where="/var/lib/watchfloor/watchfloor.db",
        next_step="Make room on that disk, then do it again",
    )
)  # fmt: skip


@pytest.mark.parametrize("width", [80, 100, 240])
def test_what_was_refused_is_said_whole_with_what_to_do(width: int) -> None:
    lines = message_lines(Said(f"NOT done: {FULL}", is_bad=True), None, "", width, ASCII)
    said = " ".join(plain(line).strip() for line in lines)
    assert len(lines) <= MESSAGE_LINES
    assert said.replace(" ", "") == f"NOT done: {FULL}".replace(" ", "")


def test_a_message_never_takes_more_than_its_lines_and_shows_that_more_follows() -> None:
    lines = message_lines(Said("word " * 200), None, "", 40, ASCII)
    assert len(lines) == MESSAGE_LINES


def test_nothing_said_is_one_empty_line() -> None:
    assert [plain(line).strip() for line in message_lines(Said(), None, "", 80, ASCII)] == [""]


def test_where_the_footer_is_narrow_what_cannot_be_done_gives_way_and_the_order_stays() -> None:
    first, second, third = (Action(name, (name[0],), name, "") for name in ("alpha", "bravo", "charlie"))
    doors = (Action("go", (":",), "go", ""), Action("help", ("?",), "help", ""))
    given = [(first, "not now"), (second, None), (third, None), *((door, None) for door in doors)]

    assert plain(footer_line(given, 80, ASCII)).split() == [
        "a",
        "alpha",
        "b",
        "bravo",
        "c",
        "charlie",
        ":",
        "go",
        "?",
        "help",
    ]
    assert plain(footer_line(given, 36, ASCII)).split() == [
        "b",
        "bravo",
        "c",
        "charlie",
        ":",
        "go",
        "?",
        "help",
    ]
