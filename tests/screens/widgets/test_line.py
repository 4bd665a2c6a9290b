"""Lines as bytes: what a terminal makes of them is what was meant, in few bytes."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from screens.widgets.line import Line, differs_until, write

STYLES = st.builds(
    Style,
    color=st.sampled_from([None, "#ff0000", "#00ff00", "default"]),
    bgcolor=st.sampled_from([None, "#000080", "#101010", "default"]),
    bold=st.sampled_from([None, True, False]),
    italic=st.sampled_from([None, True]),
    underline=st.sampled_from([None, True]),
    reverse=st.sampled_from([None, True]),
)
SEGMENTS = st.lists(
    st.builds(Segment, st.text("abc ", min_size=1, max_size=4), st.none() | STYLES), min_size=1, max_size=8
)


def shown(data: str) -> list[pyte.screens.Char]:
    screen = pyte.Screen(40, 1)
    pyte.Stream(screen).feed(data)
    return [screen.buffer[0][x] for x in range(40)]


def one_by_one(segments: list[Segment]) -> str:
    """Every segment with all its colours and a reset, as rich writes them."""
    return "".join(
        style.render(text, color_system=ColorSystem.TRUECOLOR) if style else text
        for text, style, _ in segments
    )


@given(SEGMENTS)
def test_a_terminal_shows_the_same_as_if_each_segment_stood_alone(segments: list[Segment]) -> None:
    assert shown(write(segments, ColorSystem.TRUECOLOR)) == shown(one_by_one(segments))


@given(SEGMENTS)
def test_nothing_is_left_switched_on_behind_a_line(segments: list[Segment]) -> None:
    after = shown(write(segments, ColorSystem.TRUECOLOR) + "z")[sum(len(text) for text, _, _ in segments)]

    assert after == pyte.screens.Char("z")


def test_only_what_changes_is_written() -> None:
    ground = Style.parse("#d0d0d0 on #101010")
    line = [Segment("a", ground), Segment("b", ground + Style.parse("#ff0000")), Segment("c", ground)]

    assert write(line, ColorSystem.TRUECOLOR) == (
        "\x1b[38;2;208;208;208;48;2;16;16;16ma\x1b[38;2;255;0;0mb\x1b[38;2;208;208;208mc\x1b[0m"
    )


def test_the_difference_of_two_lines_ends_where_their_ends_agree() -> None:
    style = Style.parse("bold")
    line = Line([Segment("one "), Segment("two ", style), Segment("three")])

    assert differs_until(line, Line([Segment("one "), Segment("two ", style), Segment("three")])) == 0
    assert differs_until(line, Line([Segment("ONE "), Segment("two ", style), Segment("three")])) == 4
    assert differs_until(line, Line([Segment("one "), Segment("two "), Segment("three")])) == 8
    assert differs_until(line, None) == 13
