"""What confirms a state and what does not: forced looks, holds, silence, and an agent that was replaced."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import Probe, TcpTarget
from core.monitoring.evaluation import HOLD_LIMIT_S, ProbeState, evaluate, no_data
from core.monitoring.model import Reading, State

PROBE = Probe("look", TcpTarget("h", 1), every_s=10, attempts=3, good_attempts=2, retry_s=5)
OK, WARN, CRIT, UNKNOWN = State.OK, State.WARNING, State.CRITICAL, State.UNKNOWN
SECOND = 1_000_000


def looked(
    state: ProbeState, found: State, at_s: float, *, probe: Probe = PROBE, hold: bool = False
) -> ProbeState:
    return evaluate(state, Reading(found, str(found)), probe, int(at_s * SECOND), hold=hold).state


def confirmed(found: State) -> ProbeState:
    state = ProbeState()
    for n in range(1, 4):
        state = looked(state, found, n * 10)
    assert state.confirmed
    return state


def test_forced_looks_one_after_the_other_confirm_no_sooner_than_the_retries_would() -> None:
    state, told = ProbeState(), []
    for n in range(5):  # every two seconds, each closer than half of 5 s to the one before
        state = looked(state, CRIT, 10 + n * 2)
        told.append((state.attempt, state.confirmed))
    assert told == [(1, False), (1, False), (2, False), (2, False), (3, True)]


def test_recovery_is_confirmed_by_no_forced_look_either() -> None:
    state = looked(confirmed(CRIT), OK, 40)
    state = looked(state, OK, 40.1)
    assert (state.state, state.good) == (CRIT, 1)
    assert looked(state, OK, 45).state is OK


def test_a_confirmed_warning_becomes_no_confirmed_failure_while_it_is_held() -> None:
    held = looked(confirmed(WARN), CRIT, 40, hold=True)
    assert (held.state, held.confirmed) == (CRIT, False)
    let_go = looked(held, CRIT, 45)
    assert (let_go.state, let_go.confirmed) == (CRIT, True)


def test_what_is_confirmed_stays_so_while_it_is_held() -> None:
    assert looked(confirmed(CRIT), CRIT, 40, hold=True).confirmed
    assert looked(confirmed(CRIT), WARN, 40, hold=True).confirmed


def test_the_first_bad_result_after_silence_confirms_nothing() -> None:
    silence = no_data(confirmed(OK), PROBE, 500 * SECOND)
    assert silence is not None
    assert (silence.state.state, silence.state.confirmed) == (UNKNOWN, True)
    state = looked(silence.state, CRIT, 501)
    assert (state.state, state.confirmed, state.attempt) == (CRIT, False, 1)
    state = looked(looked(state, CRIT, 506), CRIT, 511)
    assert (state.state, state.confirmed) == (CRIT, True)


def test_silence_is_told_once_and_ends_with_the_next_result() -> None:
    silence = no_data(confirmed(CRIT), PROBE, 500 * SECOND)
    assert silence is not None
    assert no_data(silence.state, PROBE, 900 * SECOND) is None
    assert not looked(silence.state, CRIT, 901).silent


def test_a_probe_never_looked_at_is_not_silent() -> None:
    assert no_data(ProbeState(), PROBE, 10_000 * SECOND) is None


def test_either_agent_may_be_newer_than_the_other() -> None:
    state = confirmed(CRIT)
    data = json.loads(state.to_json())
    assert ProbeState.from_json(json.dumps({**data, "what_a_later_one_added": [1]})) == state
    assert ProbeState.from_json("{}") == ProbeState()
    older = {name: data[name] for name in ("state", "confirmed", "attempt", "last_at")}
    assert ProbeState.from_json(json.dumps(older)).state is CRIT


RESULTS = st.lists(
    st.tuples(st.sampled_from([OK, WARN, CRIT, UNKNOWN]), st.floats(0.01, 30), st.booleans()), max_size=40
)


@given(RESULTS, st.integers(1, 4), st.integers(1, 3))
def test_whatever_comes_nothing_is_confirmed_in_less_time_than_its_attempts_take(
    results: list[tuple[State, float, bool]], attempts: int, good: int
) -> None:
    probe = replace(PROBE, attempts=attempts, good_attempts=good)
    state, at, bad_since, stood = ProbeState(), 0.0, 0.0, False
    for found, gap, hold in results:
        at += gap
        before = state
        if found is OK or before.raw in {OK, State.PENDING}:
            bad_since = at
        state = looked(state, found, at, probe=probe, hold=hold)
        # What was confirmed once and was held since needs no new confirmation until it has recovered.
        stood = before.state is not OK and (stood or (before.confirmed and before.state is not State.PENDING))
        if state.confirmed and state.state is not OK and not stood:
            assert not hold or at - bad_since >= HOLD_LIMIT_S - 1e-5
            assert at - bad_since >= (attempts - 1) * probe.retry_s / 2 - 1e-5
        assert 0 <= state.attempt <= attempts
        assert state.state is not OK or (state.confirmed and state.attempt == 0)
        assert ProbeState.from_json(state.to_json()) == state


@given(RESULTS, st.integers(0, 40))
def test_an_agent_that_takes_over_goes_on_where_the_other_ended(
    results: list[tuple[State, float, bool]], cut: int
) -> None:
    ends = []
    for take_over_at in (cut, len(results) + 1):
        state, at = ProbeState(), 0.0
        for n, (found, gap, hold) in enumerate(results):
            if n == take_over_at:
                state = ProbeState.from_json(state.to_json())
            at += gap
            state = looked(state, found, at, hold=hold)
        ends.append(state)
    assert ends[0] == ends[1]
