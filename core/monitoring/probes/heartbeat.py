"""`heartbeat`: somebody else says that he lives; silence is what is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.monitoring.beats import last_beat
from core.monitoring.model import Metric, Reading, State
from core.monitoring.probes.context import unjudged
from core.printable import printable
from core.timekeeping import age, utc_now

if TYPE_CHECKING:
    from core.catalog.model import HeartbeatTarget
    from core.monitoring.probes.context import ProbeContext


class HeartbeatProber:
    """Reads when the name last beat."""

    def __init__(self, target: HeartbeatTarget, context: ProbeContext) -> None:
        self._target, self._context = target, context

    async def look(self, timeout_s: float) -> Reading:  # noqa: ARG002  (a small local file answers at once)
        """Measures the silence since the last beat."""
        beat = last_beat(self._context.beats, self._target.name)
        if beat is None:
            return unjudged(f"no beat of {self._target.name} yet")
        silent_s = max((utc_now() - beat.at).total_seconds(), 0.0)
        metric = Metric("silence_s", silent_s, "s")
        said = f": {beat.note}" if beat.note else ""
        verdict = State(beat.verdict)
        words = f"{self._target.name} beat {age(silent_s)} ago{said}"
        if verdict is not State.OK:
            words = f"{self._target.name} says {verdict}{said or ' of itself'}"
        if silent_s > self._target.within_s + self._target.grace_s:
            verdict, words = (
                State.CRITICAL,
                f"no beat of {self._target.name} for {age(silent_s)} (expected within {age(self._target.within_s)})",
            )
        elif silent_s > self._target.within_s:
            verdict = State.WARNING if verdict is State.OK else verdict
            words = f"{self._target.name} is late: silent for {age(silent_s)}"
        return Reading(verdict, printable(words, 500), (metric,))

    async def close(self) -> None:
        """Holds nothing between looks."""
