from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from core.monitoring.figures import Figures
from core.monitoring.schedule import Kind, Slots, place_within

KEYS = [(f"c{n}", "p") for n in range(500)]


def test_slots_never_drift_and_none_is_lost_uncounted() -> None:
    slots = Slots()
    slots.add(("a", "p"), 10.0, 1000.0)
    seen, missed, now = 0, 0, 1000.0
    for step in (1.0, 3.0, 9.9, 25.0, 0.1, 60.0) * 50:
        now += step
        for due in slots.pop_due(now):
            assert (due.due - place_within(("a", "p"), 10.0)) % 10.0 < 1e-6 or 10.0 - (
                due.due - place_within(("a", "p"), 10.0)
            ) % 10.0 < 1e-6
            seen, missed = seen + 1, missed + due.missed
    assert seen + missed in {int((now - 1000.0) // 10), int((now - 1000.0) // 10) + 1}


def test_many_probes_are_spread_evenly_over_the_interval() -> None:
    slots = Slots()
    for key in KEYS:
        slots.add(key, 10.0, 0.0)
    a_second = Counter(int(due.due) for n in range(1, 101) for due in slots.pop_due(n / 10))
    assert sum(a_second.values()) == len(KEYS)
    assert max(a_second.values()) < 2 * len(KEYS) / 10


@given(st.text(max_size=8), st.floats(0.1, 3600), st.floats(0, 1e6))
def test_a_probe_has_the_same_place_after_a_restart(name: str, every: float, now: float) -> None:
    one, two = Slots(), Slots()
    one.add((name, "p"), every, now)
    two.add((name, "p"), every, now + every * 7)
    first, second = one.next_due(), two.next_due()
    assert first is not None
    assert second is not None
    gap = (second - first) / every
    assert abs(gap - round(gap)) < 1e-3


def test_a_look_asked_for_once_moves_no_slot_and_comes_first() -> None:
    slots = Slots()
    slots.add(("a", "p"), 10.0, 0.0)
    slot = slots.next_due()
    assert slot is not None
    slots.once(("a", "p"), slot)
    slots.once(("a", "p"), slot + 5)
    assert [d.kind for d in slots.pop_due(slot)] == [Kind.ONCE, Kind.SLOT]
    assert slots.next_due() == slot + 10.0


def test_a_probe_that_was_removed_or_changed_is_not_due_as_before() -> None:
    slots = Slots()
    slots.add(("a", "p"), 10.0, 0.0)
    slots.once(("a", "p"), 1.0)
    slots.remove(("a", "p"))
    assert slots.next_due() is None
    slots.add(("b", "p"), 10.0, 0.0)
    slots.add(("b", "p"), 1.0, 0.0)
    assert len(slots.pop_due(0.999)) <= 1
    slots.resplay(500.0)
    due = slots.next_due()
    assert due is not None
    assert 500.0 <= due < 501.0


def test_figures_tell_lateness_and_what_was_missed() -> None:
    figures = Figures(0.0)
    for n in range(100):
        figures.count_look(0.001 if n < 99 else 2.0)
    info = figures.as_info(10.0, asked_per_s=10.0, in_flight=1, probes=5)
    assert (info["achieved_per_s"], info["late"]) == (10.0, 1)
    assert info["late_p50_ms"] <= 1.3
    assert figures.percentile_s(1.0) >= 2.0
