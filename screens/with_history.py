"""A long list beside which stands what happened to the row under the cursor, and above which stands how many are where."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from core.errors import WatchfloorError
from core.journal.model import Subject
from core.journal.queries import of_subject
from core.timekeeping import utc_now
from screens.windowed import Row, Windowed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.journal.model import Entry

RESTS_S = 0.15
"""Who leafs through the list asks nothing of the database; who rests on a row for so long sees what happened to it."""
COUNTED_S = 1.0
MOST_ENTRIES = 30


class WithHistory(Windowed[Row]):
    """A view of a long list. `count` is what is asked of the database for the line above it, `nothing_counted` what stands before."""

    count: Callable[..., Any]
    nothing_counted: Any

    def __init__(self, wanted: Any) -> None:
        super().__init__(wanted)
        self.counted = self.nothing_counted
        self._entries: tuple[int, Sequence[Entry]] = (0, ())
        self._counts = False

    def window_read(self) -> None:
        """Counts anew, and reads what happened to the row under the cursor."""
        self.count_soon()
        self._detail_soon()

    def count_soon(self) -> None:
        """Has what stands above the list counted anew, not more often than once in a while, however much comes."""
        if not self._counts:
            self.work_beside(self._read_counted, "counted")

    def told_of(self, ids: set[str]) -> None:
        """Reads again what happened to the row under the cursor where it was told of."""
        if str(self._entries[0]) in ids:
            self._entries = (0, ())
        self._detail_soon()

    def entries_of(self, item: Row) -> Sequence[Entry]:
        """Returns what happened to a row, as far as it was read."""
        return self._entries[1] if self._entries[0] == item.id else ()

    async def _read_counted(self) -> None:
        self._counts = True
        try:
            await asyncio.sleep(COUNTED_S if self.counted != self.nothing_counted else 0)
        finally:
            self._counts = False  # what comes from now on is counted by the next
        found = await self._asked(type(self).count, utc_now())
        if found is not None and found != self.counted:
            self.counted = found
            self.summary.show()

    def _show_detail(self) -> None:
        super()._show_detail()
        self._detail_soon()

    def _detail_soon(self) -> None:
        item = self.current
        if item is not None and self._entries[0] != item.id:
            self.work_beside(partial(self._read_detail, item.id), "detail")

    async def _read_detail(self, number: int) -> None:
        await asyncio.sleep(RESTS_S)
        try:
            found = await self.floor.ask(
                of_subject, Subject(self.subject_kind, str(number)), limit=MOST_ENTRIES
            )
        except WatchfloorError:
            return  # what is at hand in the list stays shown; the header says what is wrong
        self._entries = (number, found)
        self.detail.show()
