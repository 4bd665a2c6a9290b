"""Flapping by Icinga 2's formula, against what its traces showed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import Probe, TcpTarget
from core.monitoring.evaluation import ProbeState, evaluate
from core.monitoring.flapping import RESULTS, START_PERCENT, STOP_PERCENT, add_result, is_flapping, percent
from core.monitoring.model import Reading, State

PROBE = Probe("look", TcpTarget("h", 1), attempts=3)
OK, WARN, CRIT = State.OK, State.WARNING, State.CRITICAL


def labels(found: list[State]) -> list[bool]:
    """Whether it flaps after each result, ten seconds apart."""
    state, told = ProbeState(), []
    for n, each in enumerate(found, 1):
        state = evaluate(state, Reading(each, str(each)), PROBE, n * 10_000_000).state
        told.append(state.flapping)
    return told


def test_every_second_result_bad_flaps_from_the_sixth_change() -> None:
    """Icinga says so at the sixth result, for it counts the first good result of all as a change."""
    told = labels([OK, CRIT] * 10)
    assert told.index(True) == 6
    assert all(told[6:])


def test_fifteen_good_results_after_the_last_change_it_ends() -> None:
    told = labels([OK, CRIT] * 20 + [OK] * 20)
    last_change = 40  # the first of the good ones
    assert told.index(False, last_change) == last_change + 15


def test_a_service_that_warns_every_fifth_time_flaps_though_nothing_is_ever_confirmed() -> None:
    assert any(labels([OK, OK, OK, OK, WARN] * 10))


def test_a_failure_and_its_recovery_are_no_flapping() -> None:
    assert not any(labels([OK] * 5 + [CRIT] * 5 + [OK] * 30))


@pytest.mark.parametrize(
    ("bits", "expected"),
    [(0, 0.0), (1, 5.9), (0b11, 11.7), ((1 << 20) - 1, 99.0), (1 << 19, 4.0)],
)
def test_a_ring_in_percent(bits: int, expected: float) -> None:
    assert percent(bits) == pytest.approx(expected)


def test_the_lower_limit_itself_ends_it_and_the_upper_begins_nothing() -> None:
    """Weights that add up to 500 hundredths are 25 % exactly, those to 600 are 30 %."""
    at_stop = ring(118, 100, 98, 94, 90)
    at_start = ring(118, 102, 100, 98, 96, 86)
    assert (percent(at_stop), percent(at_start)) == (STOP_PERCENT, START_PERCENT)
    assert not is_flapping(at_stop, before=True)
    assert not is_flapping(at_start, before=False)
    assert is_flapping(at_start, before=True)


def ring(*hundredths: int) -> int:
    return sum(1 << (118 - each) // 2 for each in hundredths)


@given(st.lists(st.booleans(), max_size=60))
def test_only_the_last_twenty_results_count(changes: list[bool]) -> None:
    bits = 0
    for changed in changes:
        bits = add_result(bits, changed=changed)
    last = changes[-RESULTS:]
    expected = sum(
        0.8 + 0.02 * (RESULTS - len(last) + place) for place, changed in enumerate(last) if changed
    )
    assert percent(bits) == pytest.approx(100 * expected / RESULTS)
