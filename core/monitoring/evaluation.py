"""What a probe's result comes to: soft and hard states, recovery, flapping, silence.

One pure function serves live work, the continuation after a restart, and replay: no clock, no I/O.

- A bad result makes the state soft; `attempts` bad results in a row confirm it. Until then the probe is
  looked at again after `retry_s`.
- While confirmed, another bad level counts at once; after silence it is to be confirmed like any other.
- From soft, one good result is enough. From confirmed, `good_attempts` good results in a row are.
- Results closer together than half of `retry_s` are one attempt, in both directions.
- `hold` keeps a state, or a worse one than the confirmed one, from being confirmed: something it needs is
  itself not confirmed yet.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from core.monitoring.flapping import add_result, is_flapping
from core.monitoring.model import State
from core.monitoring.thresholds import judge
from core.timekeeping import age

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.catalog.model import Probe
    from core.monitoring.model import Reading

NO_DATA_GRACE_S = 15.0
GOOD = frozenset({State.OK})


@dataclass(frozen=True, slots=True)
class ProbeState:
    """What is known of a probe. Instants are microseconds UTC; `last_at` 0 means it was never looked at."""

    state: State = State.PENDING
    confirmed: bool = True
    attempt: int = 0  # bad results in a row, at most `attempts`
    good: int = 0  # good results in a row while a confirmed bad state stands
    since: int = 0
    last_at: int = 0
    raw: State = State.PENDING  # what the last result alone said
    summary: str = "not looked at yet"
    bits: int = 0
    flapping: bool = False
    levels: Mapping[str, State] = field(default_factory=dict)
    silent: bool = False
    counted_at: int = 0  # when `attempt` or `good` last grew

    def to_json(self) -> str:
        """Returns it as text for the agent that continues after a restart."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> ProbeState:
        """Returns what `to_json` wrote; fields it does not know are passed over, so that either side may be newer."""
        data: dict[str, Any] = json.loads(text)
        known = {name: data[name] for name in cls.__slots__ if name in data}
        for name in known.keys() & {"state", "raw"}:
            known[name] = State(known[name])
        known["levels"] = {metric: State(level) for metric, level in known.get("levels", {}).items()}
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The state after a result; whether people must hear of it; whether to look again soon."""

    state: ProbeState
    changed: bool
    retry: bool


def evaluate(before: ProbeState, reading: Reading, probe: Probe, at: int, *, hold: bool = False) -> Evaluated:
    """Returns what `reading`, taken at `at` (microseconds UTC), makes of `before`."""
    judged = judge(reading, probe.thresholds, before.levels)
    changed_raw = before.raw is not State.PENDING and judged.state is not before.raw
    bits = add_result(before.bits, changed=changed_raw)
    base = replace(
        before, raw=judged.state, last_at=at, bits=bits, levels=judged.levels, silent=False,
        flapping=is_flapping(bits, before=before.flapping), summary=judged.summary,
    )  # fmt: skip
    after = (
        _good(base, probe, at)
        if judged.state in GOOD
        else _bad(base, judged.state, probe, at, hold=hold, silent=before.silent)
    )
    retry = not after.confirmed or (after.good > 0 and after.state not in GOOD)
    return Evaluated(after, _differs(before, after), retry)


def _good(base: ProbeState, probe: Probe, at: int) -> ProbeState:
    if base.state in GOOD:
        return replace(base, attempt=0, good=0)
    counts = base.good == 0 or _is_apart(base, probe, at)
    good = base.good + counts
    if counts:
        base = replace(base, counted_at=at)
    if base.confirmed and base.state is not State.PENDING and good < probe.good_attempts:
        words = f"recovering, {good} of {probe.good_attempts}: {base.summary}"
        return replace(base, good=good, summary=words)
    return replace(base, state=State.OK, confirmed=True, attempt=0, good=0, since=at)


def _bad(base: ProbeState, state: State, probe: Probe, at: int, *, hold: bool, silent: bool) -> ProbeState:
    stood = base.confirmed and base.state not in GOOD and base.state is not State.PENDING
    since = base.since if state is base.state else at
    if silent and base.state is State.UNKNOWN:
        # Silence was the agent's word, not the probe's: nothing that it found stands confirmed.
        base, stood = replace(base, attempt=0), False
    if stood:
        confirmed = not hold or state.severity <= base.state.severity
        return replace(base, state=state, confirmed=confirmed, attempt=probe.attempts, good=0, since=since)
    if base.attempt == 0 or _is_apart(base, probe, at):
        base = replace(base, attempt=min(base.attempt + 1, probe.attempts), counted_at=at)
    confirmed = base.attempt >= probe.attempts and not hold
    return replace(base, state=state, confirmed=confirmed, good=0, since=since)


def _is_apart(base: ProbeState, probe: Probe, at: int) -> bool:
    """Tells whether a result counts by itself: one forced soon after the last that counted does not."""
    return at - base.counted_at >= probe.retry_s * 500_000


def no_data(before: ProbeState, probe: Probe, at: int, *, lateness_s: float = 0.0) -> Evaluated | None:
    """Returns the state of a probe that has been silent too long at `at`; None while it is not.

    Too long is interval + time-out + the agent's own lateness + NO_DATA_GRACE_S. Silence makes the state
    unknown at once, but never clears one that is confirmed critical: that stays, and says so.
    """
    if before.last_at == 0 or before.silent:
        return None
    limit = probe.every_s + probe.timeout_s + lateness_s + NO_DATA_GRACE_S
    silent_s = (at - before.last_at) / 1e6
    if silent_s <= limit:
        return None
    words = f"no data for {age(silent_s)}"
    if before.state is State.CRITICAL and before.confirmed:
        after = replace(before, silent=True, summary=f"{words}; before: {before.summary}")
    else:
        after = replace(before, state=State.UNKNOWN, confirmed=True, since=at, silent=True, summary=words)
    return Evaluated(after, changed=True, retry=False)


def doubt(before: ProbeState) -> ProbeState:
    """Returns a confirmed bad state as one that must be confirmed anew: what it needed has just come back."""
    if before.confirmed and before.state not in GOOD and before.state is not State.PENDING:
        return replace(before, confirmed=False, attempt=0, good=0)
    return before


def _differs(before: ProbeState, after: ProbeState) -> bool:
    return (before.state, before.confirmed, before.flapping) != (after.state, after.confirmed, after.flapping)
