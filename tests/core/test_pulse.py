"""Silence is measured by a clock that nobody sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pulse import Pulse

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clocks:
    """A steady clock and a wall clock, which can be set."""

    def __init__(self) -> None:
        self.s = 1000.0
        self.set_by_s = 0.0

    def steady(self) -> float:
        return self.s

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.s - 1000.0 + self.set_by_s)

    def pulse(self) -> Pulse:
        return Pulse(steady=self.steady, wall=self.wall)


def test_the_first_sign_is_as_old_as_it_says() -> None:
    clocks = Clocks()
    pulse = clocks.pulse()
    assert pulse.silent_s == 0
    pulse.look(1, NOON - timedelta(seconds=40))
    clocks.s += 2
    assert (pulse.silent_s, pulse.is_doubtful) == (42, False)


@pytest.mark.parametrize("set_by_s", [3600, -3600])
def test_setting_the_clock_makes_no_silence_and_hides_none(set_by_s: float) -> None:
    clocks = Clocks()
    pulse = clocks.pulse()
    pulse.look(1, clocks.wall())
    clocks.set_by_s = set_by_s
    clocks.s += 3
    pulse.look(1, NOON)
    assert pulse.silent_s == 3
    clocks.s += 1
    pulse.look(
        2, NOON + timedelta(seconds=3.5)
    )  # given just before the clock was set, or by a clock of its own
    assert 0 <= pulse.silent_s <= 1
    clocks.s += 1000
    pulse.look(2, NOON)
    assert 1000 <= pulse.silent_s <= 1001
    assert not pulse.is_doubtful


def test_a_first_sign_from_the_future_is_doubtful_until_it_moves() -> None:
    clocks = Clocks()
    pulse = clocks.pulse()
    pulse.look(1, NOON + timedelta(hours=1))
    assert (pulse.is_doubtful, pulse.ahead_s) == (True, 3600)
    clocks.s += 1
    pulse.look(1, NOON + timedelta(hours=1))
    assert (pulse.is_doubtful, pulse.ahead_s) == (True, 3600)
    pulse.look(2, NOON + timedelta(hours=1, seconds=1))
    assert (pulse.is_doubtful, pulse.silent_s, pulse.ahead_s) == (False, 0, 3600)


def test_an_observer_who_slept_does_not_take_an_old_sign_for_a_young_one() -> None:
    clocks = Clocks()
    pulse = clocks.pulse()
    pulse.look(1, NOON)
    clocks.s += 3600
    pulse.look(9, NOON + timedelta(minutes=30))
    assert pulse.silent_s == 1800


def test_a_clock_set_back_between_two_looks_is_not_told_as_the_givers_fault() -> None:
    clocks = Clocks()
    pulse = clocks.pulse()
    pulse.look(1, NOON)
    clocks.s += 5
    given_at = clocks.wall()
    clocks.set_by_s = -3600
    clocks.s += 1
    pulse.look(2, given_at)
    assert pulse.ahead_s == 0


@given(
    st.lists(
        st.tuples(
            st.floats(0, 100), st.floats(-1e5, 1e5), st.booleans(), st.floats(-1e5, 1e5)
        ),
        max_size=20,
    )
)  # fmt: skip
def test_silence_never_exceeds_the_time_since_the_look_before_the_newest_sign(
    steps: list[tuple[float, float, bool, float]],
) -> None:
    clocks = Clocks()
    pulse = clocks.pulse()
    pulse.look(0, NOON)
    known_since, sign = clocks.s, 0
    for passes_s, set_by_s, is_new, off_s in steps:
        before = clocks.s
        clocks.s += passes_s
        clocks.set_by_s = set_by_s
        if is_new:
            sign, known_since = sign + 1, before
        pulse.look(sign, clocks.wall() + timedelta(seconds=off_s))
        assert -1e-6 <= pulse.silent_s <= clocks.s - known_since + 1e-6
