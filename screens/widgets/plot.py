"""A series over time as a picture of a few lines: bars, limits, axes, and gaps that stay gaps.

Pure: values in, spans out. `chart` is the widget that shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from core.timekeeping import age
from screens.tones import Tone, bars_tone
from screens.widgets.cells import Span, cut, width_of
from screens.widgets.sparkline import Figure, squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from screens.widgets.glyphs import Glyphs

DAY_S = 86400.0
FLAT = 0.8
"""Values that all lie within so much of the greatest are seen from the least on: from zero they would be one height."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold drawn as a line. Bars beyond it (above, or below if not `is_upper`) take its tone."""

    value: float
    label: str
    tone: Tone = Tone.WARNING
    is_upper: bool = True

    def is_broken_by(self, value: float) -> bool:
        """Returns whether `value` lies beyond the limit."""
        return value > self.value if self.is_upper else value < self.value


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn: points (UTC, value or None) in order of time, between two instants.

    A value stands for `every_s` seconds, twice that at most: where no other follows by then is a gap.
    Limits come in order of weight, the worst last.
    """

    points: Sequence[tuple[datetime, Figure]]
    since: datetime
    until: datetime
    every_s: float
    unit: str = ""
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    rows: int
    steps: int  # heights that one cell can show

    def units(self, value: float) -> int:
        """Returns how high a bar is, in steps; one at least, so that a low value is no gap."""
        part = (value - self.low) / (self.high - self.low)
        return max(1, min(round(part * self.rows * self.steps), self.rows * self.steps))

    def row(self, value: float) -> int:
        """Returns the row, from the top, in which a value lies."""
        return self.rows - 1 - (self.units(value) - 1) // self.steps


def draw_plot(plot: Plot, width: int, height: int, glyphs: Glyphs) -> list[list[Span]]:
    """Returns `height` lines of `width` cells: bars above, the axis of time on the last line."""
    values = [value for _, value in plot.points if value is not None and isfinite(value)]
    if not values:
        return _nothing(plot, width, height, glyphs)
    rows = max(1, height - 1)
    low, high = _bounds(values, plot.limits)
    scale = _Scale(low, high, rows, len(glyphs.levels))
    labels = _labels(plot, scale)
    margin = min(max(width_of(text) for text, _ in labels.values()) + 1, width // 3)
    columns = _columns(plot, width - margin - 1)
    lines = []
    for row in range(rows):
        text, tone = labels.get(row, ("", Tone.MUTED))
        label = cut(text, margin - 1, glyphs.ellipsis).rjust(margin - 1)
        lines.append(
            [(f"{label} ", tone), (glyphs.wall, Tone.MUTED), *_bars(columns, row, plot, scale, glyphs)]
        )
    return [*lines, _time_axis(plot, margin + 1, width)][:height]


SECOND_MS = 1000.0


def figure(value: float, unit: str = "") -> str:
    """Returns a value in at most three digits that count, with k, M or G for large ones: `1.25s`, `12k`."""
    size = abs(value)
    if unit == "ms" and size >= SECOND_MS:
        value, unit, size = value / SECOND_MS, "s", size / SECOND_MS
    for limit, scale, sign in ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if size >= limit:
            return f"{value / scale:.3g}{sign}{unit}"
    return f"{value:.0f}{unit}" if size >= 100 else f"{value:.3g}{unit}"


def _nothing(plot: Plot, width: int, height: int, glyphs: Glyphs) -> list[list[Span]]:
    axis = _time_axis(plot, 0, width)
    lines: list[list[Span]] = [[("", Tone.MUTED)] for _ in range(height - 1)]
    if lines:
        lines[-1] = [(cut("no values in this time", width, glyphs.ellipsis), Tone.MUTED)]
    return [*lines, axis][:height]


def _bounds(values: Sequence[float], limits: Sequence[Limit]) -> tuple[float, float]:
    """Returns what the axis spans. Limits always lie on it: how near they are is what is asked."""
    everything = [*values, *(limit.value for limit in limits)]
    low, high = min(everything), max(everything)
    # From zero, as the height of a bar says how much it is; except where that flattens what there is to see.
    if 0 < low < high * FLAT:
        low = 0.0
    return (low, high) if high > low else (low, low + (abs(low) or 1.0))


def _labels(plot: Plot, scale: _Scale) -> dict[int, Span]:
    labels = {
        scale.rows - 1: (figure(scale.low, plot.unit), Tone.MUTED),
        0: (figure(scale.high, plot.unit), Tone.MUTED),
    }
    for limit in plot.limits:
        labels[scale.row(limit.value)] = (f"{limit.label} {figure(limit.value, plot.unit)}", limit.tone)
    return labels


def _columns(plot: Plot, count: int) -> list[Figure]:
    """Returns one figure for each column of the picture: the greatest that stood in its time."""
    span_s = max((plot.until - plot.since).total_seconds(), 1e-9)
    columns: list[list[Figure]] = [[] for _ in range(max(count, 1))]
    for index, (at, value) in enumerate(plot.points):
        start_s = (at - plot.since).total_seconds()
        end_s = start_s + 2 * plot.every_s
        if index + 1 < len(plot.points):
            end_s = min(end_s, (plot.points[index + 1][0] - plot.since).total_seconds())
        first = int(start_s / span_s * len(columns))
        last = int(min(end_s, span_s) / span_s * len(columns) - 1e-9)
        for column in range(max(first, 0), min(max(last, first), len(columns) - 1) + 1):
            columns[column].append(value)
    return [squeeze(column, 1)[0] if column else None for column in columns]


def _bars(columns: Sequence[Figure], row: int, plot: Plot, scale: _Scale, glyphs: Glyphs) -> list[Span]:
    limit = next((each for each in reversed(plot.limits) if scale.row(each.value) == row), None)
    spans: list[Span] = []
    text, tone = "", Tone.TEXT
    for value in columns:
        sign, its_tone = _cell(value, row, plot, scale, glyphs)
        if sign == " " and limit is not None:
            sign, its_tone = glyphs.limit, bars_tone(limit.tone)
        if its_tone != tone and text:
            spans.append((text, tone))
            text = ""
        tone = its_tone
        text += sign
    return [*spans, (text, tone)]


def _cell(value: Figure, row: int, plot: Plot, scale: _Scale, glyphs: Glyphs) -> Span:
    if value is None:
        return (glyphs.gap if row == scale.rows - 1 else " ", Tone.MUTED)
    broken = next((limit.tone for limit in reversed(plot.limits) if limit.is_broken_by(value)), Tone.TEXT)
    tone = bars_tone(broken)
    filled = scale.units(value) - (scale.rows - 1 - row) * scale.steps
    if filled <= 0:
        return (" ", tone)
    return (glyphs.levels[min(filled, scale.steps) - 1], tone)


def _time_axis(plot: Plot, indent: int, width: int) -> list[Span]:
    span_s = (plot.until - plot.since).total_seconds()
    form = "%H:%MZ" if span_s <= DAY_S else "%d %b %H:%MZ"
    start, end, middle = plot.since.strftime(form), plot.until.strftime(form), age(span_s)
    room = width - indent - len(start) - len(end)
    if room < len(middle) + 2:
        return [((" " * indent + start)[:width], Tone.MUTED)]
    return [(" " * indent + start + middle.center(room) + end, Tone.MUTED)]
