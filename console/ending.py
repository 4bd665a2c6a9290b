"""The agent's duty of endings: what holds until a day ends by itself, whoever looks."""

from __future__ import annotations

from console.duty import LookingDuty
from core.security.findings.commands import DUTY, end_acceptances, is_acceptance_over
from core.security.grants.ending import end_grants, is_grant_over
from core.security.signals.suppressing import end_suppressions, is_suppression_over
from core.timekeeping import utc_now


class Ending(LookingDuty):
    """Ends what is over in one database for as long as it runs, where no other agent does."""

    duty, doing, elsewhere = DUTY, "endings", "another agent sees to endings now"
    look_s, beat_s, lost_s = 5.0, 10.0, 30.0

    async def look(self) -> None:
        """Ends what is over."""
        today = utc_now().date()
        if await self.ask(is_acceptance_over, today):
            await self.until_done(end_acceptances)
        if await self.ask(is_grant_over, today):
            await self.until_done(end_grants)
        if await self.ask(is_suppression_over, utc_now()):
            await self.until_done(end_suppressions)
        await self.beat_when_due()
