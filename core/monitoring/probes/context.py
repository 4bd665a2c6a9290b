"""What a prober is given, what it must be able to do, and the words in which it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.monitoring.model import Metric, Reading, State
from core.printable import printable
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ProbeContext:
    """What probers share: the folder in which heartbeats are left, and what time it is (aware, UTC)."""

    beats: Path
    now: Callable[[], datetime] = utc_now


class Prober(Protocol):
    """Looks at one target again and again; may remember what it saw."""

    async def look(self, timeout_s: float) -> Reading:
        """Looks once, for at most `timeout_s` seconds. What the target does is a reading, never an exception."""
        ...

    async def close(self) -> None:
        """Gives up what it holds."""
        ...


def good(
    summary: str, *metrics: Metric, detail: str = "", phases: tuple[tuple[str, float], ...] = ()
) -> Reading:
    """Returns a reading that finds nothing wrong."""
    return Reading(State.OK, printable(summary, 500), metrics, detail, phases)


def bad(
    summary: str, *metrics: Metric, detail: str = "", phases: tuple[tuple[str, float], ...] = ()
) -> Reading:
    """Returns a reading of a target that fails."""
    return Reading(State.CRITICAL, printable(summary, 500), metrics, detail, phases)


def unjudged(summary: str, detail: str = "", *, phases: tuple[tuple[str, float], ...] = ()) -> Reading:
    """Returns a reading of a probe that could not look: it says nothing about its target."""
    return Reading(State.UNKNOWN, printable(summary, 500), (), detail, phases)
