"""What a probe's result comes to: soft and hard states, recovery, flapping, silence.

One pure function serves live work, the continuation after a restart, and replay: no clock, no I/O.

- A bad result makes the state soft; `attempts` bad results in a row confirm it, whatever their levels: the
  last one's counts. Until then the probe is looked at again after `retry_s`.
- While confirmed, another bad level counts at once; after silence it is to be confirmed like any other.
- From soft, one good result is enough. From confirmed, `good_attempts` good results in a row are.
- Results closer together than half of `retry_s` are one attempt, in both directions.
- `hold` keeps a state, or a worse one than the confirmed one, from being confirmed: something it needs is
  itself not confirmed yet. What is held counts as soft, save that a confirmed unknown stays what it is: it is
  down either way. A hold lasts HOLD_LIMIT_S at most, so that nobody's doubt hides a failure for good.
- The first result of all is no change when it is good.
- Another kind of failure (see `likeness`) while one is confirmed is told when it was found KIND_STANDS times in
  a row: words that vary from result to result are not a change each time.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from core.monitoring.flapping import add_result, is_flapping
from core.monitoring.likeness import kind_of
from core.monitoring.model import State
from core.monitoring.thresholds import judge
from core.timekeeping import age

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.catalog.model import Probe
    from core.monitoring.model import Reading
    from core.monitoring.thresholds import Judgement

NO_DATA_GRACE_S = 15.0
HOLD_LIMIT_S = 300.0
KIND_STANDS = 3
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
    held_at: int = 0  # since when only a hold keeps it from being confirmed; 0 while none does
    kind: int = 0  # how it fails, as people were told; 0 while it does not, or that is not known
    other: int = 0  # another kind found since, and how many times in a row
    others: int = 0

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


class _Count(NamedTuple):
    """The part of a probe's state that the counting of results decides."""

    state: State
    confirmed: bool
    attempt: int
    good: int
    since: int
    counted_at: int
    held_at: int = 0


class _Kind(NamedTuple):
    """How it fails, as told, and what was found instead since."""

    kind: int = 0
    other: int = 0
    others: int = 0


def evaluate(before: ProbeState, reading: Reading, probe: Probe, at: int, *, hold: bool = False) -> Evaluated:
    """Returns what `reading`, taken at `at` (microseconds UTC), makes of `before`."""
    judged = judge(reading, probe.thresholds, before.levels)
    is_good = judged.state in GOOD
    bits = add_result(before.bits, changed=before.raw not in {State.PENDING, judged.state})
    count = _good(before, probe, at) if is_good else _bad(before, judged.state, probe, at, hold=hold)
    told = _Kind() if is_good and not count.good else _told(before, count, reading, judged)
    summary = judged.summary
    if count.good:
        summary = f"recovering, {count.good} of {probe.good_attempts}: {summary}"
    after = ProbeState(
        state=count.state, confirmed=count.confirmed, attempt=count.attempt, good=count.good, since=count.since,
        last_at=at, raw=judged.state, summary=summary, bits=bits, flapping=is_flapping(bits, before=before.flapping),
        levels=judged.levels, counted_at=count.counted_at, held_at=count.held_at,
        kind=told.kind, other=told.other, others=told.others,
    )  # fmt: skip
    retry = not after.confirmed or after.good > 0 or after.held_at > 0
    return Evaluated(after, _differs(before, after), retry)


def _told(before: ProbeState, count: _Count, reading: Reading, judged: Judgement) -> _Kind:
    """Returns how it fails as people are told it after this result."""
    if judged.state in GOOD:
        return _Kind(before.kind)
    kind = kind_of(reading, judged)
    stands = (
        _is_certainly_bad(before) and (before.state, True) == (count.state, count.confirmed) and before.kind
    )
    if not stands or kind == before.kind:
        return _Kind(kind)
    others = before.others + 1 if kind == before.other else 1
    return _Kind(kind) if others >= KIND_STANDS else _Kind(before.kind, kind, others)


def _good(before: ProbeState, probe: Probe, at: int) -> _Count:
    if before.state in GOOD:
        return _Count(before.state, before.confirmed, 0, 0, before.since, before.counted_at)
    counts = before.good == 0 or _is_apart(before, probe, at)
    good = before.good + counts
    counted_at = at if counts else before.counted_at
    if _is_certainly_bad(before) and good < probe.good_attempts:
        return _Count(before.state, True, before.attempt, good, before.since, counted_at)
    return _Count(State.OK, True, 0, 0, at, counted_at)


