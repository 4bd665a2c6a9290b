"""One holder at a time; a holder is dead when it says so, or when it was seen not to beat."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.errors import Unavailable
from core.pulse import Pulse
from core.store.lease import (
    LOST_S,
    Lease,
    LeaseLost,
    LeaseSight,
    beat,
    give_up_lease,
    lease_of,
    take_lease,
)
from core.store.store import Store, backend_for
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from core.store.work import Author


class Clocks:
    """The wall clock of the holder, and the observer's two."""

    def __init__(self) -> None:
        self.now = utc_now()
        self.s = 0.0

    def wall(self) -> datetime:
        return self.now

    def steady(self) -> float:
        return self.s

    def on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.s += seconds

    def set_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def house(place: Path, clocks: Clocks) -> Iterator[Store]:
    store = Store(backend_for(place), now=clocks.wall)
    store.open()
    yield store
    store.close()


@pytest.fixture
def sight(clocks: Clocks) -> LeaseSight:
    return LeaseSight(Pulse(steady=clocks.steady, wall=clocks.wall))


def held(house: Store) -> Lease:
    found = house.read(lease_of, "watch")
    assert found is not None
    return found


def test_nobody_takes_a_lease_that_was_not_seen_dead(house: Store, ada: Author, clocks: Clocks) -> None:
    token = house.write(ada, take_lease, "watch", "one")
    clocks.set_by(3600)  # its time is up by the wall clock, and that proves nothing
    with pytest.raises(Unavailable, match="watch is already at work, held by one"):
        house.write(ada, take_lease, "watch", "two")
    seen_dead = held(house)
    house.write(ada, beat, "watch", token)
    with pytest.raises(Unavailable, match="watch is already at work, held by one"):
        house.write(ada, take_lease, "watch", "two", over=seen_dead)
    assert house.write(ada, take_lease, "watch", "two", over=held(house)) == token + 1
    with pytest.raises(LeaseLost):
        house.write(ada, beat, "watch", token)


def test_a_lease_given_up_is_free_at_once(
    house: Store, ada: Author, clocks: Clocks, sight: LeaseSight
) -> None:
    token = house.write(ada, take_lease, "watch", "one")
    clocks.on(0.4)  # between two beats
    house.write(ada, give_up_lease, "watch", token)
    sight.look(held(house))
    assert (sight.stands, sight.is_doubtful, held(house).is_given_up) == (False, False, True)
    assert house.write(ada, take_lease, "watch", "two") == token + 1
    sight.look(held(house))
    assert sight.stands


@pytest.mark.parametrize("set_by_s", [3600.0, -3600.0, 0.0])
def test_a_holder_stands_while_it_beats_whatever_the_clocks_are_set_to(
    house: Store, ada: Author, clocks: Clocks, sight: LeaseSight, set_by_s: float
) -> None:
    token = house.write(ada, take_lease, "watch", "one")
    sight.look(held(house))
    clocks.set_by(set_by_s)
    for _ in range(10):
        sight.look(held(house))
        assert sight.stands
        clocks.on(1)
        house.write(ada, beat, "watch", token)
    sight.look(held(house))
    clocks.on(LOST_S + 0.1)
    sight.look(held(house))
    assert not sight.stands
    assert sight.silent_s is not None
    assert LOST_S < sight.silent_s < LOST_S + 2


def test_a_dead_holder_does_not_seem_alive_because_the_clock_was_set_back(
    house: Store, ada: Author, clocks: Clocks, sight: LeaseSight
) -> None:
    token = house.write(ada, take_lease, "watch", "one")
    clocks.set_by(-3600)
    sight.look(held(house))
    assert (sight.stands, sight.is_doubtful) == (False, True)
    clocks.on(1)
    house.write(ada, beat, "watch", token)  # it was not dead
    sight.look(held(house))
    assert (sight.stands, sight.is_doubtful) == (True, False)


def test_a_holder_known_to_be_dead_does_not_stand_until_another_does(
    house: Store, ada: Author, sight: LeaseSight
) -> None:
    house.write(ada, take_lease, "watch", "one")
    sight.look(held(house))
    sight.note_death()
    assert (sight.stands, sight.is_known_dead) == (False, True)
    house.write(ada, take_lease, "watch", "two", over=held(house))
    sight.look(held(house))
    assert (sight.stands, sight.is_known_dead) == (True, False)
