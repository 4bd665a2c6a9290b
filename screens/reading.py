"""A view that shows more than the picture holds: time lines, samples, steps, pages of the journal."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from screens.view import View

if TYPE_CHECKING:
    from screens.moment import Moment

Read = TypeVar("Read")


class Reading(View, Generic[Read]):
    """What it shows of a moment is read before that moment is shown, so that nothing of another stands under its sign."""

    _ready: tuple[Moment, str, Read] | None = None

    @abstractmethod
    async def read(self, then: Moment | None) -> Read:
        """Returns what it shows beside the picture, of a moment or of now."""

    @abstractmethod
    def take(self, read: Read | None) -> None:
        """Shows what was read; None where nothing was yet, and what is shown is of another moment."""

    async def prepare(self, then: Moment) -> None:
        """Reads what it will show of a moment, which is shown next."""
        subject = self.opened()
        self._ready = (then, subject, await self.read(then))

    def then_changed(self) -> None:
        """Shows another moment, or now again: with what was read of it, or else as soon as it is."""
        if not self.is_mounted:
            return
        ready, self._ready = self._ready, None
        if ready is not None and not (self.is_still(ready[0]) and ready[1] == self.opened()):
            ready = None  # it was read for what was shown before
        self.take(ready[2] if ready is not None else None)
        super().then_changed()
        if ready is None:
            self.read_soon()

    def forget(self) -> None:
        """Shows nothing of what was read before, and reads it anew."""
        super().forget()
        self._ready = None
        if self.is_mounted:
            self.take(None)
            self.read_soon()

    def read_soon(self) -> None:
        """Reads, beside the keys, what is to be shown now, and shows it."""
        self.work_beside(self._read_and_take, "reading")

    async def _read_and_take(self) -> None:
        then = self.then
        read = await self.read(then)
        if self.is_still(then):
            self.take(read)
