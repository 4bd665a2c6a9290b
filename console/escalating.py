"""The agent's duty of escalating: every step that comes due is taken, once, and soon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.comparing import ComparingDuty
from core.desk.escalation.mending import is_kept_wrongly, mend_escalations
from core.desk.escalation.paging import DUTY, escalate_due, is_due
from core.timekeeping import to_micros, utc_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.desk.clocks.promises import Item


class Escalating(ComparingDuty):
    """Takes one database's steps for as long as it runs, where no other agent does."""

    duty, doing, elsewhere = DUTY, "escalating", "another agent escalates now"

    async def look(self) -> None:
        """Takes the steps that are due."""
        # The instant that counts is the database's: where this machine's clock is behind, the next sign of life finds it.
        if self.is_beat_due or await self.ask(is_due, to_micros(utc_now())):
            await self.until_done(escalate_due)
        await self.compare_some()

    async def is_kept_wrongly(self, some: Sequence[Item]) -> bool:
        """Tells whether what is kept of the escalations of some items is not what the journal comes to."""
        return await self.ask(is_kept_wrongly, some)

    async def mend(self, some: Sequence[Item]) -> None:
        """Mends it."""
        await self.write(mend_escalations, some)
