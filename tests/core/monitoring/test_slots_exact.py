"""Slots to the last bit, what is taken first, and figures joined."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.monitoring.figures import Figures
from core.monitoring.schedule import Kind, Slots, place_within

KEY = ("web", "http")


@given(st.sampled_from([0.1, 0.3, 1.7, 10.0, 33.3]), st.floats(0, 1e6), st.integers(1, 100_000))
def test_a_slot_is_where_it_would_be_without_all_those_before_it(
    every_s: float, begin: float, steps: int
) -> None:
    slots = Slots()
    slots.add(KEY, every_s, begin)
    now = begin + steps * every_s
    (due,) = slots.pop_due(now)
    fresh = Slots()
    fresh.add(KEY, every_s, now)
    following = slots.next_due()
    assert following is not None
    assert due.due <= now < following
    assert fresh.next_due() in {due.due, following}
    assert due.missed in {steps - 1, steps, steps - 2}


def test_looked_at_on_time_for_six_hours_nothing_drifts_and_nothing_is_missed() -> None:
    slots = Slots()
    slots.add(KEY, 0.7, 1234.5)
    first = slots.next_due()
    assert first is not None
    number = round((first - place_within(KEY, 0.7)) / 0.7)
    for step in range(int(6 * 3600 / 0.7)):
        at = slots.next_due()
        assert at == place_within(KEY, 0.7) + (number + step) * 0.7
        (due,) = slots.pop_due(at)
        assert (due.due, due.missed) == (at, 0)


def test_after_a_pause_each_probe_comes_once_and_says_how_many_slots_went_by() -> None:
    slots = Slots()
    for n in range(20):
        slots.add((f"c{n}", "p"), 10.0, 0.0)
    found = slots.pop_due(100.0)
    assert Counter(d.key for d in found) == {(f"c{n}", "p"): 1 for n in range(20)}
    assert {d.missed for d in found} <= {8, 9}
    assert slots.pop_due(100.0) == []


def test_a_look_asked_for_now_is_taken_before_slots_that_are_long_overdue() -> None:
    slots = Slots()
    for n in range(20):
        slots.add((f"c{n}", "p"), 10.0, 0.0)
    slots.once(("c3", "p"), 95.0)
    slots.once(("c3", "p"), 99.0)
    found = slots.pop_due(100.0)
    assert (found[0].key, found[0].kind, found[0].due) == (("c3", "p"), Kind.ONCE, 95.0)
    assert [d.kind for d in found[1:]] == [Kind.SLOT] * 20


def test_an_earlier_request_replaces_a_later_one() -> None:
    slots = Slots()
    slots.add(KEY, 1000.0, 0.0)
    slots.once(KEY, 50.0)
    slots.once(KEY, 20.0)
    before = [d for d in slots.pop_due(30.0) if d.kind is Kind.ONCE]
    after = [d for d in slots.pop_due(60.0) if d.kind is Kind.ONCE]
    assert ([d.due for d in before], after) == ([20.0], [])


def test_a_catalog_loaded_again_and_again_leaves_no_dead_entries_behind() -> None:
    slots = Slots()
    for turn in range(200):
        for n in range(10):
            slots.add((f"c{n}", "p"), 86400.0 + turn, 0.0)
            slots.once((f"c{n}", "p"), 50_000.0 - turn)
    assert len(slots) == 10
    assert len(slots._heap) <= 2 * 20 + 64
    assert sum(d.kind is Kind.SLOT for d in slots.pop_due(90_000.0)) == 10


def test_what_waits_longest_tells_how_late_the_agent_is() -> None:
    slots = Slots()
    assert slots.oldest_overdue_s(5.0) == 0.0
    slots.add(KEY, 10.0, 0.0)
    due = slots.next_due()
    assert due is not None
    assert slots.oldest_overdue_s(due) == 0.0
    assert slots.oldest_overdue_s(due + 2.5) == pytest.approx(2.5)


LATENESS = st.lists(st.floats(0, 200), max_size=50)


@given(LATENESS, LATENESS)
def test_figures_joined_are_those_of_all_looks_counted_in_one(one: list[float], other: list[float]) -> None:
    parts = []
    for seconds in (one, other, one + other):
        figures = Figures(3.0)
        for each in seconds:
            figures.count_look(each)
        parts.append(figures)
    assert parts[0].merged(parts[1]) == parts[2]


def test_beyond_the_last_bucket_the_worst_is_told_as_it_was() -> None:
    figures = Figures(0.0)
    figures.count_look(1234.5)
    assert figures.percentile_s(0.99) == 1234.5
    info = figures.as_info(1.0, asked_per_s=1, in_flight=0, probes=1, oldest_overdue_s=0.25)
    assert (info["late_worst_ms"], info["oldest_overdue_ms"]) == (1234500.0, 250.0)
    assert "oldest_overdue_ms" not in figures.as_info(1.0, asked_per_s=1, in_flight=0, probes=1)
