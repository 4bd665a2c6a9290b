"""The agent's duty of access reviews: what comes of time and of events is done, once, by whichever agent holds it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from console.duty import LookingDuty
from core.security.requests.commands import end_due_access, is_access_due
from core.security.reviews.events import is_event_due, open_on_events
from core.security.reviews.following import is_any_gone, is_any_to_suspend, note_gone, suspend_silent
from core.security.reviews.stepping import DUTY, is_step_due, step_due
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.store.thread import DatabaseThread
    from core.store.work import Author


class Reviewing(LookingDuty):
    """Sees to the reviews of one database for as long as it runs, where no other agent does."""

    duty = DUTY
    doing = "access reviews"
    elsewhere = "another agent sees to access reviews now"
    look_s = 5.0
    beat_s = 10.0
    lost_s = 30.0
    events_s: ClassVar[float] = 60.0
    """So often it is asked what happened to people and rights, and what is gone from its source."""

    def __init__(
        self, database: DatabaseThread, author: Author, about: dict[str, Any], say: Callable[[str], None]
    ) -> None:
        super().__init__(database, author, about, say)
        self.forget()

    def forget(self) -> None:
        """Has it asked what happened as soon as the duty is held again."""
        self._events_at = float("-inf")

    async def look(self) -> None:
        """Does what is due, and every so often what events ask for."""
        if await self.ask(is_step_due, utc_now()):
            await self.until_done(step_due)
        if await self.ask(is_any_to_suspend):
            await self.until_done(suspend_silent)
        if await self.ask(is_access_due, utc_now()):
            await self.until_done(end_due_access)
        now = asyncio.get_running_loop().time()
        if now - self._events_at >= self.events_s:
            await self._look_for_events()
            self._events_at = now
        await self.beat_when_due()

    async def _look_for_events(self) -> None:
        if await self.ask(is_any_gone):
            await self.until_done(note_gone)
        if await self.ask(is_event_due, utc_now()):
            for label in await self.write(open_on_events):
                self._say(f"{label} is open: something happened that asks for a review")
