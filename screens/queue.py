"""Queue: the requests that wait, what is most urgent first. Of a long queue only a window around the cursor is held."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from core.desk.requests import pages
from core.desk.requests.model import Request
from core.desk.requests.pages import FIRST_ORDER, Wanted, Window
from core.journal.wording import number_in
from core.timekeeping import utc_now
from screens.filter_hints import FilterLanguage
from screens.queue_looks import QueueLooks
from screens.queue_then import QueueThen
from screens.request_detail import RequestDetail
from screens.request_life import RequestLife
from screens.request_new import RequestNew
from screens.request_rows import COLUMNS, SHORT, request_cells
from screens.tones import Tone, tally
from screens.windowed import MOST_MARKED, Windowed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.journal.model import Entry
    from screens.picture import Patch
    from screens.widgets.cells import Cell
    from screens.widgets.columns import Column
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

EMPTY = "No request waits here."


class Queue(FilterLanguage, QueueThen, QueueLooks, RequestNew, RequestLife, RequestDetail, Windowed[Request]):
    """A view of the queue, filtered and ordered by the database."""

    view_id: ClassVar[str] = "queue"
    pages = pages
    subject_kind = "request"
    elsewhere = ": enter its number behind : to open it"
    has_then = True
    finds = pages.REQUESTS
    sorted_at_first = FIRST_ORDER
    empty_text = EMPTY
    no_problem_text = "no request here is nobody's"
    without_subject = frozenset({"request.new", "request.next", "queue.detail"})

    def __init__(self) -> None:
        super().__init__(Wanted(""))

    def left_word(self, row: Request) -> str:
        """Returns what became of a request that is not in this view any more."""
        return SHORT.get(row.state, str(row.state)) if not row.state.is_open else "not in this view"

    def wanted_now(self) -> Wanted:
        """Returns what is wanted, by this person."""
        wanted: Wanted = self.wanted
        return replace(wanted, person=self.floor.person)

    @property
    def is_live(self) -> bool:
        """Whether the queue is shown as it is now."""
        return not self.is_then

    def is_same(self, row: Request, held: Request | None) -> bool:
        """Tells whether a request is as it is held."""
        return row.is_same_as(held)

    def in_all(self) -> int:
        """Returns how many are not over."""
        return 0 if self.is_then else self.floor.picture.queue.figures.in_sight

    def columns(self) -> Sequence[Column[Request]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Request, now: datetime) -> Mapping[str, Cell]:
        """Returns a request's cells."""
        return request_cells(item, now)

    def crumbs(self) -> Sequence[str]:
        """Returns where this is: the queue, and which view of it."""
        return ("Queue", self.wanted.view)

    def changed_in(self, patch: Patch) -> Mapping[str, Request]:
        """Returns the requests of the window that a patch names."""
        return {label: each for label, each in patch.requests.items() if label in self.grid.model.items}

    def words_of(self, item: Request) -> str:
        """Not used: the database filters."""
        return item.title

    # What is shown

    def shown(self, argument: str) -> None:
        """Shows the queue; `R-7` goes there, `/words` filters, anything else names a view of it."""
        is_first = not self._is_loaded
        if is_first:
            self.begin_looks()
        if argument.startswith("/"):
            self.set_filter(argument[1:])
        elif argument in pages.VIEWS:
            self.show_view(argument)
        if is_first:
            self._is_loaded = True
            self.grid.sort_by(self.wanted.order)
            self.restore_columns()
            self.restore_filter()
            self.restore_marks(is_all=True)
        self.show_then()
        self.grid.focus()
        self.grid.merge_held()
        label = argument if argument in self.grid.model.items else ""
        if label:
            self.grid.go_to(label)
        elif argument.startswith("R-"):
            self.go_to_request(argument)
        elif is_first or self._is_old:
            self.read_window()
        self._show_detail()

    def go_to_request(self, label: str) -> None:
        """Shows the part of the queue that a request is in, with the cursor on it."""
        number = number_in(label)
        if number is not None and not self.is_then:
            self.read_asked(partial(self._read_around, number, label), "window")

    def read_window(self, *, around: str = "") -> None:
        """Reads the queue as it is wanted now, or all of it as it was then."""
        if self.is_then:
            self.read_asked(self.read_then, "window")
        else:
            super().read_window(around=around)

    def show_rows(self, rows: Sequence[Request]) -> None:
        """Shows the whole queue of a moment of the past."""
        self._take(self._window.of(Window(list(rows), True, True, len(rows))), self.grid.cursor_id)

    def on_grid_cursor_moved(self, message: Any) -> None:
        """Reads on where the cursor nears an end of what is held, and what belongs to the request under it."""
        super().on_grid_cursor_moved(message)
        self.detail_soon()

    # What happens meanwhile

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Shows what changed of the rows in the window at once; where they belong is read soon after."""
        if patch.whole or self.is_then:
            self._is_old = True
        if self.is_then:
            return
        changed = self.changed_in(patch)
        if changed:
            self.grid.patch(changed)
        self._picked.update({label: each for label, each in patch.requests.items() if label in self._picked})
        if patch.requests or patch.queue is not None or patch.whole:
            self.detail_changed(patch, entries)
            self.summary.show()
            self._look_again_soon()

    # What verbs act on

    def requests(self) -> Sequence[Request]:
        """Returns the marked ones, else the one under the cursor."""
        return self.rows_of_verbs()

    async def _mark_all(self) -> None:
        """Marks the whole queue; then, what is shown of it."""
        if not self.is_then:
            await super()._mark_all()
            return
        for each in self._window.rows[:MOST_MARKED]:
            self.grid.mark(each.label, on=True)

    def subject_ids(self) -> tuple[str, ...]:
        """Returns the labels of what verbs act on."""
        return self.grid.subjects

    def at_hand(self) -> Sequence[Request]:
        """Returns the requests of the window."""
        return self._window.rows

    async def do_request_next(self) -> None:
        """Goes to the next request that is nobody's, from the last one on to the first."""
        if self.is_then:
            self.floor.say("this is then: what waits for somebody is seen now; @ returns to now")
            return
        wanted = replace(self.wanted, view="unowned")
        here = self.current
        found = await self._asked(partial(pages.page, behind=here, limit=1), wanted) if here else []
        found = found or await self._asked(partial(pages.page, limit=1), wanted)
        if not found:
            self.floor.say(self.no_problem_text)
        elif not self.grid.go_to(found[0].label):
            if self.wanted.view not in {"unowned", "unowned+mine", "all open", "all"}:
                self.show_view("unowned+mine")
            self.go_to_request(found[0].label)

    def on_grid_opened(self, message: Any) -> None:
        """Opens the request."""
        self.floor.go_to("request", message.id)

    # How it looks

    def summary_lines(self, _width: int, _glyphs: Glyphs) -> TextLine:
        """Returns which view this is, and how many are where."""
        if self.is_then:
            there = f"{self._window.length} there then"
            cut = f"   {self.not_seen}" if self.not_seen else ""
            return [
                (f" view {self.wanted.view}", Tone.STRONG), (f"   {there}", Tone.MUTED), (cut, Tone.WARNING),
            ]  # fmt: skip
        figures = self.floor.picture.queue.figures
        counts = (
            (figures.worst, "P1", Tone.CRITICAL), (figures.unowned, "nobody's", Tone.WARNING),
            (figures.mine, "mine", Tone.ACCENT), (figures.waiting, "wait", Tone.TEXT), (figures.held, "held", Tone.HELD),
            (figures.snoozed, "snoozed", Tone.HELD), (figures.delivered, "delivered", Tone.TEXT),
        )  # fmt: skip
        return [
            (f" view {self.wanted.view}", Tone.STRONG), *(tally(*count) for count in counts if count[0]),
        ]  # fmt: skip

    def heading_of(self, item: Request) -> str:
        """Returns number and title."""
        return f"{item.label}  {item.title}"

    def detail_lines(self, width: int, height: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns the details, as much of them as there is room for."""
        item = self.current
        if item is None:
            return super().detail_lines(width, height, glyphs)
        return self.lines_of_detail(item, width, height, glyphs, self.now_of(utc_now()))
