"""Samples are packed an hour at a time, and nothing of them is lost."""

from __future__ import annotations

import math
import struct
import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from core.errors import BadInput
from core.monitoring.commands import add_samples
from core.monitoring.hours import (
    DUTY,
    PROBES_AT_ONCE,
    begin_packing,
    is_hour_over,
    keep_slice,
    next_slice,
    packing_of,
)
from core.monitoring.packing import HOUR_MS, pack, roll_minutes, unpack
from core.monitoring.queries import recent_samples, samples_between
from core.monitoring.tables import sample_hour, sample_open
from core.store.lease import LeaseLost, lease_of, take_lease
from core.store.store import Store, backend_for
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from pathlib import Path

    from core.monitoring.hours import Slice
    from core.store.work import Author

VALUES = st.one_of(st.none(), st.floats(width=32, allow_nan=False))
POINTS = st.lists(st.tuples(st.integers(0, HOUR_MS // 10 - 1), VALUES, st.integers(0, 5)), max_size=60)


def take_over(store: Store, author: Author) -> int:
    """Makes the caller the one that rolls up; returns its token."""
    return store.write(author, take_lease, DUTY, author.seat, over=store.read(lease_of, DUTY))


def pack_all(store: Store, author: Author, now: datetime) -> list[Slice]:
    """Packs what is over at `now`, as the agent does; returns the slices."""
    slices: list[Slice] = []
    token = take_over(store, author)
    while store.read(is_hour_over, now):
        store.write(author, begin_packing, token, now)
        slices += _pack_begun(store, author, token)
    return slices


def _pack_begun(store: Store, author: Author, token: int) -> list[Slice]:
    slices: list[Slice] = []
    while slice_ := store.read(next_slice):
        store.write(author, keep_slice, token, slice_)
        slices.append(slice_)
    return slices


@given(st.integers(400_000, 600_000), POINTS)
def test_what_is_packed_comes_back(hour: int, points: list[tuple[int, float | None, int]]) -> None:
    ordered = [
        (hour * HOUR_MS + at * 10, value, state) for at, value, state in sorted(points, key=lambda p: p[0])
    ]
    assert unpack(hour, pack(hour, ordered)) == ordered


def test_an_hour_at_ten_seconds_takes_few_bytes() -> None:
    points = [
        (at * 10_000, struct.unpack("f", struct.pack("f", 4.0 + at % 7 / 10))[0], 0) for at in range(360)
    ]
    assert len(pack(0, points)) / len(points) < 7


def test_minutes_hold_extent_mean_and_the_worst() -> None:
    rolls = roll_minutes([(0, 1.0, 0), (30_000, 5.0, 2), (59_999, None, 0), (60_000, None, 4)])
    assert [(r.minute, r.samples, r.lowest, r.highest, r.total, r.worst) for r in rolls] == [
        (0, 3, 1.0, 5.0, 9.0, 2), (1, 1, None, None, 0.0, 4),
    ]  # fmt: skip


def test_an_hour_that_is_over_leaves_the_open_table_whole(place: Path, ada: Author) -> None:
    now = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    store = Store(backend_for(place), now=lambda: now)
    store.open()
    old = to_micros(now - timedelta(hours=1)) // 1000
    kept = [(n % 3 + 1, old + n * 1000, float(n), 0) for n in range(300)]
    store.write(ada, add_samples, [*kept, (1, to_micros(now) // 1000, 1.0, 0)])
    pack_all(store, ada, now)
    rows = store.read(lambda c: c.execute(select(sample_hour)).all())
    found = sorted((row.probe, *point) for row in rows for point in unpack(row.hour, row.packed))
    assert found == sorted(kept)
    assert len(store.read(lambda c: c.execute(select(sample_open)).all())) == 1
    store.close()


def test_samples_that_come_after_their_hour_was_packed_join_the_others(place: Path, ada: Author) -> None:
    clock = {"now": datetime(2026, 5, 1, 12, 30, tzinfo=UTC)}
    store = Store(backend_for(place), now=lambda: clock["now"])
    store.open()
    begin = to_micros(datetime(2026, 5, 1, 11, tzinfo=UTC)) // 1000
    early = [(n % 2 + 1, begin + n * 20_000, float(n), 0) for n in range(90)]
    late = [(1, begin + 1_805_000 + n * 20_000, None, 4) for n in range(40)]
    store.write(ada, add_samples, early)
    pack_all(store, ada, clock["now"])
    store.write(ada, add_samples, late)
    pack_all(store, ada, clock["now"])
    rows = store.read(lambda c: c.execute(select(sample_hour).order_by(sample_hour.c.probe)).all())
    found = [(row.probe, *point) for row in rows for point in unpack(row.hour, row.packed)]
    assert found == sorted([*early, *late], key=lambda sample: sample[:2])
    assert [row.samples for row in rows] == [85, 45]
    assert store.read(lambda c: c.execute(select(sample_open)).all()) == []
    store.close()


def test_an_hour_that_has_just_ended_waits_for_its_last_samples(place: Path, ada: Author) -> None:
    clock = {"now": datetime(2026, 5, 1, 12, 1, tzinfo=UTC)}
    store = Store(backend_for(place), now=lambda: clock["now"])
    store.open()
    store.write(ada, add_samples, [(1, to_micros(clock["now"] - timedelta(minutes=2)) // 1000, 1.0, 0)])
    pack_all(store, ada, clock["now"])
    assert store.read(lambda c: c.execute(select(sample_hour)).all()) == []
    clock["now"] += timedelta(minutes=2)
    pack_all(store, ada, clock["now"])
    assert len(store.read(lambda c: c.execute(select(sample_hour)).all())) == 1
    store.close()


def test_more_probes_than_one_slice_are_packed_slice_by_slice(place: Path, ada: Author) -> None:
    now = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    store = Store(backend_for(place), now=lambda: now)
    store.open()
    old = to_micros(now - timedelta(hours=1)) // 1000
    kept = [(probe, old + probe * 10, 1.5, 0) for probe in range(1, 2 * PROBES_AT_ONCE + 2)]
    store.write(ada, add_samples, kept)
    slices = [slice_ for slice_ in pack_all(store, ada, now) if slice_.hours]
    rows = store.read(lambda c: c.execute(select(sample_hour)).all())
    assert len(slices) == 3
    assert sorted((r.probe, *p) for r in rows for p in unpack(r.hour, r.packed)) == kept
    store.close()


def test_every_sample_is_read_once_whatever_the_packing_is_interrupted_by(place: Path, ada: Author) -> None:
    now = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    store = Store(backend_for(place), now=lambda: now)
    store.open()
    old = to_micros(now - timedelta(hours=1)) // 1000
    probes = 2 * PROBES_AT_ONCE
    kept = [
        (probe, old + n * 10_000 + probe * 10, float(n), 0)
        for n in range(60)
        for probe in range(1, probes + 1)
    ]
    store.write(ada, add_samples, kept)
    watched = (1, PROBES_AT_ONCE, PROBES_AT_ONCE + 1, probes)
    until = to_micros(now) // 1000
    before = {n: store.read(samples_between, n, since=old, until=until) for n in watched}
    late = (1, old + 5000, 7.5, 0)
    steps = 0
    while store.read(is_hour_over, now):
        store.write(ada, begin_packing, take_over(store, ada), now)
        slice_ = store.read(next_slice)
        assert slice_ is not None
        token = take_over(store, ada)
        store.write(ada, keep_slice, token, slice_)
        store.write(ada, keep_slice, token, slice_)
        with pytest.raises(LeaseLost):  # the agent that was in force before
            store.write(ada, keep_slice, token - 1, slice_)
        steps += 1
        if steps == 2:
            store.write(ada, add_samples, [late])
            before[1] = sorted([*before[1], late[1:]])
        store.close()
        store = Store(backend_for(place), now=lambda: now)
        store.open()
        assert {n: store.read(samples_between, n, since=old, until=until) for n in watched} == before
        if steps < 2:
            assert store.read(recent_samples, probes) == before[probes]
    assert steps > 4
    assert store.read(packing_of).upto == 0
    assert store.read(lambda c: c.execute(select(sample_open)).all()) == []
    store.close()


def test_where_only_old_ones_are_packed_the_newest_are_still_the_recent_ones(
    place: Path, ada: Author
) -> None:
    now = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    store = Store(backend_for(place), now=lambda: now)
    store.open()
    at = to_micros(now) // 1000
    store.write(ada, add_samples, [(1, at - 3_600_000, 1.0, 0), (1, at, 2.0, 0)])
    token = take_over(store, ada)
    store.write(ada, begin_packing, token, now)
    slice_ = store.read(next_slice)
    assert slice_ is not None
    store.write(ada, keep_slice, token, slice_)
    assert store.read(recent_samples, 1) == [(at, 2.0, 0)]
    store.close()


@pytest.mark.parametrize(
    "packed", [b"", b"not zlib", zlib.compress(b""), zlib.compress(b"\x01\x02\0\0\0"), zlib.compress(b"\x09")]
)
def test_an_hour_that_is_damaged_or_too_new_is_said_to_be(packed: bytes) -> None:
    with pytest.raises(BadInput):
        unpack(1, packed)


@given(st.binary(max_size=80), st.booleans())
def test_no_bytes_crash_the_reader_of_hours(data: bytes, squeezed: bool) -> None:
    try:
        unpack(5, zlib.compress(data) if squeezed else data)
    except BadInput:
        return
    assert data[0] == 1


def test_samples_out_of_their_hour_or_out_of_order_are_refused() -> None:
    for points in ([(HOUR_MS, 1.0, 0)], [(-1, 1.0, 0)], [(20, 1.0, 0), (0, 1.0, 0)]):
        with pytest.raises(BadInput):
            pack(0, points)


@given(st.lists(st.tuples(st.integers(0, 10 * 60_000), st.none() | st.floats(), st.integers(0, 5))))
def test_minutes_of_any_figures_can_be_stored(points: list[tuple[int, float | None, int]]) -> None:
    ordered = sorted(points, key=lambda p: p[0])
    rolls = roll_minutes(ordered)
    assert sum(roll.samples for roll in rolls) == len(points)
    assert [roll.minute for roll in rolls] == sorted({at // 60_000 for at, _, _ in points})
    for roll in rolls:
        assert not math.isnan(roll.total)
        assert roll.lowest is None or (roll.highest is not None and roll.lowest <= roll.highest)
        assert roll.worst == max(state for at, _, state in points if at // 60_000 == roll.minute)
