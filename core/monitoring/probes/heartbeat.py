"""`heartbeat`: somebody else says that he lives; silence is what is looked for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.monitoring.beats import VERDICTS, last_beat
from core.monitoring.model import Metric, Reading, State
from core.monitoring.probes.context import unjudged
from core.monitoring.probes.within import look_within
from core.printable import printable
from core.pulse import Pulse
from core.timekeeping import age

if TYPE_CHECKING:
    from core.catalog.model import HeartbeatTarget
    from core.monitoring.beats import Beat
    from core.monitoring.probes.context import ProbeContext


class HeartbeatProber:
    """Reads when the name last beat."""

    def __init__(self, target: HeartbeatTarget, context: ProbeContext) -> None:
        self._target = target
        self._context = context
        self._pulse = Pulse(wall=context.now)

    async def look(self, timeout_s: float) -> Reading:
        """Measures the silence since the last beat; a small local file, which answers at once."""
        return await look_within(
            timeout_s, self._ask(), lambda: unjudged(f"the beats of {self._target.name} cannot be read in time")
        )  # fmt: skip

    async def close(self) -> None:
        """Holds nothing between looks."""

    async def _ask(self) -> Reading:
        name = self._target.name
        beat = last_beat(self._context.beats, name)
        if beat is None:
            return unjudged(f"no beat of {name} yet")
        if beat.verdict not in VERDICTS or beat.at.tzinfo is None:
            return unjudged(f"the last beat of {name} is not one that `watchfloor beat` leaves")
        return self._judge(beat)

    def _judge(self, beat: Beat) -> Reading:
        target = self._target
        self._pulse.look(beat, beat.at)
        silent_s = self._pulse.silent_at_look_s
        said = f": {beat.note}" if beat.note else ""
        verdict = State(beat.verdict)
        # An instant stays true for as long as the words stand; how long ago it was does not.
        last = self._context.now() - timedelta(seconds=silent_s)
        since = f"{last:%H:%M:%S}Z" if silent_s < DAY_S else f"{last:%Y-%m-%d %H:%M}Z"
        words = f"{target.name} beat {age(silent_s)} ago{said}"
        if verdict is not State.OK:
            words = f"{target.name} says {verdict}{said or ' of itself'}"
        if silent_s > target.within_s + target.grace_s:
            verdict = State.CRITICAL
            words = f"no beat of {target.name} since {since} (expected every {age(target.within_s)})"
        elif silent_s > target.within_s:
            verdict = State.WARNING if verdict is State.OK else verdict
            words = f"{target.name} is late: silent since {since}{said}"
        elif self._pulse.ahead_s > CLOCK_SKEW_S:
            verdict = State.WARNING if verdict is State.OK else verdict
            words = f"{target.name} beat {age(self._pulse.ahead_s)} in the future: one of the clocks is wrong{said}"
        return Reading(verdict, printable(words, 500), (Metric("silence_s", silent_s, "s"),))


DAY_S = 86400
CLOCK_SKEW_S = 60.0
"""How far ahead a beat's clock may be before that is told; a beat of tomorrow would hide a day of silence."""
