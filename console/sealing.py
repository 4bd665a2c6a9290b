"""The agent's duty of sealing the journal, under a lease of its own.

Of all agents on a database one seals. Sealing is late rather than wrong: what cannot
be written now is tried again, and a journal that does not hold is not sealed at all.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from console.duty import HeldDuty
from console.sealing_key import find_key
from core.errors import StoreUnavailable, WatchfloorError
from core.journal.keys import OtherKey
from core.journal.sealing import BATCH, UNSIGNED, JournalBroken, instant_of
from core.journal.seals import DUTY, SILENT_S, keep_seal, next_batch, seal_batch, standing
from core.journal.signing import short
from core.security.signals.own import notice_broken
from core.store.lease import LeaseLost
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from console.connections.place import Place
    from console.sealing_key import FoundKey
    from core.journal.sealing import Seal
    from core.journal.seals import Batch
    from core.store.thread import DatabaseThread
    from core.store.work import Author

EVERY_S = 60.0
"""A seal is made when the last is this old, or BATCH entries wait."""
LOOK_S = 2.0
BEAT_S, LOST_S = 10.0, SILENT_S
"""Sealing is no matter of seconds: a beat for each would wake every console for nothing."""
PAUSE_S = 0.05
FIRST_S = 10.0
"""So soon after taking over what was left unsealed is sealed."""
TELL_S = 600.0
KEYRING_S = 1800.0
"""So often the keyring is asked again, while nobody has made a key: it takes a process to ask."""


class Sealing:
    """Seals one database's journal for as long as it runs."""

    def __init__(
        self, database: DatabaseThread, author: Author, place: Place, say: Callable[[str], None]
    ) -> None:
        self._database, self._author, self._place, self._say = database, author, place, say
        self._about: dict[str, Any] = {"host": socket.gethostname(), "pid": os.getpid()}
        self._duty = HeldDuty(database, author, DUTY, self._about, beat_s=BEAT_S, lost_s=LOST_S)
        self._key: FoundKey | None = None
        self._told_key = ""
        self._keyring_at: float | None = None
        self._trouble = self._raised_broken = ""
        self._last: Seal | None = None
        self._told_at: float | None = None
        self._sealed_at = time.monotonic()

    async def run(self) -> None:
        """Seals until cancelled; never raises what only means that it must be tried again."""
        while True:
            try:
                if self._duty.token is not None:
                    await self._seal_when_due()
                elif await self._duty.hold():
                    self._sealed_at = time.monotonic() - EVERY_S + FIRST_S
            except LeaseLost:
                self._duty.lost()
                self._say("another agent seals the journal now")
            except StoreUnavailable:
                pass  # the agent's other duties say so
            except WatchfloorError as error:
                if isinstance(error, OtherKey):
                    self._key = self._keyring_at = (
                        None  # the right one may be there when it is looked for again
                    )
                if isinstance(error, JournalBroken):
                    await self._raise_broken(error)
                self._note(f"the journal is not sealed: {error}")
            await asyncio.sleep(LOOK_S)

    async def _raise_broken(self, error: JournalBroken) -> None:
        """Raises a signal of it, once for each fault; where that cannot be written now, at the next look."""
        if self._raised_broken == str(error):
            return
        with suppress(WatchfloorError):
            await asyncio.wrap_future(self._database.write(self._author, notice_broken, str(error)))
            self._raised_broken = str(error)

    async def end(self) -> None:
        """Seals what is left and gives up the lease; whoever ends a console does not wait for a keyring."""
        if self._duty.token is None:
            return
        with suppress(WatchfloorError):
            if not self._trouble and self._keyring_at is not None:
                await self._seal_waiting(ending=True)
            self._tell_head()
        await self._duty.give_up()

    async def _seal_when_due(self) -> None:
        now = time.monotonic()
        found = await asyncio.wrap_future(self._database.read(standing))
        many = found.unsealed >= BATCH and not self._trouble
        if many or (found.unsealed and now - self._sealed_at >= EVERY_S):
            await self._seal_waiting()
        else:
            await self._duty.beat_when_due()

    async def _seal_waiting(self, *, ending: bool = False) -> None:
        """Seals all that waits, a batch at a time, the last one maybe small; at the end of the agent one batch."""
        await self._look_for_key(ending=ending)
        while True:
            batch = await asyncio.wrap_future(self._database.read(next_batch))
            if batch is None or not await self._seal(batch):
                break
            if len(batch.records) < BATCH or ending:
                break
            await asyncio.sleep(PAUSE_S)
        self._note("")

    async def _seal(self, batch: Batch) -> bool:
        key = self._key.key if self._key else None
        made = await asyncio.to_thread(seal_batch, batch, utc_now(), key)
        assert self._duty.token is not None
        kept = await asyncio.wrap_future(
            self._database.write(self._author, keep_seal, made, self._duty.token)
        )
        self._sealed_at = time.monotonic()
        self._duty.beaten()
        if kept:
            self._last = made
            if self._key is not None and self._told_key != made.key_id:
                self._told_key = made.key_id
                self._say(f"seals are signed with key {short(made.key_id)} of {self._key.source}")
            if self._told_at is None or self._sealed_at - self._told_at >= TELL_S:
                self._tell_head()
        return kept

    async def _look_for_key(self, *, ending: bool = False) -> None:
        if self._key is not None:
            return
        asks = not ending and (self._keyring_at is None or time.monotonic() - self._keyring_at >= KEYRING_S)
        if asks:
            self._keyring_at = time.monotonic()
        self._key = await asyncio.to_thread(find_key, self._place, ask_keyring=asks)

    def _tell_head(self) -> None:
        """Says the sealed head, so that it stands outside the database: a journal whose end was cut off is known by it."""
        if self._last is not None:
            self._told_at = time.monotonic()
            self._say(head_line(self._last))
            self._last = None

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._say(trouble or "the journal is sealed again")
            self._about["trouble"] = trouble
            self._duty.tell_soon()
            self._sealed_at = time.monotonic()
        self._trouble = trouble


def head_line(seal: Seal) -> str:
    """Returns a sealed head as one line for a log: what to hand to `watchfloor journal verify --head`."""
    by = f"signed by key {short(seal.key_id)}" if seal.is_signed else UNSIGNED
    return f"journal sealed to {seal.last}:{seal.root}:{seal.n} at {instant_of(seal.at):%Y-%m-%d %H:%M:%S}Z, {by}"
