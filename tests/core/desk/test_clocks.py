"""Clocks over what ran and what stood still."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.desk.clocks.model import Segment, due_at, elapsed, explain
from core.desk.hours.service_hours import HORIZON_DAYS, ServiceHours
from tests.core.desk.written_hours import HOUR, HOURS, INSTANTS, calendar, instant

OFFICE = calendar("Europe/Berlin", "mon-fri 09:00-17:00")
ALWAYS = ServiceHours()


def life(*parts: tuple[str, str | None, bool]) -> list[Segment]:
    return [Segment(instant(a), instant(b) if b else None, runs, "") for a, b, runs in parts]


def test_what_stood_still_moves_what_is_due() -> None:
    segments = life(
        ("2026-11-27T08:00Z", "2026-11-27T10:00Z", True),
        ("2026-11-27T10:00Z", "2026-11-30T09:00Z", False),
        ("2026-11-30T09:00Z", None, True),
    )
    assert due_at(4 * HOUR, segments, OFFICE) == instant("2026-11-30T11:00Z")
    assert elapsed(segments, OFFICE, instant("2026-11-30T10:00Z")) == 3 * HOUR
    parts = explain(segments, OFFICE, instant("2026-11-30T10:00Z"))
    assert [(part.counted, part.passed) for part in parts] == [
        (2 * HOUR, 2 * HOUR), (0, 2 * HOUR), (HOUR, 3 * HOUR),
    ]  # fmt: skip


def test_while_it_stands_still_nothing_is_due_but_what_was_already() -> None:
    segments = life(("2026-11-27T08:00Z", "2026-11-27T10:00Z", True), ("2026-11-27T10:00Z", None, False))
    assert due_at(3 * HOUR, segments, OFFICE) is None
    assert due_at(HOUR, segments, OFFICE) == instant("2026-11-27T09:00Z")
    assert due_at(2 * HOUR, segments, OFFICE) == instant("2026-11-27T10:00Z")


def test_a_clock_that_is_not_begun_has_run_for_nothing() -> None:
    assert elapsed([], ALWAYS, 5) == 0
    assert due_at(HOUR, [], ALWAYS) is None
    assert (
        explain(life(("2026-11-27T08:00Z", None, True)), ALWAYS, instant("2026-11-27T07:00Z"))[0].counted == 0
    )


LENGTHS = st.lists(st.tuples(st.integers(1, 90 * HOUR), st.booleans()), min_size=1, max_size=6)


def built(begin: int, lengths: list[tuple[int, bool]]) -> list[Segment]:
    segments = []
    for length, runs in lengths:
        segments.append(Segment(begin, begin + length, runs, ""))
        begin += length
    return [*segments, Segment(begin, None, True, "")]


@given(HOURS, INSTANTS, LENGTHS, st.integers(1, 300 * HOUR))
def test_when_it_is_due_just_so_much_has_passed(
    hours: ServiceHours, begin: int, lengths: list[tuple[int, bool]], allowed: int
) -> None:
    segments = built(begin, lengths)
    due = due_at(allowed, segments, hours)
    if due is None:  # a few minutes a week: so many hours are never counted to their end
        assert elapsed(segments, hours, begin + HORIZON_DAYS * 24 * HOUR) < allowed
        return
    assert elapsed(segments, hours, due) == allowed
    assert elapsed(segments, hours, due - 1) < allowed


@given(HOURS, INSTANTS, LENGTHS, st.integers(0, 600 * HOUR), st.integers(0, 600 * HOUR))
def test_it_never_runs_backwards(
    hours: ServiceHours, begin: int, lengths: list[tuple[int, bool]], one: int, other: int
) -> None:
    segments = built(begin, lengths)
    early, late = sorted((begin + one, begin + other))
    assert elapsed(segments, hours, early) <= elapsed(segments, hours, late)


@given(HOURS, INSTANTS, LENGTHS, st.integers(1, 300 * HOUR), st.data())
def test_a_segment_cut_in_two_is_the_same(
    hours: ServiceHours, begin: int, lengths: list[tuple[int, bool]], allowed: int, data: st.DataObject
) -> None:
    segments = built(begin, lengths)
    place = data.draw(st.integers(0, len(lengths) - 1))
    cut = segments[place]
    assert cut.end is not None
    middle = data.draw(st.integers(cut.begin, cut.end))
    twice = [*segments[:place], cut._replace(end=middle), cut._replace(begin=middle), *segments[place + 1 :]]
    assert due_at(allowed, twice, hours) == due_at(allowed, segments, hours)
    at = begin + data.draw(st.integers(0, 600 * HOUR))
    assert elapsed(twice, hours, at) == elapsed(segments, hours, at)


@pytest.mark.parametrize("allowed", [0, 1, HOUR])
def test_what_is_allowed_nothing_is_due_as_it_begins(allowed: int) -> None:
    assert (
        due_at(allowed, life(("2026-11-27T08:00Z", None, True)), ALWAYS)
        == instant("2026-11-27T08:00Z") + allowed
    )


@given(HOURS, INSTANTS, LENGTHS, st.integers(0, 300 * HOUR), st.integers(0, 300 * HOUR))
def test_who_allows_more_has_it_due_no_sooner(
    hours: ServiceHours, begin: int, lengths: list[tuple[int, bool]], one: int, other: int
) -> None:
    segments = built(begin, lengths)
    less, more = (due_at(allowed, segments, hours) for allowed in sorted((one, other)))
    assert less is not None
    assert more is not None
    assert less <= more


@given(HOURS, INSTANTS, LENGTHS, st.integers(1, 300 * HOUR), st.integers(0, 50 * HOUR))
def test_who_waits_longer_has_it_due_no_sooner(
    hours: ServiceHours, begin: int, lengths: list[tuple[int, bool]], allowed: int, more: int
) -> None:
    longer = [(length if runs else length + more, runs) for length, runs in lengths]
    due, later = (due_at(allowed, built(begin, each), hours) for each in (lengths, longer))
    assert due is not None
    assert later is not None
    assert due <= later


SUMMER = instant("2026-04-06T00:00Z")  # Berlin sets no clock from then on for six months
PLAIN = st.sampled_from(
    [OFFICE, ALWAYS, calendar("Europe/Berlin", "mon-sun 22:00-24:00", "mon-sun 00:00-05:00"), calendar("Asia/Kolkata", "mon-sat 09:30-18:15")]
)  # fmt: skip


@given(PLAIN, st.integers(0, 14 * 24 * HOUR), st.integers(1, 12), st.integers(1, 60 * HOUR), st.data())
def test_a_whole_week_later_all_is_the_same_a_week_later(
    hours: ServiceHours, begin: int, weeks: int, allowed: int, data: st.DataObject
) -> None:
    lengths = data.draw(st.lists(st.tuples(st.integers(1, 24 * HOUR), st.booleans()), max_size=4))
    by = weeks * 7 * 24 * HOUR
    now, later = built(SUMMER + begin, lengths), built(SUMMER + begin + by, lengths)
    due, moved = due_at(allowed, now, hours), due_at(allowed, later, hours)
    assert due is not None
    assert moved == due + by
    at = SUMMER + begin + data.draw(st.integers(0, 21 * 24 * HOUR))
    assert elapsed(later, hours, at + by) == elapsed(now, hours, at)
