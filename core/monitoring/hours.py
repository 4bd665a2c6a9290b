"""At an hour's end its samples are packed, one value for each probe and hour, and leave the open table.

What takes long, reading and packing, holds nobody up: it is a question. A command then writes the packed
slice in a moment. `sample_packing` says how far that came, and readers go by it, so that each sample is
seen once at every moment, whatever ends in between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, select, tuple_, update

from core.monitoring.packing import HOUR_MS, pack, unpack
from core.monitoring.tables import sample_hour, sample_minute, sample_open, sample_packing
from core.monitoring.watch import DUTY as WATCHING
from core.store.lease import beat, wait_for_holders
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.monitoring.packing import Point
    from core.store.work import Work

DUTY = "roll-up"
"""Packing and forgetting. Of all agents on a database one holds it, whatever its zone."""
PROBES_AT_ONCE = 100
ROWS_AT_ONCE = 500
DROPPED_AT_ONCE = 5000
SETTLE_S = 120
"""An hour is packed this long after its end, when its last samples have surely been written."""
KEEP_HOURS = 14 * 24
KEEP_MINUTES = 14 * 24 * 60


@dataclass(frozen=True, slots=True)
class Packing:
    """How far the packing of the open samples up to number `upto` came: probes up to `through`, of `last`, are packed.

    `upto` 0 means that nothing is being packed. A sample that is packed still lies in the open table until
    all are; it counts there no longer.
    """

    upto: int = 0
    through: int = 0
    last: int = 0

    @property
    def is_packed(self) -> bool:
        """Tells whether every probe is packed, so that what lies open of them can go."""
        return self.through >= self.last


@dataclass(frozen=True, slots=True)
class Slice:
    """What is to be written next: how far it was, how far it is with it, and the packed hours (columns of `sample_hour`)."""

    before: Packing
    after: Packing
    hours: list[dict[str, Any]]


def packing_of(connection: Connection) -> Packing:
    """Returns how far the packing came."""
    row = connection.execute(
        select(sample_packing.c.upto, sample_packing.c.through, sample_packing.c.last)
    ).one()
    return Packing(*row)


def is_hour_over(connection: Connection, now: datetime) -> bool:
    """Tells whether the oldest open sample is of an hour that is to be packed at `now`, or one is being packed."""
    return bool(packing_of(connection).upto) or _due(connection, now) is not None


def begin_packing(work: Work, token: int, now: datetime) -> None:
    """Sets which samples are packed next: all numbered up to the last one of the oldest hour that is over at `now`.

    Numbers are given before samples are written for good: of two agents that write at once the later number may be
    seen first. So all that is being written is waited for; what comes after has higher numbers. Raises LeaseLost.
    """
    beat(work, DUTY, token)
    wait_for_holders(work, WATCHING)
    if packing_of(work.connection).upto:
        return
    begun = _due(work.connection, now)
    if begun is not None:
        _set(work, begun)


def next_slice(connection: Connection) -> Slice | None:
    """Returns the next slice of what is being packed: PROBES_AT_ONCE probes; None when nothing is.

    Samples that came after their hour was packed (the agent could not write for a while) are packed with the others.
    """
    before = packing_of(connection)
    if not before.upto:
        return None
    if before.is_packed:
        return Slice(before, before, [])
    after = replace(before, through=min(before.through + PROBES_AT_ONCE, before.last))
    return Slice(before, after, _packed_hours(connection, before, after))


def keep_slice(work: Work, token: int, slice_: Slice) -> None:
    """Writes a slice in one short transaction; where all are packed, some of what lies open goes instead.

    Nothing where that slice was written already. Raises LeaseLost, and writes nothing, when another agent has
    taken over since `token` was given out.
    """
    beat(work, DUTY, token)
    if packing_of(work.connection) != slice_.before:
        return
    after = slice_.after
    if slice_.before.is_packed:
        after = after if _drop_some(work, after.upto) else Packing()
    elif slice_.hours:
        keys = [(row["probe"], row["hour"]) for row in slice_.hours]
        work.connection.execute(
            delete(sample_hour).where(tuple_(sample_hour.c.probe, sample_hour.c.hour).in_(keys))
        )
        work.connection.execute(insert(sample_hour), slice_.hours)
    _set(work, after)


def _set(work: Work, packing: Packing) -> None:
    work.connection.execute(
        update(sample_packing).values(upto=packing.upto, through=packing.through, last=packing.last)
    )


def _due(connection: Connection, now: datetime) -> Packing | None:
    now_ms = to_micros(now - timedelta(seconds=SETTLE_S)) // 1000
    oldest = connection.scalar(select(sample_open.c.at).order_by(sample_open.c.id).limit(1))
    if oldest is None or oldest // HOUR_MS >= now_ms // HOUR_MS:
        return None
    end = (oldest // HOUR_MS + 1) * HOUR_MS
    upto = connection.scalar(select(func.max(sample_open.c.id)).where(sample_open.c.at < end))
    last = connection.scalar(select(func.max(sample_open.c.probe)).where(sample_open.c.id <= upto))
    return Packing(int(upto or 0), 0, int(last or 0))


def _packed_hours(connection: Connection, begun: Packing, after: Packing) -> list[dict[str, Any]]:
    # One probe's samples at a time: as rows, those of a whole slice would take 20 MB that are never given back.
    rows = connection.execute(
        select(sample_open.c.probe, sample_open.c.at, sample_open.c.value, sample_open.c.state)
        .where(
            sample_open.c.id <= begun.upto,
            sample_open.c.probe > begun.through,
            sample_open.c.probe <= after.through,
        )
        .order_by(sample_open.c.probe, sample_open.c.at, sample_open.c.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    return [
        _packed(connection, probe, hour, [(at, value, state) for _, at, value, state in samples])
        for (probe, hour), samples in groupby(rows, key=lambda row: (row[0], row[1] // HOUR_MS))
    ]


def _packed(connection: Connection, probe: int, hour: int, points: list[Point]) -> dict[str, Any]:
    there = and_(sample_hour.c.probe == probe, sample_hour.c.hour == hour)
    before = connection.scalar(select(sample_hour.c.packed).where(there))
    if before is not None:
        # Sorted by instant alone: samples of one instant keep the order in which they came.
        points = sorted([*unpack(hour, before), *points], key=itemgetter(0))
    return {"probe": probe, "hour": hour, "samples": len(points), "packed": pack(hour, points)}


def _drop_some(work: Work, upto: int) -> bool:
    """Removes some of the open samples that are packed, oldest first; True when more may be left."""
    first = work.connection.scalar(select(func.min(sample_open.c.id)))
    if first is None or first > upto:
        return False
    to = min(first + DROPPED_AT_ONCE, upto)
    work.connection.execute(delete(sample_open).where(sample_open.c.id <= to))
    return bool(to < upto)


def forget_old(work: Work) -> bool:
    """Removes packed hours and minutes past their time, a slice at a time; True when there is more to do at once."""
    now_ms = to_micros(work.now) // 1000
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
