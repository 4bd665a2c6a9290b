"""One hour of one probe's samples as a few bytes each, and its minutes rolled up. Pure.

A packed hour is zlib over: a version byte, the number of samples, the steps between their instants
(hundredths of a second, 32 bits), their severities (8 bits), their values (32-bit floats, NaN for none).
"""

from __future__ import annotations

import math
import sys
import zlib
from array import array
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

VERSION = 1
HOUR_MS = 3_600_000
MINUTE_MS = 60_000
_RESTORE = "Restore the database from a copy; the other hours can be read"
Point = tuple[int, float | None, int]
"""A sample: milliseconds UTC, value, severity."""


def pack(hour: int, points: Sequence[Point]) -> bytes:
    """Returns the samples of `hour` (hours since 1970 UTC), oldest first; instants are kept to 10 ms, values to 32 bits."""
    begin = hour * HOUR_MS
    places = [(at - begin) // 10 for at, _, _ in points]
    if any(not 0 <= place < HOUR_MS // 10 for place in places) or places != sorted(places):
        raise BadInput(f"samples of hour {hour} are out of it or out of order")
    steps = array("I", [b - a for a, b in zip([0, *places], places, strict=False)])
    values = array("f", [math.nan if value is None else value for _, value, _ in points])
    states = bytes(state for _, _, state in points)
    if sys.byteorder == "big":
        steps.byteswap()
        values.byteswap()
    head = bytes([VERSION]) + len(points).to_bytes(4, "little")
    return zlib.compress(head + steps.tobytes() + states + values.tobytes(), 6)


def unpack(hour: int, packed: bytes) -> list[Point]:
    """Returns the samples that `pack` took; raises BadInput for what it did not write."""
    try:
        data = zlib.decompress(packed)
    except zlib.error as error:
        raise BadInput(f"an hour of samples is damaged: {error}", next_step=_RESTORE) from error
    if data[:1] != bytes([VERSION]):
        raise BadInput(
            f"an hour of samples is packed in form {data[:1].hex()}", next_step="Use a newer Watchfloor"
        )
    count = int.from_bytes(data[1:5], "little")
    if len(data) != 5 + 9 * count:
        raise BadInput(f"an hour of samples is damaged: {len(data)} bytes for {count}", next_step=_RESTORE)
    steps, values = array("I"), array("f")
    steps.frombytes(data[5 : 5 + 4 * count])
    states = data[5 + 4 * count : 5 + 5 * count]
    values.frombytes(data[5 + 5 * count :])
    if sys.byteorder == "big":
        steps.byteswap()
        values.byteswap()
    points, place = [], 0
    for step, state, value in zip(steps, states, values, strict=True):
        place += step
        points.append((hour * HOUR_MS + place * 10, None if math.isnan(value) else value, state))
    return points


@dataclass(frozen=True, slots=True)
class MinuteRoll:
    """One minute of samples: how many, their values' extent, the worst severity.

    Only finite values count; without any, `lowest` and `highest` are None. `total` is their mean times
    `samples`, so that `total / samples` is the mean of those that had a value.
    """

    minute: int
    samples: int
    lowest: float | None
    highest: float | None
    total: float
    worst: int


def roll_minutes(points: Iterable[Point]) -> list[MinuteRoll]:
    """Returns one roll a minute (since 1970 UTC) of samples given oldest first."""
    return [_roll(minute, list(group)) for minute, group in groupby(points, key=lambda p: p[0] // MINUTE_MS)]


def _roll(minute: int, group: list[Point]) -> MinuteRoll:
    values = [value for _, value, _ in group if value is not None and math.isfinite(value)]
    worst = max(state for _, _, state in group)
    if not values:
        return MinuteRoll(minute, len(group), None, None, 0.0, worst)
    total = sum(values) * len(group) / len(values)
    return MinuteRoll(minute, len(group), min(values), max(values), total, worst)
