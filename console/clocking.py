"""The agent's duty of the clocks: saying what comes due, once, and soon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.comparing import ComparingDuty
from core.desk.clocks.announcing import (
    DUTY,
    announce_due,
    end_waits,
    is_due,
    is_kept_wrongly,
    mend_clocks,
)
from core.desk.requests import approvals, attending
from core.timekeeping import to_micros, utc_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from core.desk.clocks.promises import Item

DOINGS = (end_waits, announce_due, attending.wake, approvals.remind_approvals)


def _is_anything_due(connection: Connection, now: int) -> bool:
    """Tells whether a clock, a wait, a snooze or an approval is due at an instant (microseconds UTC)."""
    return any(each(connection, now) for each in (is_due, attending.is_due, approvals.is_due))


class Clocking(ComparingDuty):
    """Keeps one database's clocks for as long as it runs, where no other agent does."""

    duty, doing, elsewhere = DUTY, "clocks", "another agent keeps the clocks now"

    async def look(self) -> None:
        """Says what is due."""
        # The instant that counts is the database's: where this machine's clock is behind, the next sign of life finds it.
        if self.is_beat_due or await self.ask(_is_anything_due, to_micros(utc_now())):
            for doing in DOINGS:
                await self.until_done(doing)
        await self.compare_some()

    async def is_kept_wrongly(self, some: Sequence[Item]) -> bool:
        """Tells whether what is kept of the clocks of some items is not what the journal comes to now."""
        return await self.ask(is_kept_wrongly, some, to_micros(utc_now()))

    async def mend(self, some: Sequence[Item]) -> None:
        """Mends it."""
        await self.write(mend_clocks, some)
