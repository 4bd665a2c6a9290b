"""When each probe is due: fixed slots on the monotonic clock. Pure: the caller says what time it is.

A slot is never moved by how long a look took (`due += interval`), begins at a place within its interval
that its name decides (the same after a restart, evenly spread over many), and is skipped and counted when it
was missed, never run twice to catch up. Looks asked for once (a retry, a parent, by hand) move no slot.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b
from itertools import count
from typing import NamedTuple

Key = tuple[str, str]
"""A probe: (component id, probe id)."""


class Kind(IntEnum):
    """Why a look is due; in the order in which looks due together are taken."""

    ONCE = 0
    SLOT = 1


class Due(NamedTuple):
    """A look that is due: since when (monotonic seconds), why, and how many slots before it were missed."""

    key: Key
    due: float
    kind: Kind
    missed: int


@dataclass(slots=True)
class _Slot:
    every_s: float
    due: float
    ticket: int = 0
    passed_over: int = 0  # slots that were due when all were spread anew


def place_within(key: Key, every_s: float) -> float:
    """Returns where in its interval a probe's slot lies: 0 ≤ seconds < `every_s`, from a stable hash of its name."""
    digest = blake2b("\0".join(key).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / 2**53 * every_s


def _first_due(key: Key, every_s: float, now: float) -> float:
    begin = now - now % every_s + place_within(key, every_s)
    return begin if begin >= now else begin + every_s


class Slots:
    """The heap of what is due."""

    def __init__(self) -> None:
        self._slots: dict[Key, _Slot] = {}
        self._once: dict[Key, tuple[float, int]] = {}
        self._heap: list[tuple[float, int, int, Key]] = []
        self._tickets = count(1)

    def __len__(self) -> int:
        return len(self._slots)

    def add(self, key: Key, every_s: float, now: float) -> None:
        """Adds a probe, or changes its interval; the first look comes within one interval."""
        held = self._slots.get(key)
        if held is not None and held.every_s == every_s:
            return
        self._push(key, _Slot(every_s, _first_due(key, every_s, now)))

    def remove(self, key: Key) -> None:
        """Removes a probe and what was asked of it."""
        self._slots.pop(key, None)
        self._once.pop(key, None)

    def once(self, key: Key, due: float) -> None:
        """Asks for one look at `due`; of several the earliest counts. Nothing for an unknown probe."""
        held = self._once.get(key)
        if key in self._slots and (held is None or due < held[0]):
            ticket = next(self._tickets)
            self._once[key] = (due, ticket)
            heapq.heappush(self._heap, (due, Kind.ONCE, ticket, key))

    def next_due(self) -> float | None:
        """Returns when the next look is due; None when there is nothing to look at."""
        while self._heap:
            due, kind, ticket, key = self._heap[0]
            if self._stands(kind, ticket, key):
                return due
            heapq.heappop(self._heap)
        return None

    def pop_due(self, now: float) -> list[Due]:
        """Returns every look due by `now`, oldest first; slots go on to their next place after `now`."""
        found: list[Due] = []
        while self._heap and self._heap[0][0] <= now:
            due, kind, ticket, key = heapq.heappop(self._heap)
            if not self._stands(kind, ticket, key):
                continue
            if kind == Kind.ONCE:
                del self._once[key]
                found.append(Due(key, due, Kind.ONCE, 0))
                continue
            slot = self._slots[key]
            missed = int((now - due) // slot.every_s)
            found.append(Due(key, due + missed * slot.every_s, Kind.SLOT, missed + slot.passed_over))
            self._push(key, _Slot(slot.every_s, due + (missed + 1) * slot.every_s))
        return found

    def resplay(self, now: float) -> None:
        """Spreads every slot anew over one interval from `now`: after a suspend, nothing comes in a burst.

        What was due by then counts as missed with the probe's next slot.
        """
        for key, slot in list(self._slots.items()):
            passed = slot.passed_over
            if slot.due < now:
                passed += int((now - slot.due) // slot.every_s) + 1
            due = _first_due(key, slot.every_s, now)
            self._push(key, _Slot(slot.every_s, due, passed_over=passed))

    def _push(self, key: Key, slot: _Slot) -> None:
        slot.ticket = next(self._tickets)
        self._slots[key] = slot
        heapq.heappush(self._heap, (slot.due, Kind.SLOT, slot.ticket, key))

    def _stands(self, kind: int, ticket: int, key: Key) -> bool:
        if kind == Kind.ONCE:
            held = self._once.get(key)
            return held is not None and held[1] == ticket
        slot = self._slots.get(key)
        return slot is not None and slot.ticket == ticket
