"""The agent's duty of rolling up: packing samples, forgetting old ones, keeping boards to look back at."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from console.duty import LookingDuty
from core.monitoring.as_of import keep_board, next_board
from core.monitoring.hours import DUTY, begin_packing, forget_old, is_hour_over, keep_slice, next_slice
from core.store.lease import beat
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from core.store.work import Work

T = TypeVar("T")
EVERY_S = 30.0
"""What is rolled up a minute later is none the worse."""


class RollingUp(LookingDuty):
    """Rolls one database's samples up for as long as it runs, where no other agent does."""

    duty, doing, elsewhere = DUTY, "rolling up", "another agent rolls the samples up now"
    look_s, beat_s, lost_s, pause_s = 5.0, 10.0, 30.0, 0.05
    _due_at: float | None = None

    async def look(self) -> None:
        """Rolls up every so often."""
        now = asyncio.get_running_loop().time()
        if self._due_at is None:
            self._due_at = now + EVERY_S - self.look_s
        if now >= self._due_at:
            self._due_at = now + EVERY_S
            await self._roll_up()
        await self.beat_when_due()

    async def _roll_up(self) -> None:
        while await self.ask(is_hour_over, now := utc_now()):
            await self.write(begin_packing, now)
            while slice_ := await self.ask(next_slice):
                await self.write(keep_slice, slice_)
                await asyncio.sleep(self.pause_s)
        await self.until_done(partial(_holding, forget_old))
        # A board that is not kept costs time when somebody looks back, no more.
        while (due := await self.ask(next_board)) is not None:
            await self.write(partial(_holding, keep_board), *due)
            await asyncio.sleep(self.pause_s)


def _holding(command: Callable[..., T], work: Work, token: int, *args: Any) -> T:
    """Carries out a command while the duty is held; raises LeaseLost, and does nothing, when it is not any more."""
    beat(work, DUTY, token)
    return command(work, *args)
