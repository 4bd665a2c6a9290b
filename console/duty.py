"""A duty that of all agents on a database one holds at a time, beside the watching of its zone.

When its holder has been silent for a while another takes it over, and what the first still had in hand is refused
by the database, for its lease is an older one.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from core.errors import StoreUnavailable, Unavailable, WatchfloorError
from core.store.lease import LeaseSight, beat, give_up_lease, lease_of, take_lease

if TYPE_CHECKING:
    from typing import Any

    from core.store.thread import DatabaseThread
    from core.store.work import Author


class Kept(Protocol):
    """What an agent keeps beside its watch."""

    async def run(self) -> None:
        """Keeps it until cancelled."""
        ...

    async def end(self) -> None:
        """Leaves it to another agent."""
        ...


class HeldDuty:
    """One agent's hold on a duty. `about` is what people are told of the holder, read at each beat."""

    def __init__(
        self,
        database: DatabaseThread,
        author: Author,
        name: str,
        about: dict[str, Any],
        *,
        beat_s: float,
        lost_s: float,
    ) -> None:
        self._database, self._author, self.name, self._about = database, author, name, about
        self._beat_s, self._lost_s = beat_s, lost_s
        self._sight = LeaseSight()
        self._beaten_at = time.monotonic()
        self.token: int | None = None

    async def hold(self) -> bool:
        """Takes the duty over where nobody holds it; tells whether it is held here. Raises StoreUnavailable."""
        if self.token is not None:
            return True
        held = await asyncio.wrap_future(self._database.read(lease_of, self.name))
        self._sight.look(held)
        if held is not None and not held.is_given_up:
            silent_s = self._sight.silent_s or 0.0
            if self._sight.is_doubtful or silent_s < self._lost_s:
                return False
        try:
            self.token = await asyncio.wrap_future(self._database.write(
                self._author, take_lease, self.name, self._author.seat, over=held, info=dict(self._about),
            ))  # fmt: skip
        except StoreUnavailable:
            raise
        except Unavailable:
            return False  # another was quicker
        self.beaten()
        return True

    def beaten(self) -> None:
        """Notes that a write has just given the sign of life."""
        self._beaten_at = time.monotonic()

    def tell_soon(self) -> None:
        """Has the next `beat_when_due` beat, for what is told of the holder is new."""
        self._beaten_at = float("-inf")

    @property
    def is_beat_due(self) -> bool:
        """Tells whether the last sign of life is old enough for another."""
        return time.monotonic() - self._beaten_at >= self._beat_s

    async def beat_when_due(self) -> None:
        """Gives the sign of life where the last is old enough. Raises LeaseLost, and StoreUnavailable."""
        if self.token is None or not self.is_beat_due:
            return
        await asyncio.wrap_future(
            self._database.write(self._author, beat, self.name, self.token, dict(self._about))
        )
        self.beaten()

    def lost(self) -> None:
        """Notes that another agent has the duty."""
        self.token = None

    async def give_up(self) -> None:
        """Gives the duty up, so that another agent need not wait."""
        if self.token is None:
            return
        token, self.token = self.token, None
        with suppress(WatchfloorError):
            await asyncio.wrap_future(self._database.write(self._author, give_up_lease, self.name, token))