def _bad(before: ProbeState, state: State, probe: Probe, at: int, *, hold: bool) -> _Count:
    since = before.since if state is before.state else at
    attempt, counted_at, is_down = before.attempt, before.counted_at, False
    if before.silent and before.state is State.UNKNOWN:
        # Silence was the agent's word, not the probe's: nothing that it found stands confirmed.
        attempt = 0
    elif _is_certainly_bad(before):
        if not hold or state.severity <= before.state.severity:
            return _Count(state, True, probe.attempts, 0, since, counted_at)
        attempt, is_down = probe.attempts, before.state is State.UNKNOWN
    if attempt == 0 or (attempt < probe.attempts and _is_apart(before, probe, at)):
        attempt, counted_at = attempt + 1, at
    attempt = min(attempt, probe.attempts)
    if attempt < probe.attempts or not hold:
        return _Count(state, attempt == probe.attempts, attempt, 0, since, counted_at)
    held_at = before.held_at or at
    if at - held_at >= HOLD_LIMIT_S * 1e6:
        return _Count(state, True, attempt, 0, since, counted_at)
    if is_down:
        return _Count(before.state, True, attempt, 0, before.since, counted_at, held_at)
    return _Count(state, False, attempt, 0, since, counted_at, held_at)


def _is_certainly_bad(state: ProbeState) -> bool:
    return state.confirmed and state.state not in GOOD and state.state is not State.PENDING


def _is_apart(before: ProbeState, probe: Probe, at: int) -> bool:
    """Tells whether a result counts by itself: one forced soon after the last that counted does not.

    A clock that was set back must not keep results from counting until it has caught up.
    """
    return abs(at - before.counted_at) >= probe.retry_s * 500_000


def no_data(
    before: ProbeState, probe: Probe, at: int, *, lateness_s: float = 0.0, since: int = 0
) -> Evaluated | None:
    """Returns the state of a probe that has been silent too long at `at`; None while it is not.

    Too long is interval + time-out + the agent's own lateness + NO_DATA_GRACE_S, counted from the last
    result or from `since` (microseconds UTC: when somebody began to listen), whichever is later. Silence
    makes the state unknown at once, but never clears one that is confirmed critical: that stays, and says so.
    """
    heard_at = max(before.last_at, since)
    if heard_at == 0 or before.silent:
        return None
    limit_s = probe.every_s + probe.timeout_s + lateness_s + NO_DATA_GRACE_S
    if at - heard_at <= limit_s * 1e6:
        return None
    # The words are written once and stay for as long as the silence does: they name the limit, not its length.
    words = f"no data for more than {age(limit_s)}"
    if before.state is State.CRITICAL and before.confirmed:
        after = replace(before, good=0, silent=True, summary=f"{words}; before: {before.summary}")
    else:
        begun = before.since if before.state is State.UNKNOWN else at
        after = replace(
            before, state=State.UNKNOWN, confirmed=True, good=0, since=begun, silent=True, held_at=0, summary=words
        )  # fmt: skip
    return Evaluated(after, changed=True, retry=False)


def doubt(before: ProbeState) -> ProbeState:
    """Returns a bad state as one that must be confirmed from the first look on: what it needed has just come back.

    Looks taken while that was away do not count, be the state confirmed by them or half way to it.
    """
    if before.state in GOOD or before.state is State.PENDING:
        return before
    return replace(before, confirmed=False, attempt=0, good=0, held_at=0)


def doubt_failure(before: ProbeState) -> ProbeState:
    """Returns a failure as one that must be confirmed from the first look on; what is bad for certain without being one stays.

    So it is when a maintenance window is over: looks taken in it do not count.
    """
    is_failure = before.state is State.CRITICAL or not before.confirmed
    return doubt(before) if is_failure else before


def _differs(before: ProbeState, after: ProbeState) -> bool:
    if before.state is State.PENDING and after.state in GOOD:
        return False
    if (before.state, before.confirmed, before.flapping) != (after.state, after.confirmed, after.flapping):
        return True
    return after.confirmed and 0 not in {before.kind, after.kind} and before.kind != after.kind
