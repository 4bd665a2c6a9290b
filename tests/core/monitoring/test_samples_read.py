"""What was sampled can be read over any stretch of time, packed or not."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from core.monitoring.commands import add_minutes, add_samples
from core.monitoring.hours import DUTY, begin_packing, keep_slice, next_slice
from core.monitoring.packing import roll_minutes
from core.monitoring.queries import minutes_of, samples_between
from core.store.lease import take_lease
from core.store.store import Store, backend_for
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.work import Author


def test_a_sample_without_a_value_does_not_pull_the_mean_of_its_minute_down(place: Path, ada: Author) -> None:
    store = Store(backend_for(place))
    store.open()
    rolls = roll_minutes([(0, 4.0, 0), (20_000, None, 4), (40_000, 8.0, 0), (60_000, None, 4)])
    store.write(ada, add_minutes, [{"probe": 1, **asdict(roll)} for roll in rolls])
    found = store.read(lambda c: minutes_of(c, 1, since=0))
    assert [(m.samples, m.lowest, m.highest, m.mean) for m in found] == [
        (3, 4.0, 8.0, 6.0),
        (1, None, None, None),
    ]
    store.close()


def test_packed_open_and_late_samples_are_read_as_one_line(place: Path, ada: Author) -> None:
    now = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    store = Store(backend_for(place), now=lambda: now)
    store.open()
    begin = to_micros(now - timedelta(hours=3)) // 1000
    points = [(begin + n * 60_000, None if n % 7 == 0 else float(n), n % 3) for n in range(180)]
    late = (begin + 30_000, 5.0, 0)
    store.write(ada, add_samples, [(number, *point) for point in points for number in (1, 2)])
    token = store.write(ada, take_lease, DUTY, ada.seat)
    store.write(ada, begin_packing, token, now)
    while slice_ := store.read(next_slice):
        store.write(ada, keep_slice, token, slice_)
    store.write(ada, add_samples, [(1, *late)])
    since, until = begin, begin + 179 * 60_000
    found = store.read(lambda c: samples_between(c, 1, since=since, until=until))
    assert found == sorted([*points[:-1], late], key=lambda point: point[0])
    part = store.read(lambda c: samples_between(c, 2, since=begin + 60_000, until=begin + 180_000))
    assert part == points[1:3]
    assert store.read(lambda c: samples_between(c, 3, since=since, until=until)) == []
    store.close()
