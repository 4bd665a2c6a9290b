from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.journal.folding import as_of, fold, unfold
from core.journal.model import Entry, Subject, Via

START = datetime(2026, 1, 1, tzinfo=UTC)
FIELDS = st.sampled_from(["state", "owner", "severity", "note"])
VALUES = st.one_of(st.none(), st.integers(), st.text(max_size=8))
STEPS = st.lists(st.tuples(st.dictionaries(FIELDS, VALUES, max_size=3), st.integers(0, 5)), max_size=20)


def history(steps: list[tuple[dict[str, Any], int]]) -> list[tuple[Entry, dict[str, Any]]]:
    """Entries whose before values are true, each with the state right after it."""
    state: dict[str, Any] = {}
    at, told = START, []
    for number, (after, gap) in enumerate(steps, 1):
        at += timedelta(seconds=gap)
        changes = {name: (state.get(name), value) for name, value in after.items()}
        state = {**state, **after}
        told.append((Entry(number, at, "ada", Via.CLI, "x.changed", Subject("x", "1"), changes), dict(state)))
    return told


@given(STEPS)
def test_as_of_any_instant_is_the_state_after_the_last_entry_up_to_it(steps: Any) -> None:
    told = history(steps)
    entries = [entry for entry, _ in told]
    for probe in range(-1, 100, 7):
        instant = START + timedelta(seconds=probe)
        expected = [state for entry, state in told if entry.at <= instant]
        assert as_of(entries, instant) == (expected[-1] if expected else {})


@given(STEPS, st.integers(0, 20))
def test_folding_in_two_parts_is_folding_once(steps: Any, cut: int) -> None:
    entries = [entry for entry, _ in history(steps)]
    assert {**fold(entries[:cut]), **fold(entries[cut:])} == fold(entries)


@given(STEPS, st.integers(0, 20))
def test_unfolding_newest_first_gives_back_the_earlier_state(steps: Any, cut: int) -> None:
    entries = [entry for entry, _ in history(steps)]
    earlier = unfold(fold(entries), reversed(entries[cut:]))
    assert {name: value for name, value in earlier.items() if value is not None} == {
        name: value for name, value in fold(entries[:cut]).items() if value is not None
    }


def test_before_its_first_entry_a_subject_has_no_fields() -> None:
    told = history([({"state": "open"}, 5)])
    assert as_of([entry for entry, _ in told], START) == {}
