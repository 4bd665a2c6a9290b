"""How long each part of a look took."""

from __future__ import annotations

import time


class Phases:
    """A stopwatch that begins when it is made and is told when each part is done."""

    def __init__(self) -> None:
        self._began = self._last = time.perf_counter()
        self._parts: list[tuple[str, float]] = []
        self._total_s: float | None = None

    def step(self, name: str) -> None:
        """Notes that part `name` is done."""
        now = time.perf_counter()
        self._parts.append((name, now - self._last))
        self._last = now

    def stop(self) -> None:
        """Notes that all of it is done."""
        if self._total_s is None:
            self._total_s = time.perf_counter() - self._began

    def has(self, name: str) -> bool:
        """Tells whether part `name` is done."""
        return any(each == name for each, _ in self._parts)

    @property
    def total_s(self) -> float:
        """Returns the seconds from its beginning until it was stopped, or until now."""
        return self._total_s if self._total_s is not None else time.perf_counter() - self._began

    def as_tuple(self) -> tuple[tuple[str, float], ...]:
        """Returns the seconds of each part that was done, in order, and of all."""
        return (*self._parts, ("total", self.total_s))
