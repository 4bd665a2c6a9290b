"""The details of the request under the cursor: read beside the keys, once the cursor rests on it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from core.desk.requests.as_of import whole_at
from core.desk.requests.whole import whole_request
from core.errors import WatchfloorError
from core.timekeeping import utc_now
from screens.component_parts import part_title
from screens.request_belongs import belongs_brief
from screens.request_line import last_words
from screens.request_rows import like_line, request_brief, request_facts, text_lines
from screens.view import View
from screens.widgets.cells import folded_spans

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.desk.requests.model import Request
    from core.desk.requests.whole import Whole
    from core.journal.model import Entry
    from screens.picture import Patch
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import Lines, TextLine

RESTS_S = 0.15
"""Who leafs through the queue asks nothing of the database; who rests on a row for so long sees the whole of it."""
MOST_ENTRIES = 30
HANGS_AT = 9
MOST_BELONGING = 2
LOW = 12
"""Below this height the details are squeezed: the facts, some lines of the text, the last that happened."""


class RequestDetail(View):
    """The part of the queue that shows one request beside the list."""

    _whole: Whole | None = None
    """What was read of the request under the cursor; of a moment of the past what it was then."""
    detail: Lines

    if TYPE_CHECKING:

        @property
        def current(self) -> Request | None:
            """Returns the request under the cursor; the list says which."""
            ...

    def detail_soon(self) -> None:
        """Reads the request under the cursor whole, once the cursor rests on it."""
        request = self.current
        if request is not None and (self._whole is None or self._whole.request.id != request.id):
            self.work_beside(partial(self._read_detail, request.id), "detail")

    def detail_changed(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Reads it again where it was told of."""
        request = self.current
        if request is not None and (
            request.label in patch.requests
            or any(entry.subject == ("request", str(request.id)) for entry in entries)
        ):
            self.work_beside(partial(self._read_detail, request.id), "detail")

    async def _read_detail(self, number: int) -> None:
        await asyncio.sleep(RESTS_S)
        try:
            then = self.then
            read: Whole | None
            if then is None:
                read = await self.floor.ask(whole_request, number, utc_now(), MOST_ENTRIES)
            else:
                read = await self.floor.ask(whole_at, number, then.seq, then.instant, MOST_ENTRIES)
            if not self.is_still(then):
                return  # read again for what is shown now
            self._whole = read
        except WatchfloorError:
            return  # what is at hand in the list stays shown; the header says what is wrong
        self.detail.show()

    def lines_of_detail(
        self, item: Request, width: int, height: int, glyphs: Glyphs, now: datetime
    ) -> list[TextLine]:
        """Returns a request as lines: what it is, what was asked, and what happened last, as far as there is room."""
        whole = self._whole if self._whole is not None and self._whole.request.id == item.id else None
        # What is promised of it is known only of the whole; of the row how it stands.
        known = replace(item, clocks=whole.request.clocks) if whole else item
        alike = [like_line(whole.like)] if whole and whole.like else []
        # The text as it is in the list is its beginning; whole it is as soon as it was read.
        asked, entries = whole.request if whole else item, whole.entries if whole else []
        belongs = belongs_brief(whole) if whole else []
        if height < LOW:
            belongs = belongs[:MOST_BELONGING]
            brief = request_brief(known, self.picture.board, now, glyphs, stale=self.stale)
            last = last_words(entries, 1) if len(entries) > 1 else []
            room = max(2, height - len(brief) - len(belongs) - len(alike) - len(last))
            return [*brief, *belongs, *alike, *text_lines(asked, width, room), *last]
        facts = [*request_facts(known, self.picture.board, now, glyphs, stale=self.stale), *belongs, *alike]
        lines: list[TextLine] = [part for line in facts for part in folded_spans(line, width, HANGS_AT)]
        said = text_lines(asked, width, max(3, (height - len(lines)) // 2))
        rest = height - len(lines) - len(said) - 4
        lines += [(), part_title("what was asked", glyphs), *said]
        if entries:
            lines += [(), part_title("what happened last", glyphs), *last_words(entries, rest)]
        return lines
