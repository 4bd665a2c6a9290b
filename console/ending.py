"""The agent's duty of endings: what holds until a day ends by itself, whoever looks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from console.duty import HeldDuty
from core.errors import StoreUnavailable, WatchfloorError
from core.security.findings.commands import DUTY, end_acceptances, is_acceptance_over
from core.security.signals.suppressing import end_suppressions, is_suppression_over
from core.store.lease import LeaseLost
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.store.thread import DatabaseThread
    from core.store.work import Author

LOOK_S = 5.0
"""What ends with a day is ended within a cycle of this."""
BEAT_S, LOST_S = 10.0, 30.0
PAUSE_S = 0.02
"""Between two transactions of one pass, so that other duties have the database, too."""


class Ending:
    """Ends what is over in one database for as long as it runs, where no other agent does."""

    def __init__(
        self, database: DatabaseThread, author: Author, about: dict[str, Any], say: Callable[[str], None]
    ) -> None:
        self._database, self._author, self._say = database, author, say
        self._duty = HeldDuty(database, author, DUTY, about, beat_s=BEAT_S, lost_s=LOST_S)

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
        is_over = await asyncio.wrap_future(self._database.read(is_acceptance_over, utc_now().date()))
        while is_over:
            is_over = await asyncio.wrap_future(
                self._database.write(self._author, end_acceptances, self._duty.token)
            )
            self._duty.beaten()
            await asyncio.sleep(PAUSE_S)
        is_over = await asyncio.wrap_future(self._database.read(is_suppression_over, utc_now()))
        while is_over:
            is_over = await asyncio.wrap_future(
                self._database.write(self._author, end_suppressions, self._duty.name, self._duty.token)
            )
            self._duty.beaten()
            await asyncio.sleep(PAUSE_S)
        await self._duty.beat_when_due()
