"""What a failure waits for, how long at most, and what silence and a clock set back do to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.catalog.model import Probe, TcpTarget
from core.monitoring.evaluation import HOLD_LIMIT_S, Evaluated, ProbeState, doubt, evaluate, no_data
from core.monitoring.model import Reading, State

PROBE = Probe("look", TcpTarget("h", 1), every_s=30, timeout_s=5, attempts=3, good_attempts=2, retry_s=5)
OK, WARN, CRIT, UNKNOWN, PENDING = State.OK, State.WARNING, State.CRITICAL, State.UNKNOWN, State.PENDING
SECOND = 1_000_000


def look(
    state: ProbeState, found: State, at_s: float, *, probe: Probe = PROBE, hold: bool = False
) -> Evaluated:
    return evaluate(state, Reading(found, f"it is {found}"), probe, int(at_s * SECOND), hold=hold)


def after(*found: State, begin: ProbeState | None = None, at_s: float = 0) -> ProbeState:
    state = begin or ProbeState()
    for n, each in enumerate(found, 1):
        state = look(state, each, at_s + n * 10).state
    return state


# Attempts of Icinga 2 (test/icinga-checkresult.cpp, three attempts), re-expressed: results, then state,
# whether it is hard, and the attempt. Where it begins anew at 1 after the hard change, here it stays at 3.
@pytest.mark.parametrize(
    ("found", "state", "confirmed", "attempt"),
    [
        ([OK], OK, True, 0),
        ([OK, CRIT], CRIT, False, 1),
        ([OK, CRIT, CRIT], CRIT, False, 2),
        ([OK, CRIT, CRIT, CRIT], CRIT, True, 3),
        ([OK, CRIT, CRIT, CRIT, CRIT], CRIT, True, 3),
        ([OK, WARN, CRIT], CRIT, False, 2),
        ([OK, WARN, CRIT, UNKNOWN], UNKNOWN, True, 3),
        ([OK, CRIT, OK], OK, True, 0),
        ([OK, CRIT, CRIT, CRIT, OK], CRIT, True, 3),
        ([OK, CRIT, CRIT, CRIT, OK, OK], OK, True, 0),
        ([OK, CRIT, CRIT, CRIT, OK, WARN], WARN, True, 3),
        ([OK, WARN, WARN, WARN, CRIT], CRIT, True, 3),
    ],
)
def test_states_attempts_and_confirmation_after_each_result(
    found: list[State], state: State, confirmed: bool, attempt: int
) -> None:
    told = after(*found)
    assert (told.state, told.confirmed, told.attempt) == (state, confirmed, attempt)


@pytest.mark.parametrize(
    ("before", "found", "changed", "retry"),
    [
        ((), OK, False, False),
        ((), CRIT, True, True),
        ((OK,), OK, False, False),
        ((OK,), CRIT, True, True),
        ((OK, CRIT), CRIT, False, True),
        ((OK, CRIT, CRIT), CRIT, True, False),
        ((OK, CRIT, CRIT, CRIT), CRIT, False, False),
        ((OK, CRIT, CRIT, CRIT), WARN, True, False),
        ((OK, CRIT, CRIT, CRIT), OK, False, True),
        ((OK, CRIT, CRIT, CRIT, OK), OK, True, False),
    ],
)
def test_what_people_hear_of_and_when_it_is_looked_at_again_soon(
    before: tuple[State, ...], found: State, changed: bool, retry: bool
) -> None:
    told = look(after(*before), found, 1000)
    assert (told.changed, told.retry) == (changed, retry)


def test_the_attempts_that_a_hold_kept_back_confirm_as_soon_as_it_ends() -> None:
    state = ProbeState()
    for n in range(1, 6):
        state = look(state, CRIT, n * 10, hold=True).state
    assert (state.confirmed, state.attempt, state.held_at) == (False, 3, 30 * SECOND)
    let_go = look(state, CRIT, 60).state
    assert (let_go.confirmed, let_go.held_at) == (True, 0)


def test_a_hold_that_never_ends_hides_a_failure_no_longer_than_its_limit() -> None:
    state, at_s = ProbeState(), 0
    while not state.confirmed or state.state is PENDING:
        at_s += 10
        state = look(state, CRIT, at_s, hold=True).state
        assert state.confirmed is (at_s - 30 >= HOLD_LIMIT_S)


def test_a_confirmed_unknown_that_turns_critical_stays_down_while_it_is_held() -> None:
    held = look(after(UNKNOWN, UNKNOWN, UNKNOWN), CRIT, 40, hold=True)
    assert (held.state.state, held.state.confirmed, held.changed, held.retry) == (UNKNOWN, True, False, True)
    let_go = look(held.state, CRIT, 45)
    assert (let_go.state.state, let_go.state.confirmed, let_go.changed) == (CRIT, True, True)
    assert look(held.state, CRIT, 40 + HOLD_LIMIT_S, hold=True).state.state is CRIT


def test_a_good_result_ends_what_was_held_and_the_next_failure_has_its_own_time() -> None:
    state = after(CRIT, CRIT)
    state = look(state, CRIT, 30, hold=True).state
    state = look(state, OK, 40).state
    assert (state.state, state.held_at) == (OK, 0)
    at_s = 30 + HOLD_LIMIT_S
    for n in range(3):
        state = look(state, CRIT, at_s + n * 10, hold=True).state
    assert not state.confirmed


def test_a_clock_set_back_does_not_keep_a_failure_from_being_confirmed() -> None:
    state = look(ProbeState(), CRIT, 100_000).state
    state = look(state, CRIT, 90_000).state
    state = look(state, CRIT, 90_005).state
    assert (state.attempt, state.confirmed) == (3, True)


def test_fewer_attempts_declared_in_the_middle_of_a_count_confirm_at_the_next_result() -> None:
    state = after(CRIT, CRIT)
    told = look(state, CRIT, 100, probe=replace(PROBE, attempts=1)).state
    assert (told.confirmed, told.attempt) == (True, 1)


def test_silence_is_too_long_after_interval_time_out_lateness_and_grace() -> None:
    heard = look(ProbeState(), OK, 1000).state
    assert no_data(heard, PROBE, 1050 * SECOND) is None
    assert no_data(heard, PROBE, 1050 * SECOND + 1) is not None
    assert no_data(heard, PROBE, 1060 * SECOND, lateness_s=10) is None
    told = no_data(heard, PROBE, 9999 * SECOND)
    assert told is not None
    assert (told.state.summary, told.state.silent, told.retry) == ("no data for more than 50s", True, False)


def test_silence_counts_only_from_when_somebody_listened() -> None:
    heard = look(ProbeState(), OK, 1000).state
    assert no_data(heard, PROBE, 2000 * SECOND, since=1990 * SECOND) is None
    assert no_data(ProbeState(), PROBE, 2000 * SECOND, since=1990 * SECOND) is None
    never = no_data(ProbeState(), PROBE, 2051 * SECOND, since=2000 * SECOND)
    assert never is not None
    assert never.state.state is UNKNOWN


def test_silence_after_unknown_goes_on_being_unknown_since_then() -> None:
    unknown = after(UNKNOWN, UNKNOWN, UNKNOWN)
    told = no_data(unknown, PROBE, 500 * SECOND)
    assert told is not None
    assert told.state.since == unknown.since == 10 * SECOND


def test_silence_breaks_the_row_of_good_results() -> None:
    recovering = after(CRIT, CRIT, CRIT, OK)
    assert recovering.summary == "recovering, 1 of 2: it is ok"
    silence = no_data(recovering, PROBE, 500 * SECOND)
    assert silence is not None
    assert (silence.state.state, silence.state.good) == (CRIT, 0)
    assert look(silence.state, OK, 510).state.state is CRIT


def test_doubt_makes_the_count_begin_anew() -> None:
    doubted = doubt(after(CRIT, CRIT, CRIT))
    assert (doubted.state, doubted.confirmed, doubted.attempt) == (CRIT, False, 0)
    assert after(CRIT, CRIT, begin=doubted, at_s=100).confirmed is False
    assert after(CRIT, CRIT, CRIT, begin=doubted, at_s=100).confirmed is True


def test_looks_half_way_to_a_confirmation_do_not_count_on_after_a_doubt() -> None:
    doubted = doubt(after(CRIT, CRIT))
    assert (doubted.state, doubted.confirmed, doubted.attempt) == (CRIT, False, 0)
    assert after(CRIT, CRIT, begin=doubted, at_s=100).confirmed is False
