"""What is said of a key that belongs to other screens: all of them, in two lines of a narrow terminal."""

from __future__ import annotations

import pytest

from screens.actions import ACTIONS
from screens.other_screens import LONGEST, of_other_screens
from screens.registry import Action, Registry
from screens.shell.bars import MESSAGE_LINES, Said, message_lines
from screens.tones import Tone
from screens.widgets.glyphs import ASCII

ALL = Registry(ACTIONS)


def said_of(key: str) -> str:
    return of_other_screens(key, [each for each in ALL.of_key(key) if "*" not in each.where])


def test_a_key_with_several_doings_names_each_with_its_screens() -> None:
    actions = [
        Action("a.x", ("x",), "merge", "", frozenset({"queue", "request"})),
        Action("b.x", ("x",), "maintenance", "", frozenset({"board", "component", "dependencies"})),
    ]
    assert of_other_screens("x", actions) == (
        "x: not on this screen; merge is for Queue and a request; "
        "maintenance is for Board, Dependencies and a component"
    )


def test_a_key_with_one_doing_is_called_by_it() -> None:
    assert said_of("F") == "follow: not on this screen; it is for Log and a run"
    assert said_of("z") == "time scale: not on this screen; it is for a component"


def test_where_there_is_no_room_for_the_doings_the_screens_are_named() -> None:
    assert said_of("M") == (
        "M: not on this screen; it is for Board, Dependencies, Home, Incidents, Queue, a component, "
        "a request and an incident"
    )


@pytest.mark.parametrize(
    "key", [key for key in ALL.bound_keys() if any("*" not in a.where for a in ALL.of_key(key))]
)
def test_every_key_fits_a_narrow_terminal_and_tells_how_many_screens_it_leaves_out(key: str) -> None:
    said = said_of(key)
    assert len(said) <= LONGEST
    lines = message_lines(Said(said, is_bad=True), None, "", 80, ASCII)
    assert len(lines) <= MESSAGE_LINES
    assert all(sum(len(text) for text, _ in line) <= 80 for line in lines)
    assert {tone for line in lines for text, tone in line if text.strip()} == {Tone.CRITICAL}
