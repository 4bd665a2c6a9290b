"""At an hour's end its samples are packed, one value for each probe, and leave the open table."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, select

from core.monitoring.packing import HOUR_MS, pack, unpack
from core.monitoring.tables import sample_hour, sample_minute, sample_open
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from core.monitoring.packing import Point
    from core.store.work import Work

PROBES_AT_ONCE = 100
ROWS_AT_ONCE = 500
SETTLE_S = 120
"""An hour is packed this long after its end, when its last samples have surely been written."""
KEEP_HOURS = 14 * 24
KEEP_MINUTES = 14 * 24 * 60


def seal_hours(work: Work) -> bool:
    """Packs one slice of the oldest hour that is over; True when there is more to do at once.

    A slice is all of PROBES_AT_ONCE probes, in one short transaction, so that nobody waits for it. Samples
    that come after their hour was packed (the agent could not write for a while) are packed with the others.
    """
    now_ms = to_micros(work.now - timedelta(seconds=SETTLE_S)) // 1000
    oldest = work.connection.scalar(select(sample_open.c.at).limit(1))
    if oldest is None or oldest // HOUR_MS >= now_ms // HOUR_MS:
        return _forget_old(work, now_ms)
    hour = oldest // HOUR_MS
    within = and_(sample_open.c.at >= hour * HOUR_MS, sample_open.c.at < (hour + 1) * HOUR_MS)
    probes = work.connection.scalars(
        select(sample_open.c.probe).where(within).distinct().limit(PROBES_AT_ONCE)
    ).all()
    slice_ = and_(within, sample_open.c.probe.in_(probes))
    there = and_(sample_hour.c.hour == hour, sample_hour.c.probe.in_(probes))
    known = work.connection.execute(select(sample_hour.c.probe, sample_hour.c.packed).where(there)).all()
    before = {row.probe: row.packed for row in known}
    # One probe's samples at a time: as rows, those of a whole slice would take 20 MB that are never given back.
    rows = work.connection.execute(
        select(sample_open.c.probe, sample_open.c.at, sample_open.c.value, sample_open.c.state)
        .where(slice_)
        .order_by(sample_open.c.probe, sample_open.c.at)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    packed = [
        _packed(hour, probe, [(at, value, state) for _, at, value, state in samples], before.get(probe))
        for probe, samples in groupby(rows, key=itemgetter(0))
    ]
    work.connection.execute(delete(sample_hour).where(there))
    work.connection.execute(insert(sample_hour), packed)
    work.connection.execute(delete(sample_open).where(slice_))
    return True


def _packed(hour: int, probe: int, points: list[Point], before: bytes | None) -> dict[str, Any]:
    if before is not None:
        # Sorted by instant alone: samples of one instant keep the order in which they came.
        points = sorted([*unpack(hour, before), *points], key=itemgetter(0))
    return {"probe": probe, "hour": hour, "samples": len(points), "packed": pack(hour, points)}


def _forget_old(work: Work, now_ms: int) -> bool:
    """Removes packed hours and minutes past their time, a slice at a time."""
    hours = delete(sample_hour).where(sample_hour.c.hour < now_ms // HOUR_MS - KEEP_HOURS)
    minute = work.connection.scalar(
        select(sample_minute.c.minute)
        .where(sample_minute.c.minute < now_ms // 60_000 - KEEP_MINUTES)
        .limit(1)
    )
    work.connection.execute(hours)
    if minute is None:
        return False
    work.connection.execute(delete(sample_minute).where(sample_minute.c.minute <= minute))
    return True
