"""How long a screen waits before it asks again what was refused."""

from __future__ import annotations

LONGEST_TICKS = 30
"""So many ticks, a second each, at most: a screen that was refused ten times must not ask as often as one that was refused once."""


class Patience:
    """Counts ticks: each refusal doubles the pause before the next question, and an answer ends it."""

    def __init__(self) -> None:
        self._pause = self._left = 0

    def refused(self) -> None:
        """Waits twice as long as after the refusal before."""
        self._pause = self._left = min(max(2 * self._pause, 1), LONGEST_TICKS)

    def answered(self) -> None:
        """Waits for nothing any more."""
        self._pause = self._left = 0

    def is_over(self) -> bool:
        """Counts one tick, and tells whether it may be asked again."""
        self._left = max(self._left - 1, 0)
        return not self._left
