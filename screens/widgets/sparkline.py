"""A series of figures as one line of bars."""

from __future__ import annotations

import itertools
from math import ceil, isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screens.widgets.glyphs import Glyphs

Figure = float | None
"""A value, or None where none was had."""


def sparkline(
    values: Sequence[Figure],
    width: int,
    glyphs: Glyphs,
    *,
    low: float | None = None,
    high: float | None = None,
) -> str:
    """Returns `width` cells of bars, the newest value at the right; a gap stays blank.

    `low` and `high` are what the lowest and highest bar stand for; without them, the least and the
    greatest value shown. A series that never changes lies at the bottom.
    """
    shown = squeeze(values, width)
    known = [value for value in shown if value is not None]
    if not known:
        return " " * width
    bottom = min(known) if low is None else low
    top = max(known) if high is None else high
    bars = "".join(" " if value is None else bar(value, bottom, top, glyphs.levels) for value in shown)
    return bars.rjust(width)


def bar(value: float, low: float, high: float, levels: str) -> str:
    """Returns the bar whose height is nearest to where `value` lies between `low` and `high`."""
    if high / 2 <= low / 2:
        return levels[0]
    # By halves: the distance of the greatest numbers there are is greater than all numbers.
    part = min(max((value / 2 - low / 2) / (high / 2 - low / 2), 0.0), 1.0)
    return levels[round(part * (len(levels) - 1))]


def squeeze(values: Sequence[Figure], width: int) -> list[Figure]:
    """Returns at most `width` figures; of those that share a cell, the greatest: a peak must not vanish.

    A cell is a gap only when all its values are. Values that are not finite count as gaps.
    """
    clean = [value if value is not None and isfinite(value) else None for value in values]
    if len(clean) <= width:
        return clean
    edges = [ceil(index * len(clean) / width) for index in range(width + 1)]
    parts = (clean[start:end] for start, end in itertools.pairwise(edges))
    return [max((value for value in part if value is not None), default=None) for part in parts]
