"""Samples are packed an hour at a time, and nothing of them is lost."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from core.monitoring.commands import add_samples
from core.monitoring.hours import seal_hours
from core.monitoring.packing import HOUR_MS, pack, roll_minutes, unpack
from core.monitoring.tables import sample_hour, sample_open
from core.store.store import Store, backend_for
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.work import Author

VALUES = st.one_of(st.none(), st.floats(width=32, allow_nan=False))
POINTS = st.lists(st.tuples(st.integers(0, HOUR_MS // 10 - 1), VALUES, st.integers(0, 5)), max_size=60)


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


def test_minutes_hold_extent_sum_and_the_worst() -> None:
    rolls = roll_minutes([(0, 1.0, 0), (30_000, 5.0, 2), (59_999, None, 0), (60_000, None, 4)])
    assert [(r.minute, r.samples, r.lowest, r.highest, r.total, r.worst) for r in rolls] == [
        (0, 3, 1.0, 5.0, 6.0, 2), (1, 1, None, None, 0.0, 4),
    ]  # fmt: skip


def test_an_hour_that_is_over_leaves_the_open_table_whole(place: Path, ada: Author) -> None:
    now = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    store = Store(backend_for(place), now=lambda: now)
    store.open()
    old = to_micros(now - timedelta(hours=1)) // 1000
    kept = [(n % 3 + 1, old + n * 1000, float(n), 0) for n in range(300)]
    store.write(ada, add_samples, [*kept, (1, to_micros(now) // 1000, 1.0, 0)])
    while store.write(ada, seal_hours):
        pass
    rows = store.read(lambda c: c.execute(select(sample_hour)).all())
    found = sorted((row.probe, *point) for row in rows for point in unpack(row.hour, row.packed))
    assert found == sorted(kept)
    assert len(store.read(lambda c: c.execute(select(sample_open)).all())) == 1
    store.close()
