"""The agent's duty of rolling up: packing samples, forgetting old ones, keeping boards to look back at."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from console.duty import HeldDuty
from core.errors import StoreUnavailable, WatchfloorError
from core.monitoring.as_of import keep_board, next_board
from core.monitoring.hours import DUTY, begin_packing, forget_old, is_hour_over, keep_slice, next_slice
from core.store.lease import LeaseLost, beat
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from core.store.thread import DatabaseThread
    from core.store.work import Author, Work

T = TypeVar("T")
LOOK_S = 5.0
BEAT_S, LOST_S = 10.0, 30.0
"""What is rolled up a minute later is none the worse."""
EVERY_S, PAUSE_S = 30.0, 0.05


class RollingUp:
    """Rolls one database's samples up for as long as it runs, where no other agent does."""

    def __init__(
        self, database: DatabaseThread, author: Author, about: dict[str, Any], say: Callable[[str], None]
    ) -> None:
        self._database, self._author, self._say = database, author, say
        self._duty = HeldDuty(database, author, DUTY, about, beat_s=BEAT_S, lost_s=LOST_S)

    async def run(self) -> None:
        """Rolls up until cancelled; what cannot be done now is done later, and said once where the database forbids it."""
        loop = asyncio.get_running_loop()
        due_at = loop.time() + EVERY_S
        said = ""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                if await self._duty.hold() and loop.time() >= due_at:
                    due_at = loop.time() + EVERY_S
                    await self._roll_up()
                await self._duty.beat_when_due()
            except LeaseLost:
                self._duty.lost()
                self._say("another agent rolls the samples up now")
            except StoreUnavailable:
                pass  # the agent's other duties say so
            except WatchfloorError as error:  # a role that was taken away ends no watch
                if str(error) != said:
                    said = str(error)
                    self._say(f"rolling up: {said}")

    async def end(self) -> None:
        """Leaves the duty to another agent."""
        await self._duty.give_up()

    async def _roll_up(self) -> None:
        while await self._ask(is_hour_over, now := utc_now()):
            await self._write(begin_packing, self._duty.token, now)
            while slice_ := await self._ask(next_slice):
                await self._write(keep_slice, slice_, self._duty.token)
                await asyncio.sleep(PAUSE_S)
        while await self._write(_holding, self._duty.token, forget_old):
            await asyncio.sleep(PAUSE_S)
        # A board that is not kept costs time when somebody looks back, no more.
        while (due := await self._ask(next_board)) is not None:
            await self._write(_holding, self._duty.token, keep_board, *due)
            await asyncio.sleep(PAUSE_S)

    async def _ask(self, question: Callable[..., T], *args: Any) -> T:
        return await asyncio.wrap_future(self._database.read(question, *args))

    async def _write(self, command: Callable[..., T], *args: Any) -> T:
        answer = await asyncio.wrap_future(self._database.write(self._author, command, *args))
        self._duty.beaten()
        return answer


def _holding(work: Work, token: int, command: Callable[..., T], *args: Any) -> T:
    """Carries out a command while the duty is held; raises LeaseLost, and does nothing, when it is not any more."""
    beat(work, DUTY, token)
    return command(work, *args)
