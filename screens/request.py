"""One request: what it is, and its time line, in which what its requester reads is told apart from what stays inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from core.desk.requests import commands
from core.desk.requests.as_of import whole_at
from core.desk.requests.whole import Whole, whole_request
from core.errors import NotFound
from core.journal.past import Sort
from core.journal.wording import number_in
from core.timekeeping import utc_now
from screens.escalating import escalation_lines
from screens.request_belongs import belongs_beside, belongs_brief
from screens.request_life import RequestLife
from screens.request_line import request_line
from screens.request_new import RequestNew
from screens.request_rows import like_line, request_beside, request_facts, text_lines
from screens.request_score import RequestScore
from screens.time_line_page import TimeLinePage
from screens.tones import Tone
from screens.who import rule_with_who, who_has_it_open
from screens.widgets.cells import folded_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from core.desk.requests.model import Request
    from core.journal.model import Entry
    from screens.moment import Moment
    from screens.picture import Patch
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

MOST_TEXT = 6
"""So many lines of what was asked stand above the time line where there is no room beside it."""


class RequestView(RequestNew, RequestScore, RequestLife, TimeLinePage[list[Whole]], can_focus=True):
    """The time line follows what happens, unless the operator moved away from its end."""

    view_id: ClassVar[str] = "request"
    of_list = "queue"
    list_name = "Queue"

    def __init__(self) -> None:
        super().__init__()
        self._whole: Whole | None = None

    def shown(self, argument: str) -> None:
        """Shows a request."""
        if argument and argument != self._label:
            self._label, self._whole, self._is_read = argument, None, False
            self._text.follow_end()
        self.focus()
        self._show()
        self.read_soon()

    @property
    def request(self) -> Request | None:
        """Returns the request shown."""
        return self._whole.request if self._whole else None

    @property
    def _number(self) -> int:
        return number_in(self._label) or 0

    def changes(self) -> Sequence[Sort]:
        """Returns its own entries."""
        return (Sort("request", id=str(self._number)),)

    async def read(self, then: Moment | None) -> list[Whole]:
        """Returns the request with all that belongs to it; nothing where there is, or was, none of that number."""
        if not self._number:
            return []
        try:
            if then is None:
                return [await self.floor.ask(whole_request, self._number, utc_now())]
            found = await self.floor.ask(whole_at, self._number, then.seq, then.instant)
        except NotFound:
            return []
        return [] if found is None else [found]

    def take(self, read: list[Whole] | None) -> None:
        """Shows it."""
        self._whole, self._is_read = next(iter(read or ()), None), read is not None
        self._show()
        self.floor.footer_changed()

    def _show(self) -> None:
        self._fit_head()
        for part in (self._head, self._titles, self._text, self._beside):
            part.show()

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Adds what happened to its time line; what it is now is read anew."""
        if not self._label or not self.is_mounted or self.is_then:
            return
        mine = commands.subject(self._number)
        runs = {each.label for each in self._whole.runs} if self._whole else set()
        if patch.whole or not runs.isdisjoint(patch.runs) or any(each.subject == mine for each in entries):
            self.read_soon()

    def tick(self, now: datetime) -> None:  # noqa: ARG002
        """Counts ages on."""
        self._fit_head()
        self._head.show()

    def requests(self) -> Sequence[Request]:
        """Returns the one shown."""
        return [self.request] if self.request else []

    def components_in_view(self) -> Iterable[str]:
        """Returns its component."""
        return (self.request.component,) if self.request and self.request.component else ()

    # How it looks

    def _head_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        request = self.request
        if request is None:
            nothing = f"{self._label} was not opened yet" if self.is_then else f"there is no {self._label}"
            words = nothing if self._is_read else "reading …"
            return [[(f" {words}", Tone.CRITICAL if self._is_read else Tone.MUTED)]]
        lines: list[TextLine] = [
            [(f" {request.label} ", Tone.ACCENT), (request.title, Tone.STRONG)],
            *request_facts(request, self.picture.board, self.now_of(utc_now()), glyphs, stale=self.stale),
        ]
        if self._whole:
            lines += belongs_brief(self._whole)
            lines += escalation_lines(self._whole.escalation)
        if not self._beside.display:
            alike = like_line(self._whole.like) if self._whole else []
            lines += [*([alike] if alike else ()), *text_lines(request, width, MOST_TEXT)]
        return [part for line in lines for part in folded_spans(line, width, 9)]

    def _beside_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        if self._whole is None:
            return []
        whole = self._whole
        lines = request_beside(
            whole.request, whole.like, width, glyphs, lambda: belongs_beside(whole, glyphs)
        )
        return [part for line in lines for part in folded_spans(line, width)]

    def _title(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        words = f"{glyphs.rule}{glyphs.rule} time line, newest last   > to them  < from them  | inside "
        who = who_has_it_open(self.others, self._label, self.floor.person, glyphs, width - len(words) - 3)
        return [rule_with_who([(words, Tone.HEADER)], who, width, glyphs)]

    def _time_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        if self._whole is None:
            return [] if self._is_read else [[(" reading …", Tone.MUTED)]]
        return request_line(self._whole.entries, width, glyphs)
