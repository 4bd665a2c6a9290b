"""What the answers come to: CSAT, NPS and CES, each with its rate, its formula and its interval. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.improvement.surveys.model import Scale

if TYPE_CHECKING:
    from collections.abc import Sequence

Z = 1.959964
"""So many standard errors hold 95 % of a normal distribution."""
SATISFIED = 4
PROMOTER, DETRACTOR = 9, 6
FORMULAS = {
    Scale.CSAT: "answers of 4 or 5, of all answers, in percent; Wilson interval, 95 %",
    Scale.NPS: "answers of 9 or 10 less answers of 0 to 6, of all answers, in percent; normal interval, 95 %",
    Scale.CES: "mean of all answers, 1 to 7; normal interval, 95 %",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure: its value and interval (None without an answer, the interval also with a single one), and on how much it stands."""

    scale: Scale
    asked: int
    answers: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def rate(self) -> float | None:
        """Returns the share of those asked who answered, in percent; None where nobody was asked."""
        return 100 * self.answers / self.asked if self.asked else None

    @property
    def formula(self) -> str:
        """Returns how the value comes about, in words."""
        return FORMULAS[self.scale]


def measure(scale: Scale, scores: Sequence[int], asked: int) -> Measured:
    """Returns what scores on one scale come to, of so many who were asked."""
    if not scores:
        return Measured(scale, asked, 0, None, None, None)
    if scale is Scale.CSAT:
        value, low, high = _share([score >= SATISFIED for score in scores])
    else:
        signs = (
            [_sign(score) for score in scores] if scale is Scale.NPS else [float(score) for score in scores]
        )
        value, low, high = _mean(signs)
        if low is not None and high is not None:
            least, most = (
                (-100.0, 100.0) if scale is Scale.NPS else (float(scale.lowest), float(scale.highest))
            )
            low, high = max(low, least), min(high, most)
    return Measured(scale, asked, len(scores), value, low, high)


def _sign(score: int) -> float:
    return 100.0 if score >= PROMOTER else -100.0 if score <= DETRACTOR else 0.0


def _share(hits: Sequence[bool]) -> tuple[float, float | None, float | None]:
    """Returns a share in percent with Wilson's interval, which stays between 0 and 100 with few answers, too."""
    n, p = len(hits), sum(hits) / len(hits)
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return 100 * p, 100 * max(middle - half, 0.0), 100 * min(middle + half, 1.0)


def _mean(values: Sequence[float]) -> tuple[float, float | None, float | None]:
    n, mean = len(values), sum(values) / len(values)
    if n == 1:
        return mean, None, None
    half = Z * math.sqrt(sum((value - mean) ** 2 for value in values) / (n - 1) / n)
    return mean, mean - half, mean + half
