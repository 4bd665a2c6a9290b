"""The agent's duty of maintenance windows: each begins and ends in time, once, whoever was killed before."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from console.duty import LookingDuty
from core.operations.windows.holding import DUTY, is_unsettled, is_window_due, keep_windows
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from core.store.thread import DatabaseThread
    from core.store.work import Author


class Maintaining(LookingDuty):
    """Keeps the windows of one database for as long as it runs, where no other agent does.

    At its start, and when it takes the duty over, it sets right what is marked: what it cannot account for it ends or begins late,
    and says so.
    """

    duty, doing, elsewhere = DUTY, "maintenance windows", "another agent keeps the maintenance windows now"
    beat_s, lost_s = 5.0, 15.0
    settle_s: ClassVar[float] = 5.0
    """So often it is compared what the windows that hold cover: a component may be declared while one does."""

    def __init__(
        self, database: DatabaseThread, author: Author, about: dict[str, Any], say: Callable[[str], None]
    ) -> None:
        super().__init__(database, author, about, say)
        self.forget()

    def forget(self) -> None:
        """Compares all once it has the duty again."""
        self._settled_at = float("-inf")

    async def look(self) -> None:
        """Begins and ends what is due."""
        is_due = await self.ask(is_window_due, utc_now())
        if not is_due and time.monotonic() - self._settled_at >= self.settle_s:
            is_due = await self.ask(is_unsettled)
            self._settled_at = time.monotonic()
        if is_due:
            await self.until_done(keep_windows)
        await self.beat_when_due()
