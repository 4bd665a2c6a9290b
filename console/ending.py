"""The agent's duty of endings: what holds until a day ends by itself, what came back is opened again, who is late is reminded."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, TypeVar

from console.duty import HeldDuty
from core.errors import StoreUnavailable, WatchfloorError
from core.improvement.reminding import remind, reminders
from core.improvement.watching import has_signs, news_after, reopen_recurred, watched_from
from core.security.findings.commands import DUTY, end_acceptances, is_acceptance_over
from core.store.lease import LeaseLost
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.store.thread import DatabaseThread
    from core.store.work import Author

T = TypeVar("T")
LOOK_S = 5.0
"""What ends with a day is ended within a cycle of this."""
BEAT_S, LOST_S = 10.0, 30.0
REMIND_S = 60.0
"""So often it is looked whether somebody is to be reminded."""
PAUSE_S = 0.02
"""Between two transactions of one pass, so that other duties have the database, too."""


class Ending:
    """Ends what is over in one database for as long as it runs, where no other agent does."""

    def __init__(
        self, database: DatabaseThread, author: Author, about: dict[str, Any], say: Callable[[str], None]
    ) -> None:
        self._database, self._author, self._say = database, author, say
        self._duty = HeldDuty(database, author, DUTY, about, beat_s=BEAT_S, lost_s=LOST_S)
        self._looked_upto: int | None = None
        self._reminded_at = float("-inf")

    async def run(self) -> None:
        """Ends what is over until cancelled; what cannot be written now is written later, and once why where the database forbids it."""
        said = ""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                if await self._duty.hold():
                    await self._look()
            except LeaseLost:
                self._duty.lost()
                self._say("another agent sees to endings now")
            except StoreUnavailable:
                pass  # the agent's other duties say so
            except WatchfloorError as error:  # a role that was taken away ends no watch
                if str(error) != said:
                    said = str(error)
                    self._say(f"endings: {said}")

    async def end(self) -> None:
        """Leaves the duty to another agent."""
        await self._duty.give_up()

    async def _look(self) -> None:
        if await self._ask(is_acceptance_over, utc_now().date()):
            await self._do_all(end_acceptances)
        await self._look_for_what_came_back()
        if time.monotonic() - self._reminded_at >= REMIND_S:
            if await self._ask(reminders, utc_now()):
                await self._do_all(remind)
            self._reminded_at = time.monotonic()
        await self._duty.beat_when_due()

    async def _look_for_what_came_back(self) -> None:
        """Looks through what the journal got since the last look; at the first one, through all that may matter."""
        if self._looked_upto is None:
            self._looked_upto = await self._ask(watched_from, utc_now())
        while (upto := await self._ask(news_after, self._looked_upto)) > self._looked_upto:
            if await self._ask(has_signs, self._looked_upto, upto):
                await self._do(reopen_recurred, self._looked_upto, upto)
            self._looked_upto = upto
            await asyncio.sleep(PAUSE_S)

    async def _do_all(self, command: Callable[..., bool]) -> None:
        """Does a command over and over, for as long as it says that there may be more."""
        while await self._do(command):
            await asyncio.sleep(PAUSE_S)

    async def _do(self, command: Callable[..., T], *args: Any) -> T:
        done = await asyncio.wrap_future(self._database.write(self._author, command, self._duty.token, *args))
        self._duty.beaten()
        return done

    async def _ask(self, question: Callable[..., T], *args: Any) -> T:
        return await asyncio.wrap_future(self._database.read(question, *args))
