"""A duty whose rows are kept beside the journal: they are compared with it every so often, and mended."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from console.duty import LookingDuty
from core.desk.clocks.announcing import items_after
from core.desk.clocks.keeping import ITEMS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.desk.clocks.promises import Item
    from core.store.thread import DatabaseThread
    from core.store.work import Author

COMPARE_S = 3600.0
"""So often all is compared, and from when the duty is taken."""


class ComparingDuty(LookingDuty):
    """Compares what is kept of items with the journal: so few at a look that nothing is done late for it."""

    def __init__(
        self, database: DatabaseThread, author: Author, about: dict[str, Any], say: Callable[[str], None]
    ) -> None:
        super().__init__(database, author, about, say)
        self._to_compare: list[tuple[str, int]] = []
        self.forget()

    def forget(self) -> None:
        """Has all compared as soon as the duty is held again."""
        self._compared_at = float("-inf")

    @abstractmethod
    async def is_kept_wrongly(self, some: Sequence[Item]) -> bool:
        """Tells whether what is kept of some items is not what the journal comes to."""

    @abstractmethod
    async def mend(self, some: Sequence[Item]) -> None:
        """Has what is kept of some items be what the journal comes to."""

    async def compare_some(self) -> None:
        """Compares some more."""
        now = asyncio.get_running_loop().time()
        if not self._to_compare and now - self._compared_at >= COMPARE_S:
            self._compared_at, self._to_compare = now, [(kind, 0) for kind in ITEMS]
        if not self._to_compare:
            return
        kind, after = self._to_compare.pop()
        if some := await self.ask(items_after, kind, after):
            self._to_compare.append((kind, some[-1].id))
            if await self.is_kept_wrongly(some):
                await self.mend(some)
