"""How fast and how openly reviewers decide: what tells a look at each grant from waving all of them through. Pure."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.security.reviews.model import Decision

LONGEST_LOOK_S = 300.0
"""Who decides nothing for so long did something else meanwhile: that is no time of a decision."""
TOO_FAST_S = 10.0
TOO_KEEN = 0.95
ENOUGH = 20
"""Of fewer decisions nothing is said."""


class Pace(NamedTuple):
    """How somebody decided: how many decisions, the median seconds of one (None: not known), the share that changes something."""

    decided: int = 0
    median_s: float | None = None
    changes: float = 0.0

    @property
    def is_hasty(self) -> bool:
        """Tells whether it looks like waving through: nearly all kept, each within seconds."""
        return (
            self.decided >= ENOUGH
            and self.median_s is not None
            and self.median_s < TOO_FAST_S
            and 1 - self.changes > TOO_KEEN
        )

    @property
    def in_words(self) -> str:
        """Returns it in a line."""
        each = "" if self.median_s is None else f", {self.median_s:.0f} s each (median)"
        return f"{self.decided} decided{each}, {self.changes:.0%} change something"


def pace_of(decisions: Iterable[tuple[Decision, float | None]]) -> Pace:
    """Returns the pace of decisions, each with the seconds it took."""
    found = list(decisions)
    if not found:
        return Pace()
    known = [seconds for _, seconds in found if seconds is not None]
    changes = sum(1 for decision, _ in found if decision.is_change)
    return Pace(len(found), median(known) if known else None, changes / len(found))


def seconds_each(since_s: float | None, count: int) -> float | None:
    """Returns how long each of `count` decisions took that were made at once, so many seconds after the one before.

    None where nothing was decided before, or so long ago that something else was done meanwhile.
    """
    if since_s is None or not 0 <= since_s <= LONGEST_LOOK_S or not count:
        return None
    return since_s / count
