"""Lines of a grid, drawn without a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from screens.themes import palette, theme_names
from screens.tones import Tone
from screens.widgets.columns import Column, fit
from screens.widgets.glyphs import ASCII, UNICODE, Glyphs
from screens.widgets.row import Pen, RowState

if TYPE_CHECKING:
    from screens.widgets.cells import Cell

COLUMNS: list[Column[Any]] = [
    Column("state", "STATE", width=8, sort=str),
    Column("name", "NAME", share=1),
    Column("age", "AGE", width=4, align="right"),
]
CELLS: dict[str, Cell] = {"state": (("■ CRIT", Tone.CRITICAL),), "name": "ledger-writer", "age": "34m"}


def pen(width: int = 40, theme: str = "dark", glyphs: Glyphs = UNICODE) -> Pen:
    return Pen(palette(theme), glyphs, fit(COLUMNS, width), width)


def test_a_row_shows_its_cells_under_their_titles() -> None:
    assert pen().header("state", reverse=True).text == "   STATE▼    NAME                    AGE"
    assert pen().row(CELLS, RowState()).text == "   ■ CRIT    ledger-writer           34m"


def test_cursor_and_mark_are_signs_before_the_row() -> None:
    assert pen().row(CELLS, RowState(cursor=True, marked=True)).text.startswith("▌* ■ CRIT")
    assert pen(glyphs=ASCII).row(CELLS, RowState(cursor=True, marked=True)).text.startswith(">* ")


def test_a_row_that_is_gone_says_so_in_a_word() -> None:
    line = pen().row(CELLS, RowState(cursor=True, gone=True))

    assert line.text == "▌× ■ CRIT    ledger-writer         gone "
    assert {style.color for _, style, _ in line if style} == {palette("dark").tones[Tone.GONE].color}


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (40, "   198.51.100.23  stays        now I-36 "),
        (28, "   198.51.100.23   now I-36 "),
        (22, "   198.51.1… now I-36 "),
    ],
)
def test_a_word_that_is_cut_by_why_a_row_left_says_so(width: int, text: str) -> None:
    columns: list[Column[Any]] = [Column("about", "ABOUT", width=13), Column("what", "WHAT", share=1)]
    drawn = Pen(palette("dark"), UNICODE, fit(columns, width), width)
    line = drawn.row({"about": "198.51.100.23", "what": "stays"}, RowState(left="now I-36"))
    assert line.text == text


def test_counts_stand_at_both_ends_and_the_left_one_gives_way() -> None:
    right = [("12 of 48", Tone.MUTED)]

    wide = pen(60).counts([("▼ 4 held · ctrl+r merges", Tone.HELD)], right).text
    narrow = pen(24).counts([("▼ 4 held · ctrl+r merges", Tone.HELD)], right).text
    assert wide.startswith(" ▼ 4 held · ctrl+r merges  ")
    assert wide.endswith(" 12 of 48 ")
    assert narrow == " ▼ 4 held · c… 12 of 48 "


@pytest.mark.parametrize("theme", theme_names())
@pytest.mark.parametrize("width", [1, 5, 12, 40, 200])
def test_every_line_is_as_wide_as_the_grid(theme: str, width: int) -> None:
    drawn = pen(width, theme)

    lines = [
        drawn.header("name", reverse=False),
        drawn.row({"name": "日本語" * 30}, RowState(cursor=True)),
        drawn.row(CELLS, RowState(gone=True)),
        drawn.counts([("4 held", Tone.HELD)], [("1 of 2", Tone.MUTED)]),
        drawn.notice("Nothing here."),
        drawn.blank(),
    ]

    assert [cell_len(line.text) for line in lines] == [width] * len(lines)


def test_a_reversed_cursor_shows_its_line_in_one_style() -> None:
    line = pen(theme="terminal-16").row(CELLS, RowState(cursor=True))

    assert len(list(line)) == 1
    assert all(style is not None and style.reverse for _, style, _ in line)


def test_blanks_take_the_style_beside_them() -> None:
    # state, name, age: three texts, but the name and the age share the style of plain text
    assert len(list(pen().row(CELLS, RowState()))) == 2
