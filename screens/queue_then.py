"""The queue as it was: all of it, read from the entries, in the view and the order that are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.desk.requests.as_of import CHANGES_REQUESTS, Stood
from core.desk.requests.past_pages import queue_at
from core.errors import WatchfloorError
from screens.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.desk.requests.model import Request
    from core.desk.requests.pages import Wanted
    from core.journal.past import Sort
    from screens.moment import Moment


class QueueThen(View):
    """The part of the queue that shows a moment of the past."""

    wanted: Wanted
    empty_then = "No request was in this view then."
    _ready: tuple[Moment, Wanted, Stood] | None = None
    not_seen = ""
    """What is said of a moment of which not all requests were looked at."""
    _is_loaded: bool
    _whole: Any

    if TYPE_CHECKING:

        def show_rows(self, rows: Sequence[Request]) -> None:
            """Shows rows of a moment of the past."""
            ...

        def read_window(self, *, around: str = "") -> None:
            """Reads the queue as it is wanted now."""
            ...

    def show_stood(self, stood: Stood) -> None:
        """Shows the whole queue of a moment of the past; of one that is too long it says so."""
        self.not_seen = stood.words
        self.show_rows(stood.requests)

    def changes(self) -> Sequence[Sort]:
        """Returns the entries after which the queue looks different."""
        return CHANGES_REQUESTS

    async def prepare(self, then: Moment) -> None:
        """Reads what it will show of a moment, which is shown next."""
        self._ready = (then, self.wanted, await self.floor.ask(queue_at, then.seq, then.instant, self.wanted))

    async def read_then(self) -> None:
        """Reads, beside the keys, what was there then, and shows it."""
        then, wanted = self.then, self.wanted
        if then is None:
            return
        try:
            stood = await self.floor.ask(queue_at, then.seq, then.instant, wanted)
        except WatchfloorError as error:
            self.floor.say(str(error), bad=True)
            return
        if self.is_still(then) and wanted == self.wanted:
            self.show_stood(stood)

    def then_changed(self) -> None:
        """Shows another moment, with what was read of it or else as soon as it is, or now again."""
        if not self._is_loaded:
            return
        self._whole = None
        ready, self._ready = self._ready, None
        if ready is not None and self.is_then and self.is_still(ready[0]) and ready[1] == self.wanted:
            self.show_stood(ready[2])
        else:
            around = self.argument()
            self.show_stood(Stood([]))  # nothing of another moment stands under this one's sign
            self.read_window(around=around)
        super().then_changed()
