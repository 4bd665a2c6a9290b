"""Text in cells: widths, cuts, and nothing harmful."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from core.printable import printable
from screens.tones import Tone
from screens.widgets.cells import (
    Span,
    cut,
    fit_spans,
    folded,
    folded_spans,
    plain,
    spans_of,
    whole_parts,
    width_of,
)

TEXTS = st.text(st.sampled_from("abc dé→日本語ｶﾞ🙂▌"), max_size=20).map(printable)
SPANS = st.lists(st.tuples(TEXTS, st.sampled_from(Tone)), max_size=4)


def text_of(spans: list[Span]) -> str:
    return "".join(text for text, _ in spans)


def test_a_name_loses_its_end_and_says_so() -> None:
    assert cut("kafka-core under-replicated", 12, "…") == "kafka-core…"
    assert cut("kafka-core", 10, "…") == "kafka-core"


def test_a_wide_character_is_not_cut_in_half() -> None:
    assert cut("日本語", 4, "…") == "日…"
    assert text_of(fit_spans([("日本語", Tone.TEXT)], 4, right=False, ellipsis="…")) == "日… "


def test_a_cut_shows_even_where_the_first_piece_would_just_fit() -> None:
    assert text_of(fit_spans([("abcd", Tone.OK), ("ef", Tone.TEXT)], 4, right=False, ellipsis="…")) == "abc…"


def test_figures_stand_at_the_right() -> None:
    assert text_of(fit_spans([("34m", Tone.TEXT)], 5, right=True, ellipsis="…")) == "  34m"


def test_what_came_from_outside_is_made_harmless() -> None:
    assert plain("a\x1b[2Jb\nc") == "ab c"
    assert spans_of([("x\x07y", Tone.OK)]) == [("x�y", Tone.OK)]


@given(SPANS, st.integers(0, 30), st.booleans(), st.sampled_from(["…", ".."]))
def test_fitted_spans_take_exactly_their_width(
    spans: list[Span], width: int, right: bool, ellipsis: str
) -> None:
    fitted = text_of(fit_spans(spans, width, right=right, ellipsis=ellipsis))

    assert cell_len(fitted) == width


@given(TEXTS, st.integers(0, 30))
def test_a_cut_text_is_the_beginning_of_the_whole(text: str, width: int) -> None:
    short = cut(text, width, "…")

    assert cell_len(short) <= width
    assert text.startswith(short.removesuffix("…").rstrip())


@given(st.lists(TEXTS, max_size=5).map("".join), st.integers(2, 20))
def test_folding_loses_nothing_but_blanks_and_never_overflows(text: str, width: int) -> None:
    lines = folded(text, width)
    assert all(width_of(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_folding_breaks_between_words_where_it_can() -> None:
    assert folded("the disk is full. Make room", 12) == ["the disk is", "full. Make", "room"]
    assert folded("/a/very/long/path is full", 8) == ["/a/very/", "long/pat", "h is", "full"]
    assert folded("", 5) == [""]


@pytest.mark.parametrize("text", ["x" * 1_000_000, "ö" * 1_000_000, "水" * 500_000])
def test_a_megabyte_without_a_blank_is_folded_whole(text: str) -> None:
    assert "".join(folded(text, 80)) == text


@given(
    st.lists(st.tuples(st.text("ab cé水", max_size=30), st.sampled_from(Tone)), max_size=4),
    st.integers(8, 40),
)
def test_a_folded_line_fits_and_loses_nothing_but_blanks(spans: list[tuple[str, Tone]], width: int) -> None:
    lines = folded_spans(spans, width)

    assert all(sum(width_of(text) for text, _ in line) <= width for line in lines)
    said = "".join(text for line in lines for text, _ in line)
    assert said.replace(" ", "") == "".join(text for text, _ in spans).replace(" ", "")


def test_a_folded_line_breaks_at_blanks_and_is_indented() -> None:
    lines = folded_spans([(" I-7 ", Tone.ACCENT), ("the front is down", Tone.TEXT)], 14)

    assert ["".join(text for text, _ in line).rstrip() for line in lines] == [" I-7 the front", " is down"]


def test_a_text_of_several_lines_hangs_under_the_cell_at_which_it_begins() -> None:
    lines = folded_spans([(" outcome ", Tone.MUTED), ("it ran\nfor a whole day\n", Tone.TEXT)], 20)
    assert ["".join(text for text, _ in line).rstrip() for line in lines] == [
        " outcome it ran",
        "         for a whole",
        "         day",
    ]
    only = folded_spans([(" it ran\n\nfor a day", Tone.TEXT)], 20)
    assert ["".join(text for text, _ in line).rstrip() for line in only] == [" it ran", "", " for a day"]


@given(
    st.lists(st.tuples(st.text("ab \n水", max_size=30), st.sampled_from(Tone)), max_size=4),
    st.integers(8, 40),
)
def test_no_line_end_is_left_in_a_folded_line_and_nothing_is_lost(
    spans: list[tuple[str, Tone]], width: int
) -> None:
    lines = folded_spans(spans, width)
    said = "".join(text for line in lines for text, _ in line)
    assert "\n" not in said
    assert all(sum(width_of(text) for text, _ in line) <= width for line in lines)
    assert "".join(said.split()) == "".join("".join(text for text, _ in spans).split())


def test_of_a_line_that_is_too_long_whole_parts_are_left() -> None:
    line = [(" 16 open", Tone.TEXT), ("   5 late", Tone.CRITICAL), ("   next due 2026-11-30", Tone.MUTED)]
    assert whole_parts(line, 80) == line
    assert whole_parts(line, 20) == line[:2]
    assert whole_parts(line, 3) == line[:1]
    assert whole_parts(line, 3, least=2) == line[:2]
