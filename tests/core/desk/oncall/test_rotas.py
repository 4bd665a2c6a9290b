"""Who is on call: turns by the wall, layers, hours, overrides, and what holds of all of them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.oncall import Layer, Rota
from core.desk.oncall.model import Override, Shift, local_time, now_and_next, on_call, shifts
from core.timekeeping import to_micros

HOUR, DAY = 3_600_000_000, 86_400_000_000
BERLIN = "Europe/Berlin"


def micros(text: str) -> int:
    return to_micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


def rota(*layers: Layer, zone: str = BERLIN) -> Rota:
    return Rota("ops", "Operations", zone, layers)


def layer(**named: Any) -> Layer:
    return Layer(
        **{"id": "first", "people": ("ada", "bob", "cyd"), "begins": "2026-01-05", "at": 540, **named}
    )


def override(person: str, begin: int, end: int, number: int = 1, **named: Any) -> Override:
    return Override(number, 1, "ops", person, begin, end, "swap", 0, "ada", **named)


def table(found: list[Shift], zone: str = BERLIN) -> list[str]:
    return [f"{local_time(each.begin, zone):%a %d %H:%M} {each.person or '-'}" for each in found]


def test_weeks_are_handed_over_at_nine_on_the_wall_in_winter_and_in_summer() -> None:
    found = shifts(rota(layer()), (), micros("2026-03-23"), micros("2026-04-14"))
    assert table(found) == [
        "Mon 23 01:00 bob",
        "Mon 23 09:00 cyd",
        "Mon 30 09:00 ada",
        "Mon 06 09:00 bob",
        "Mon 13 09:00 cyd",
    ]
    assert [each.end - each.begin for each in found[1:4]] == [7 * DAY - HOUR, 7 * DAY, 7 * DAY]


@pytest.mark.parametrize(
    ("zone", "at", "day", "expected"),
    [
        # Europe/Berlin, 29 March 2026: 02:30 does not exist, the turn begins at 03:00.
        (BERLIN, 150, "2026-03-28", ["Sat 28 01:00 ada", "Sat 28 02:30 bob", "Sun 29 03:00 cyd", "Mon 30 02:30 ada"]),
        # 25 October 2026: 02:30 comes twice, the turn begins at the first.
        (BERLIN, 150, "2026-10-24", ["Sat 24 02:00 ada", "Sat 24 02:30 bob", "Sun 25 02:30 cyd", "Mon 26 02:30 ada"]),
        # Lord Howe sets its clocks by half an hour: 4 October 2026, 02:00 becomes 02:30.
        ("Australia/Lord_Howe", 135, "2026-10-02T14:00", ["Sat 03 00:30 ada", "Sat 03 02:15 bob", "Sun 04 02:30 cyd", "Mon 05 02:15 ada"]),
    ],
)  # fmt: skip
def test_a_day_is_handed_over_over_the_change_of_the_clocks(
    zone: str, at: int, day: str, expected: list[str]
) -> None:
    made = rota(layer(begins="2026-01-05", at=at, every_minutes=1440), zone=zone)
    begin = micros(day)
    found = table(shifts(made, (), begin, begin + 52 * HOUR + 30 * HOUR // 60), zone)
    assert found == expected


def test_a_turn_of_twelve_hours_in_the_night_of_the_change_is_an_hour_longer() -> None:
    made = rota(layer(people=("day", "night"), begins="2026-10-24", at=480, every_minutes=720))
    found = shifts(made, (), micros("2026-10-24T06:00"), micros("2026-10-26T07:00"))
    assert [(each.person, (each.end - each.begin) // HOUR) for each in found] == [
        ("day", 12), ("night", 13), ("day", 12), ("night", 12),
    ]  # fmt: skip


def test_before_its_first_turn_a_layer_has_nobody() -> None:
    found = shifts(rota(layer()), (), micros("2026-01-05T07:00"), micros("2026-01-05T09:00"))
    assert table(found) == ["Mon 05 08:00 -", "Mon 05 09:00 ada"]


def test_a_later_layer_goes_before_an_earlier_one_in_its_hours() -> None:
    nights = layer(id="nights", people=("dan",), hours=((0, 0, 480), (0, 1080, 1440)))
    found = shifts(rota(layer(), nights), (), micros("2026-01-11T23:00"), micros("2026-01-12T23:00"))
    assert table(found) == ["Mon 12 00:00 dan", "Mon 12 08:00 ada", "Mon 12 09:00 bob", "Mon 12 18:00 dan"]


def test_hours_leave_gaps() -> None:
    office = layer(hours=tuple((day, 480, 1080) for day in range(5)))
    found = shifts(rota(office), (), micros("2026-01-09T08:00"), micros("2026-01-12T09:00"))
    assert table(found) == ["Fri 09 09:00 ada", "Fri 09 18:00 -", "Mon 12 08:00 ada", "Mon 12 09:00 bob"]


def test_the_newest_override_wins_and_one_that_was_ended_counts_no_longer() -> None:
    begin = micros("2026-01-07T08:00")
    old, new = override("dan", begin, begin + 8 * HOUR), override("eve", begin + HOUR, begin + 2 * HOUR, 2)
    made = rota(layer())
    assert table(shifts(made, (old, new), begin - HOUR, begin + 9 * HOUR)) == [
        "Wed 07 08:00 ada", "Wed 07 09:00 dan", "Wed 07 10:00 eve", "Wed 07 11:00 dan", "Wed 07 17:00 ada",
    ]  # fmt: skip
    ended = override("dan", begin, begin + 8 * HOUR, ended_at=begin + HOUR)
    assert table(shifts(made, (ended,), begin, begin + 3 * HOUR)) == ["Wed 07 09:00 dan", "Wed 07 10:00 ada"]
    withdrawn = override("dan", begin, begin + HOUR, ended_at=begin - HOUR)
    assert on_call(made, (withdrawn,), begin) == "ada"


def test_who_is_next_is_another_person_however_long_that_takes() -> None:
    now, following = now_and_next(rota(layer(every_minutes=4 * 10080)), (), micros("2026-01-10T12:00"))
    assert (now.person, following and following.person) == ("ada", "bob")
    alone, nobody = now_and_next(rota(layer(people=("ada",))), (), micros("2026-01-10T12:00"))
    assert (alone.person, nobody) == ("ada", None)


ZONES = st.sampled_from(
    ("UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns")
)
HOURS = st.sampled_from(((), ((0, 480, 1080), (2, 0, 1440), (6, 90, 200))))
LAYERS = st.builds(
    Layer, st.just("first"), st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True).map(tuple),
    st.sampled_from(("2026-01-05", "2026-03-28", "2026-10-03")), st.integers(0, 1439),
    st.sampled_from((60, 90, 720, 1440, 4320, 10080)), HOURS,
)  # fmt: skip
BEGINS = st.integers(micros("2026-01-01") // HOUR, micros("2026-12-31") // HOUR).map(lambda n: n * HOUR)
OVERRIDES = st.lists(
    st.tuples(st.sampled_from("xyz"), st.integers(-100, 200), st.integers(1, 60)), max_size=4
)


@given(st.lists(LAYERS, min_size=1, max_size=3), ZONES, BEGINS, OVERRIDES, st.integers(0, 10 * 24 * 60))
def test_shifts_are_without_holes_and_say_what_on_call_says(
    layers: list[Layer], zone: str, begin: int, given_: list[tuple[str, int, int]], minute: int
) -> None:
    made = rota(*layers, zone=zone)
    swaps = tuple(
        override(who, begin + a * HOUR, begin + (a + n) * HOUR, k) for k, (who, a, n) in enumerate(given_, 1)
    )
    end = begin + 10 * DAY
    found = shifts(made, swaps, begin, end)
    assert (found[0].begin, found[-1].end) == (begin, end)
    assert all(one.end == other.begin and one[2:] != other[2:] for one, other in itertools.pairwise(found))
    at = min(begin + minute * 60_000_000, end - 1)
    holder = on_call(made, swaps, at)
    assert next(each.person for each in found if each.begin <= at < each.end) == holder
    winner = max((each for each in swaps if each.holds(at)), key=lambda each: each.id, default=None)
    if winner is not None:
        assert holder == winner.person


@given(LAYERS, ZONES, BEGINS)
def test_in_a_whole_rotation_without_hours_everybody_has_a_turn_and_nobody_is_missing(
    one: Layer, zone: str, begin: int
) -> None:
    always = Layer(one.id, one.people, "2025-06-02", one.at, one.every_minutes)
    length = len(one.people) * timedelta(minutes=one.every_minutes)
    # The clocks are set by an hour at most in this while.
    end = begin + int(length / timedelta(microseconds=1)) + HOUR
    found = shifts(rota(always, zone=zone), (), begin, end)
    assert {each.person for each in found} == set(one.people)


@given(LAYERS, ZONES, BEGINS)
def test_a_time_taken_apart_comes_to_the_same(one: Layer, zone: str, begin: int) -> None:
    made, middle, end = rota(one, zone=zone), begin + 3 * DAY + 7 * 60_000_000, begin + 6 * DAY
    parts = [*shifts(made, (), begin, middle), *shifts(made, (), middle, end)]
    joined: list[Shift] = []
    for each in parts:
        if joined and joined[-1][2:] == each[2:]:
            joined[-1] = joined[-1]._replace(end=each.end)
        else:
            joined.append(each)
    assert joined == shifts(made, (), begin, end)
