"""The agent's duty of access reviews: what comes of time and of events is done, once, by whichever agent holds it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from console.duty import HeldDuty
from core.errors import StoreUnavailable, WatchfloorError
from core.security.requests.commands import end_due_access, is_access_due
from core.security.reviews.carrying_out import is_any_gone, note_gone
from core.security.reviews.events import is_event_due, open_on_events
from core.security.reviews.stepping import DUTY, is_step_due, step_due
from core.store.lease import LeaseLost
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from core.store.thread import DatabaseThread
    from core.store.work import Author

T = TypeVar("T")
LOOK_S = 5.0
"""A reminder, the end of a stage, or of access that was asked for comes within a cycle of this."""
EVENTS_S = 60.0
"""So often it is asked what happened to people and rights, and what is gone from its source."""
BEAT_S, LOST_S = 10.0, 30.0
PAUSE_S = 0.02
"""Between two transactions of one pass, so that other duties have the database, too."""


class Reviewing:
    """Sees to the reviews of one database for as long as it runs, where no other agent does."""

    def __init__(
        self, database: DatabaseThread, author: Author, about: dict[str, Any], say: Callable[[str], None]
    ) -> None:
        self._database, self._author, self._say = database, author, say
        self._duty = HeldDuty(database, author, DUTY, about, beat_s=BEAT_S, lost_s=LOST_S)
        self._events_at = float("-inf")

    async def run(self) -> None:
        """Sees to them until cancelled; what cannot be written now is written later, and once why where the database forbids it."""
        said = ""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                if await self._duty.hold():
                    await self._look()
            except LeaseLost:
                self._duty.lost()
                self._say("another agent sees to access reviews now")
            except StoreUnavailable:
                pass  # the agent's other duties say so
            except WatchfloorError as error:  # a role that was taken away ends no watch
                if str(error) != said:
                    said = str(error)
                    self._say(f"access reviews: {said}")

    async def end(self) -> None:
        """Leaves the duty to another agent."""
        await self._duty.give_up()

    async def _look(self) -> None:
        token = self._duty.token
        if await self._ask(is_step_due, utc_now()):
            while await self._write(step_due, token):
                await asyncio.sleep(PAUSE_S)
        if await self._ask(is_access_due, utc_now()):
            while await self._write(end_due_access, DUTY, token):
                await asyncio.sleep(PAUSE_S)
        if asyncio.get_running_loop().time() - self._events_at >= EVENTS_S:
            await self._look_for_events(token)
            self._events_at = asyncio.get_running_loop().time()
        await self._duty.beat_when_due()

    async def _look_for_events(self, token: int | None) -> None:
        if await self._ask(is_any_gone):
            while await self._write(note_gone, token):
                await asyncio.sleep(PAUSE_S)
        if await self._ask(is_event_due, utc_now()):
            for label in await self._write(open_on_events, token):
                self._say(f"{label} is open: something happened that asks for a review")

    async def _ask(self, question: Callable[..., T], *args: Any) -> T:
        return await asyncio.wrap_future(self._database.read(question, *args))

    async def _write(self, command: Callable[..., T], *args: Any) -> T:
        answer = await asyncio.wrap_future(self._database.write(self._author, command, *args))
        self._duty.beaten()
        return answer
