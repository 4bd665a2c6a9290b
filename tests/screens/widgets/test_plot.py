"""Charts as text: bars, limits, axes, gaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from screens.tones import Tone
from screens.widgets.glyphs import ASCII, UNICODE
from screens.widgets.plot import Limit, Plot, draw_plot, figure

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def plot_of(*values: float | None, limits: tuple[Limit, ...] = (), unit: str = "") -> Plot:
    """One value a minute from noon on."""
    points = [(NOON + timedelta(minutes=minute), value) for minute, value in enumerate(values)]
    return Plot(points, NOON, NOON + timedelta(minutes=len(values)), 60, unit, limits)


def drawn(plot: Plot, width: int = 28, height: int = 5) -> list[str]:
    return ["".join(text for text, _ in line) for line in draw_plot(plot, width, height, UNICODE)]


def test_bars_stand_over_an_axis_of_time_with_the_ends_of_the_scale_beside() -> None:
    assert drawn(plot_of(0, 2, 4, 6, 8), width=13, height=5) == [
        "8 │        ██",
        "  │      ████",
        "  │    ██████",
        "0 │▁▁████████",
        "   12:00Z",
    ]


def test_time_stands_under_both_ends() -> None:
    assert drawn(plot_of(*[1.0] * 60), width=40)[-1].split() == ["12:00Z", "1h", "13:00Z"]


def test_a_limit_is_a_line_with_its_name_and_bars_beyond_it_take_its_tone() -> None:
    limits = (Limit(4, "warn"), Limit(6, "crit", Tone.CRITICAL))

    lines = draw_plot(plot_of(1, 5, 7, 1, limits=limits, unit="s"), 30, 9, UNICODE)

    texts = ["".join(text for text, _ in line) for line in lines]
    assert any(text.startswith("warn 4s │") and "╌" in text for text in texts)
    assert any(text.startswith("crit 6s │") and "╌" in text for text in texts)
    bottom = [tone for text, tone in lines[-2] if "█" in text or "▅" in text]
    assert {Tone.WARNING, Tone.CRITICAL_BARS} <= set(bottom)


def test_a_gap_is_not_a_low_value() -> None:
    bottom = drawn(plot_of(0, None, None, 0, 8), width=8, height=4)[-2]

    assert bottom == "0 │▁··▁█"


def test_a_value_that_is_not_followed_up_does_not_stand_for_ever() -> None:
    points = [(NOON, 5.0), (NOON + timedelta(minutes=9), 5.0)]
    plot = Plot(points, NOON, NOON + timedelta(minutes=10), 60)

    assert drawn(plot, width=15, height=2)[0].endswith("│▁▁▁······▁▁")


def test_nothing_known_is_said_in_words() -> None:
    assert drawn(plot_of(None, None), height=3)[1] == "no values in this time"


def test_the_scale_starts_at_zero_only_where_that_hides_nothing() -> None:
    assert drawn(plot_of(93, 94), height=4)[-2].startswith("93 │")
    assert drawn(plot_of(10, 94), height=4)[-2].startswith(" 0 │")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.8, "0.8"),
        (4.123, "4.12"),
        (412.6, "413"),
        (12_345, "12.3k"),
        (3_400_000, "3.4M"),
        (-0.5, "-0.5"),
    ],
)
def test_figures_are_short(value: float, text: str) -> None:
    assert figure(value) == text


@given(
    st.lists(st.none() | st.floats(-1e6, 1e6), max_size=80),
    st.integers(12, 90),
    st.integers(1, 12),
    st.lists(st.floats(-1e6, 1e6), max_size=2),
)
def test_a_chart_never_leaves_its_frame(
    values: list[float | None], width: int, height: int, limits: list[float]
) -> None:
    plot = plot_of(*values, limits=tuple(Limit(value, "limit") for value in limits), unit="ms")

    for glyphs in (UNICODE, ASCII):
        lines = draw_plot(plot, width, height, glyphs)
        assert len(lines) == height
        assert all(cell_len("".join(text for text, _ in line)) <= width for line in lines)


def test_long_milliseconds_are_seconds() -> None:
    assert [figure(value, "ms") for value in (999, 3001.9, -30_000)] == ["999ms", "3s", "-30s"]


def test_a_bar_of_half_the_height_is_half_as_much_unless_all_are_nearly_alike() -> None:
    def bottom(*values: float) -> str:
        return (
            "".join(text for text, _ in draw_plot(plot_of(*values, unit="s"), 30, 9, UNICODE)[-2])
            .split("│")[0]
            .strip()
        )

    assert bottom(6.2, 11.9, 8.0) == "0s"
    assert bottom(98.0, 99.0, 100.0) == "98s"
