"""The agent's duty of escalating: every step that comes due is taken, once, and soon."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from console.duty import HeldDuty
from core.desk.clocks.announcing import items_after
from core.desk.clocks.keeping import ITEMS
from core.desk.escalation.mending import is_kept_wrongly, mend_escalations
from core.desk.escalation.paging import DUTY, escalate_due, is_due
from core.errors import StoreUnavailable, WatchfloorError
from core.store.lease import LeaseLost
from core.timekeeping import to_micros, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from core.store.thread import DatabaseThread
    from core.store.work import Author

T = TypeVar("T")
LOOK_S = 1.0
"""A step is taken within a cycle of this."""
BEAT_S, LOST_S = 3.0, 9.0
COMPARE_S = 3600.0
"""So often what is kept of escalations is compared with the journal, and from when the duty is taken."""
PAUSE_S = 0.02
"""Between two transactions of one pass, so that other duties have the database, too."""


class Escalating:
    """Takes one database's steps for as long as it runs, where no other agent does."""

    def __init__(
        self, database: DatabaseThread, author: Author, about: dict[str, Any], say: Callable[[str], None]
    ) -> None:
        self._database, self._author, self._say = database, author, say
        self._duty = HeldDuty(database, author, DUTY, about, beat_s=BEAT_S, lost_s=LOST_S)
        self._compared_at = float("-inf")
        self._to_compare: list[tuple[str, int]] = []

    async def run(self) -> None:
        """Takes what comes due until cancelled; what cannot be taken now is taken later, and once said why where the database forbids it."""
        said = ""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                if await self._duty.hold():
                    await self._look()
            except LeaseLost:
                self._duty.lost()
                self._compared_at = float("-inf")
                self._say("another agent escalates now")
            except StoreUnavailable:
                pass  # the agent's other duties say so
            except WatchfloorError as error:  # a role that was taken away ends no watch
                if str(error) != said:
                    said = str(error)
                    self._say(f"escalating: {said}")

    async def end(self) -> None:
        """Leaves the duty to another agent."""
        await self._duty.give_up()

    async def _look(self) -> None:
        # The instant that counts is the database's: where this machine's clock is behind, the next sign of life finds it.
        if self._duty.is_beat_due or await self._ask(is_due, to_micros(utc_now())):
            while await self._write(escalate_due, self._duty.token):
                await asyncio.sleep(PAUSE_S)
        await self._compare_some()

    async def _compare_some(self) -> None:
        """Compares what is kept of some more items with the journal: so few at a look that no step is taken late for it."""
        now = asyncio.get_running_loop().time()
        if not self._to_compare and now - self._compared_at >= COMPARE_S:
            self._compared_at, self._to_compare = now, [(kind, 0) for kind in ITEMS]
        if not self._to_compare:
            return
        kind, after = self._to_compare.pop()
        if some := await self._ask(items_after, kind, after):
            self._to_compare.append((kind, some[-1].id))
            if await self._ask(is_kept_wrongly, some):
                await self._write(mend_escalations, self._duty.token, some)

    async def _ask(self, question: Callable[..., T], *args: Any) -> T:
        return await asyncio.wrap_future(self._database.read(question, *args))

    async def _write(self, command: Callable[..., T], *args: Any) -> T:
        answer = await asyncio.wrap_future(self._database.write(self._author, command, *args))
        self._duty.beaten()
        return answer
