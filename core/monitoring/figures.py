"""The agent's figures about itself: what was asked of it, what it achieved, how late it was. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.counting import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

LATE_S = 0.05
"""A look that begins later than this after its slot counts as late."""
_STEPS = 12  # buckets a factor of ten
_LEAST_S = 0.0001
_BUCKETS = 6 * _STEPS  # 0.1 ms to 100 s


def _bucket(seconds: float) -> int:
    if seconds <= _LEAST_S:
        return 0
    return min(int(math.log10(seconds / _LEAST_S) * _STEPS) + 1, _BUCKETS)


@dataclass(slots=True)
class Figures:
    """Counts since `began` (monotonic seconds); taken and begun anew once a minute."""

    began: float
    looks: int = 0
    late: int = 0
    skipped: int = 0
    lateness: list[int] = field(default_factory=lambda: [0] * (_BUCKETS + 1))
    worst_s: float = 0.0

    def count_look(self, lateness_s: float) -> None:
        """Counts a look that began `lateness_s` seconds after it was due."""
        self.looks += 1
        self.late += lateness_s > LATE_S
        self.lateness[_bucket(lateness_s)] += 1
        self.worst_s = max(self.worst_s, lateness_s)

    def merged(self, other: Figures) -> Figures:
        """Returns the figures of both: of two minutes, or of two agents."""
        return Figures(
            min(self.began, other.began), self.looks + other.looks, self.late + other.late,
            self.skipped + other.skipped, [a + b for a, b in zip(self.lateness, other.lateness, strict=True)],
            max(self.worst_s, other.worst_s),
        )  # fmt: skip

    def percentile_s(self, share: float) -> float:
        """Returns the lateness that `share` (0 to 1) of the looks did not exceed.

        That is the upper end of its bucket (21 % wide), or the worst of all where that is less; beyond 100 s
        it is the worst of all.
        """
        wanted = math.ceil(sum(self.lateness) * share)
        seen = 0
        for number, amount in enumerate(self.lateness):
            seen += amount
            if amount and seen >= wanted:
                end_s = _LEAST_S * 10 ** (number / _STEPS) if number < _BUCKETS else math.inf
                return min(end_s, self.worst_s)
        return 0.0

    def as_info(
        self,
        now: float,
        *,
        asked_per_s: float,
        in_flight: int,
        probes: int,
        oldest_overdue_s: float | None = None,
    ) -> dict[str, Any]:
        """Returns the figures for the lease: rates a second, lateness in milliseconds, counts.

        `oldest_overdue_s` (Slots.oldest_overdue_s) is left out where it was not asked for.
        """
        span = max(now - self.began, 1e-9)
        info: dict[str, Any] = {
            "probes": probes, "asked_per_s": round(asked_per_s, 2), "achieved_per_s": round(self.looks / span, 2),
            "late": self.late, "skipped": self.skipped, "in_flight": in_flight,
            "late_p50_ms": round(self.percentile_s(0.5) * 1000, 1),
            "late_p99_ms": round(self.percentile_s(0.99) * 1000, 1),
            "late_worst_ms": round(self.worst_s * 1000, 1),
        }  # fmt: skip
        if oldest_overdue_s is not None:
            info["oldest_overdue_ms"] = round(oldest_overdue_s * 1000, 1)
        return info


def late_words(info: Mapping[str, Any]) -> str:
    """Returns in a line how late the probes of an agent are that says this of itself (Figures.as_info)."""
    late_s, skipped = float(info.get("late_p99_ms") or 0.0) / 1000, int(info.get("skipped") or 0)
    left_out = f", {counted(skipped, 'look')} left out" if skipped else ""
    return f"probes are late: up to {late_s:.1f} s{left_out}; what they measure is as old (watchfloor agents)"
