"""The agent's duty of endings: what holds until a day ends by itself, what came back is opened again, who is late is reminded."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, ClassVar

from console.duty import LookingDuty
from core.improvement.reminding import remind, reminders
from core.improvement.watching import has_signs, news_after, reopen_recurred, watched_from
from core.monitoring.revisions.ending import end_revisions, end_vanished, have_vanished, is_revision_over
from core.security.findings.commands import DUTY, end_acceptances, is_acceptance_over
from core.security.grants.ending import end_grants, is_grant_over
from core.security.signals.suppressing import end_suppressions, is_suppression_over
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from core.store.thread import DatabaseThread
    from core.store.work import Author


class Ending(LookingDuty):
    """Ends what is over in one database for as long as it runs, where no other agent does."""

    duty, doing, elsewhere = DUTY, "endings", "another agent sees to endings now"
    look_s, beat_s, lost_s = 5.0, 10.0, 30.0
    remind_s: ClassVar[float] = 60.0
    """So often it is looked whether somebody is to be reminded."""

    def __init__(
        self, database: DatabaseThread, author: Author, about: dict[str, Any], say: Callable[[str], None]
    ) -> None:
        super().__init__(database, author, about, say)
        self.forget()

    def forget(self) -> None:
        """Looks through all that may matter once it has the duty again."""
        self._looked_upto: int | None = None
        self._reminded_at = float("-inf")

    async def look(self) -> None:
        """Ends what is over, opens again what came back, reminds who is late."""
        today = utc_now().date()
        if await self.ask(is_acceptance_over, today):
            await self.until_done(end_acceptances)
        if await self.ask(is_grant_over, today):
            await self.until_done(end_grants)
        if await self.ask(is_suppression_over, utc_now()):
            await self.until_done(end_suppressions)
        if await self.ask(is_revision_over, utc_now()):
            await self.until_done(end_revisions)
        if await self.ask(have_vanished):
            await self.until_done(end_vanished)
        await self._look_for_what_came_back()
        if time.monotonic() - self._reminded_at >= self.remind_s:
            if await self.ask(reminders, utc_now()):
                await self.until_done(remind)
            self._reminded_at = time.monotonic()
        await self.beat_when_due()

    async def _look_for_what_came_back(self) -> None:
        """Looks through what the journal got since the last look; at the first one, through all that may matter."""
        upto = await self.ask(watched_from, utc_now()) if self._looked_upto is None else self._looked_upto
        while (new := await self.ask(news_after, upto)) > upto:
            if await self.ask(has_signs, upto, new):
                await self.write(reopen_recurred, upto, new)
            upto = self._looked_upto = new
            await self.beat_when_due()
            await asyncio.sleep(self.pause_s)
        self._looked_upto = upto
