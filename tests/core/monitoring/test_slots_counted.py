"""Every slot is either looked at or counted as missed, whatever the clock and the agent do."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from core.monitoring.figures import Figures
from core.monitoring.schedule import Kind, Slots, place_within

KEY = ("web", "http")


def slots_until(every_s: float, begin: float, now: float) -> int:
    """How many places of KEY lie in begin ≤ place ≤ now."""
    place = place_within(KEY, every_s)
    return math.floor((now - place) / every_s) - math.ceil((begin - place) / every_s) + 1


@given(
    st.sampled_from([1.0, 5.0, 10.0, 30.0, 60.0]),
    st.integers(0, 10**6),
    st.lists(st.tuples(st.floats(0, 200), st.sampled_from(["pop", "once", "resplay"])), max_size=40),
)
def test_no_slot_is_lost_uncounted_nor_looked_at_twice(
    every_s: float, begin: int, steps: list[tuple[float, str]]
) -> None:
    slots, now, counted, last = Slots(), float(begin), 0, -1.0
    slots.add(KEY, every_s, now)
    for gap, what in [*steps, (every_s, "pop")]:
        now += gap
        if what == "once":
            slots.once(KEY, now)
        elif what == "resplay":
            slots.resplay(now)
        for due in slots.pop_due(now):
            if due.kind is Kind.SLOT:
                counted += 1 + due.missed
                assert last < due.due <= now + 1e-6
                last = due.due
                place = (due.due - place_within(KEY, every_s)) % every_s
                assert min(place, every_s - place) < 1e-6
    # At its very edge an instant may fall on either side.
    assert abs(counted - slots_until(every_s, begin, now)) <= 1


@given(st.text(max_size=20), st.text(max_size=20), st.floats(0.1, 86400))
def test_a_place_lies_within_its_interval(component: str, probe: str, every_s: float) -> None:
    assert 0 <= place_within((component, probe), every_s) < every_s


def test_names_that_read_alike_when_joined_have_places_of_their_own() -> None:
    assert place_within(("ab", "c"), 10.0) != place_within(("a", "bc"), 10.0)


def test_slots_passed_over_when_all_were_spread_anew_are_counted_with_the_next() -> None:
    slots = Slots()
    slots.add(KEY, 10.0, 0.0)
    slots.resplay(35.0)
    found = slots.pop_due(45.0)
    assert [(d.kind, d.missed) for d in found] == [(Kind.SLOT, slots_until(10.0, 0, 45) - 1)]


def test_asked_looks_come_before_slots_and_slots_oldest_first() -> None:
    slots = Slots()
    for n in range(50):
        slots.add((f"c{n}", "p"), 10.0, 0.0)
    slots.once(("c7", "p"), 3.0)
    slots.once(("nobody", "p"), 1.0)
    found = slots.pop_due(10.0)
    assert [d.kind for d in found] == sorted(d.kind for d in found)
    assert [d.due for d in found[1:]] == sorted(d.due for d in found[1:])
    assert sum(d.kind is Kind.ONCE for d in found) == 1
    assert len(found) == 51


@given(st.lists(st.floats(0, 90), min_size=1, max_size=200), st.sampled_from([0.5, 0.9, 0.99, 1.0]))
def test_a_percentile_is_never_below_the_true_one_and_at_most_a_bucket_above(
    lateness: list[float], share: float
) -> None:
    figures = Figures(0.0)
    for each in lateness:
        figures.count_look(each)
    true = sorted(lateness)[math.ceil(len(lateness) * share) - 1]
    found = figures.percentile_s(share)
    assert true <= found * (1 + 1e-9)
    assert found <= max(true * 10 ** (1 / 12), 0.0001) * (1 + 1e-9)


def test_without_a_look_the_figures_are_nought() -> None:
    figures = Figures(5.0)
    info = figures.as_info(5.0, asked_per_s=0.0, in_flight=0, probes=0)
    assert (figures.percentile_s(0.99), info["achieved_per_s"], info["late_p99_ms"]) == (0.0, 0.0, 0.0)
    figures.count_look(-0.001)
    assert figures.late == 0
