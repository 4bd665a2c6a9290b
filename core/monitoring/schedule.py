"""When each probe is due: fixed slots on the monotonic clock. Pure: the caller says what time it is.

A slot is never moved by how long a look took, begins at a place within its interval that its name decides
(the same after a restart, evenly spread over many), and is skipped and counted when it was missed, never run
twice to catch up. It is its place plus a whole number of intervals, so that no rounding adds up over days.
Looks asked for once (a retry, a parent, by hand) move no slot and are taken before slots.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b
from itertools import count
from typing import NamedTuple

Key = tuple[str, str]
"""A probe: (component id, probe id)."""


class Kind(IntEnum):
    """Why a look is due; in the order in which looks found due together are taken."""

    ONCE = 0
    SLOT = 1


class Due(NamedTuple):
    """A look that is due: since when (monotonic seconds), why, and how many slots before it were missed."""

    key: Key
    due: float
    kind: Kind
    missed: int


@dataclass(slots=True)
class _Asked:
    """A look asked for once. `ticket` names its entry in the heap; what the heap holds under another is void."""

    key: Key
    due: float
    ticket: int = 0


@dataclass(slots=True)
class _Slot:
    """A probe's slot: the instant `place + number * every_s`; `ticket` as above."""

    key: Key
    place: float
    every_s: float
    number: int = 0
    ticket: int = 0
    passed_over: int = 0  # slots that were due when all were to wait for their next place

    @property
    def due(self) -> float:
        return self.place + self.number * self.every_s

    def number_after(self, now: float, *, or_at: bool) -> int:
        """Returns the number of the first slot after `now`, or at it."""
        number = math.ceil((now - self.place) / self.every_s)
        # The division rounds; what decides is the instant itself.
        while self._is_over(number, now, or_at=or_at):
            number += 1
        while not self._is_over(number - 1, now, or_at=or_at):
            number -= 1
        return number

    def _is_over(self, number: int, now: float, *, or_at: bool) -> bool:
        due = self.place + number * self.every_s
        return due < now if or_at else due <= now

    def take(self, now: float) -> Due:
        """Returns the look due by `now`, the latest where several are, and moves on to the slot after it."""
        missed = self.passed_over
        if self.place + (self.number + 1) * self.every_s <= now:
            latest = self.number_after(now, or_at=False) - 1
            missed += latest - self.number
            self.number = latest
        taken = Due(self.key, self.due, Kind.SLOT, missed)
        self.number += 1
        self.passed_over = 0
        return taken


def place_within(key: Key, every_s: float) -> float:
    """Returns where in its interval a probe's slot lies: 0 ≤ seconds < `every_s`, from a stable hash of its name."""
    digest = blake2b("\0".join(key).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / 2**53 * every_s


class Slots:
    """The heap of what is due."""

    def __init__(self) -> None:
        self._slots: dict[Key, _Slot] = {}
        self._asked: dict[Key, _Asked] = {}
        self._heap: list[tuple[float, int, int, _Slot | _Asked]] = []
        self._tickets = count(1)

    def __len__(self) -> int:
        return len(self._slots)

    def add(self, key: Key, every_s: float, now: float) -> None:
        """Adds a probe, or changes its interval; the first look comes within one interval."""
        held = self._slots.get(key)
        if held is not None and held.every_s == every_s:
            return
        if held is not None:
            held.ticket = 0
        slot = self._slots[key] = _Slot(key, place_within(key, every_s), every_s)
        slot.number = slot.number_after(now, or_at=True)
        self._push(slot, Kind.SLOT)

    def remove(self, key: Key) -> None:
        """Removes a probe and what was asked of it."""
        for gone in (self._slots.pop(key, None), self._asked.pop(key, None)):
            if gone is not None:
                gone.ticket = 0

    def once(self, key: Key, due: float) -> None:
        """Asks for one look at `due`; of several the earliest counts. Nothing for an unknown probe."""
        held = self._asked.get(key)
        if key not in self._slots or (held is not None and held.due <= due):
            return
        if held is None:
            held = self._asked[key] = _Asked(key, due)
        held.due = due
        self._push(held, Kind.ONCE)

    def next_due(self) -> float | None:
        """Returns when the next look is due; None when there is nothing to look at."""
        while self._heap:
            due, _, ticket, entry = self._heap[0]
            if entry.ticket == ticket:
                return due
            heapq.heappop(self._heap)
        return None

    def oldest_overdue_s(self, now: float) -> float:
        """Returns for how long the oldest look that is due has not been taken; 0 when none is due."""
        due = self.next_due()
        return max(now - due, 0.0) if due is not None else 0.0

    def pop_due(self, now: float) -> list[Due]:
        """Returns every look due by `now`: those asked for once, then slots, each oldest first.

        Slots go on to their next place after `now`; a probe's slot is returned at most once.
        """
        asked: list[Due] = []
        slots: list[Due] = []
        heap = self._heap
        while heap and heap[0][0] <= now:
            due, _, ticket, entry = heap[0]
            if entry.ticket != ticket:
                heapq.heappop(heap)
            elif isinstance(entry, _Slot):
                slots.append(entry.take(now))
                entry.ticket = ticket = next(self._tickets)
                heapq.heapreplace(heap, (entry.due, Kind.SLOT, ticket, entry))
            else:
                heapq.heappop(heap)
                del self._asked[entry.key]
                asked.append(Due(entry.key, due, Kind.ONCE, 0))
        return asked + slots

    def resplay(self, now: float) -> None:
        """Lets every slot wait for its next place from `now` on: after a suspend, nothing comes in a burst.

        What was due by then counts as missed with the probe's next slot.
        """
        for slot in self._slots.values():
            if slot.due < now:
                number = slot.number_after(now, or_at=True)
                slot.passed_over += number - slot.number
                slot.number = number
                self._push(slot, Kind.SLOT)

    def _push(self, entry: _Slot | _Asked, kind: Kind) -> None:
        entry.ticket = ticket = next(self._tickets)
        heapq.heappush(self._heap, (entry.due, kind, ticket, entry))
        if len(self._heap) > 2 * (len(self._slots) + len(self._asked)) + 64:
            self._heap = [held for held in self._heap if held[3].ticket == held[2]]
            heapq.heapify(self._heap)
