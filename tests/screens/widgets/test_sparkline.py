"""Series as one line of bars."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from screens.widgets.glyphs import ASCII, UNICODE
from screens.widgets.sparkline import sparkline

FIGURES = st.lists(st.none() | st.floats(allow_nan=True, allow_infinity=True), max_size=200)


def test_bars_go_from_the_least_to_the_greatest_value() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8, UNICODE) == "▁▂▃▄▅▆▇█"
    assert sparkline([0, 1, 2, 3, 4, 5], 6, ASCII) == "_.-=*#"


def test_the_newest_value_stands_at_the_right() -> None:
    assert sparkline([1, 9], 6, UNICODE) == "    ▁█"


def test_a_gap_stays_a_gap() -> None:
    assert sparkline([1, None, float("nan"), 9], 4, UNICODE) == "▁  █"
    assert sparkline([None, None], 4, UNICODE) == "    "
    assert sparkline([], 3, UNICODE) == "   "


def test_a_series_that_never_changes_lies_low() -> None:
    assert sparkline([5, 5, 5], 3, UNICODE) == "▁▁▁"


def test_a_peak_survives_being_squeezed() -> None:
    values = [0.0] * 600
    values[301] = 9.0

    assert sparkline(values, 20, UNICODE).count("█") == 1


def test_given_ends_make_two_lines_comparable() -> None:
    assert sparkline([10, 20], 2, UNICODE, low=0, high=80) == "▂▃"


@example([1.7976931348623157e308, -9.9792015476736e291], 2)
@example([5e-324, 0.0], 2)
@given(FIGURES, st.integers(1, 60))
def test_a_sparkline_fills_its_width_with_its_own_characters(values: list[float | None], width: int) -> None:
    drawn = sparkline(values, width, UNICODE)

    assert len(drawn) == width
    assert set(drawn) <= {" ", *UNICODE.levels}
