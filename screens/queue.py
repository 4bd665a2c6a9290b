"""Queue: the requests that wait, what is most urgent first. Of a long queue only a window around the cursor is held."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from core.desk.requests import pages
from core.desk.requests.model import Request
from core.desk.requests.pages import FIRST_ORDER, PAGE, Wanted, Window
from core.errors import WatchfloorError
from core.timekeeping import utc_now
from screens.filter_hints import FilterLanguage
from screens.list_view import ListView
from screens.queue_looks import QueueLooks
from screens.queue_then import QueueThen
from screens.queue_window import QueueWindow
from screens.request_detail import RequestDetail
from screens.request_life import RequestLife
from screens.request_new import RequestNew
from screens.request_rows import COLUMNS, SHORT, request_cells
from screens.tones import Tone, tally
from screens.widgets.window_grid import WindowGrid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from core.journal.model import Entry
    from screens.picture import Patch, Picture
    from screens.widgets.cells import Cell
    from screens.widgets.columns import Column
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.grid import Grid
    from screens.widgets.lines import TextLine

AGAIN_S = 0.4
"""So long after something changed the window is read again, once for all that came meanwhile."""
TYPED_S = 0.1
MOST_MARKED = 500
EMPTY = "No request waits here."


class Queue(FilterLanguage, QueueThen, QueueLooks, RequestNew, RequestLife, RequestDetail, ListView[Request]):
    """A view of the queue, filtered and ordered by the database."""

    view_id: ClassVar[str] = "queue"
    has_then = True
    finds = pages.REQUESTS
    sorted_at_first = FIRST_ORDER
    empty_text = EMPTY
    is_whole_at_first = False
    no_problem_text = "no request here is nobody's"
    without_subject = frozenset({"request.new", "request.next", "queue.detail"})
    grid: WindowGrid[Request]

    def __init__(self) -> None:
        super().__init__()
        self.wanted = Wanted("")
        self._window = QueueWindow()
        self._picked: dict[str, Request] = {}
        self._is_old = self._is_due = False

    def make_grid(self) -> Grid[Request]:
        """Returns a list that holds a window."""
        return WindowGrid(
            self.columns(), self.cells, empty_text=self.empty_text, signs=self.signs,
            scope=lambda request: request.label in self._window.labels, left_word=_left_word,
        )  # fmt: skip

    def columns(self) -> Sequence[Column[Request]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Request, now: datetime) -> Mapping[str, Cell]:
        """Returns a request's cells."""
        return request_cells(item, now)

    def crumbs(self) -> Sequence[str]:
        """Returns where this is: the queue, and which view of it."""
        return ("Queue", self.wanted.view)

    def items_of(self, picture: Picture) -> Mapping[str, Request]:  # noqa: ARG002
        """Returns the window."""
        return {each.label: each for each in self._window.rows}

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
        number = label.partition("-")[2]
        if number.isdecimal() and not self.is_then:
            self.work_beside(partial(self._read_around, int(number), label), "window")

    def read_window(self, *, around: str = "") -> None:
        """Reads the queue as it is wanted now: around a row that is in it, else from its beginning."""
        number = around.partition("-")[2]
        if self.is_then:
            self.work_beside(self.read_then, "window")
        elif number:
            self.work_beside(partial(self._read_around, int(number), ""), "window")
        else:
            self.work_beside(partial(self._read_end, is_last=False), "window")

    async def _read_around(self, number: int, asked: str) -> None:
        wanted = self.wanted
        found = await self._asked(pages.window_around, wanted, number)
        if found is None and asked:
            self.floor.say(
                f"{asked} is not in the view {wanted.view}: enter its number behind : to open it", bad=True
            )
        if found is None:
            found = await self._asked(pages.first_window, wanted)
        if found is not None and wanted == self.wanted:
            self._take(QueueWindow.of(found), f"R-{number}")

    async def _read_end(self, *, is_last: bool) -> None:
        wanted = self.wanted
        await asyncio.sleep(TYPED_S if self._is_loaded and self.grid.is_loaded else 0)
        found = await self._asked(pages.last_window if is_last else pages.first_window, wanted)
        if found is None or wanted != self.wanted:
            return
        cursor = self.grid.cursor_id
        self._take(QueueWindow.of(found), cursor)
        if is_last:
            self.grid.move_cursor(self.grid.row_count)

    async def _asked(self, question: Callable[..., Any], *args: Any) -> Any:
        """Asks; None where the database is away, which the header says."""
        try:
            return await self.floor.ask(question, *args)
        except WatchfloorError as error:
            self._is_old = True
            self.floor.say(str(error), bad=True)
            return None

    def show_rows(self, rows: Sequence[Request]) -> None:
        """Shows the whole queue of a moment of the past."""
        self._take(QueueWindow.of(Window(list(rows), True, True, len(rows))), self.grid.cursor_id)

    def _take(self, window: QueueWindow, cursor: str | None) -> None:
        self._window, self._is_old = window, False
        self.grid.replace({each.label: each for each in window.rows})
        if cursor is None or not self.grid.go_to(cursor):
            self.grid.model.go_to(window.rows[0].label if window.rows else "")
        self._window_changed()
        self._show_detail()

    def _window_changed(self) -> None:
        window = self._window
        in_all = (
            window.length if self.is_then else max(self.floor.picture.queue.figures.in_sight, window.length)
        )
        self.grid.set_length(window.length, in_all, is_whole=window.is_whole)
        self.summary.show()
        self.floor.footer_changed()

    # The window moves

    def on_grid_cursor_moved(self, message: Any) -> None:
        """Reads on where the cursor nears an end of what is held."""
        super().on_grid_cursor_moved(message)
        self.detail_soon()
        place, margin = self.grid.model.cursor_place, min(3 * self.grid.page_height, PAGE // 2)
        if not self._window.rows:
            return
        if place >= self.grid.row_count - margin and not self._window.is_last:
            self.work_beside(self._read_behind, "window")
        elif place < margin and not self._window.is_first:
            self.work_beside(self._read_before, "window")

    async def _read_behind(self) -> None:
        window, last = self._window, self._window.rows[-1]
        rows = await self._asked(partial(pages.page, behind=last), self.wanted)
        if rows is not None and window is self._window and window.rows and window.rows[-1] is last:
            self._slide(rows, window.add_behind(rows, self.grid.cursor_id))

    async def _read_before(self) -> None:
        window, first = self._window, self._window.rows[0]
        rows = await self._asked(partial(pages.page, before=first), self.wanted)
        if rows is not None and window is self._window and window.rows and window.rows[0] is first:
            self._slide(rows, window.add_before(rows, self.grid.cursor_id))

    def _slide(self, rows: Sequence[Request], gone: Sequence[str]) -> None:
        self.grid.slide({each.label: each for each in rows if each.label in self._window.labels}, gone)
        self._window_changed()

    def on_window_grid_end_asked(self, message: Any) -> None:
        """Goes to the beginning or the end of the queue."""
        self.work_beside(partial(self._read_far_end, is_last=message.is_last), "window")

    async def _read_far_end(self, *, is_last: bool) -> None:
        if self._window.is_last if is_last else self._window.is_first:
            return
        wanted = self.wanted
        found = await self._asked(pages.last_window if is_last else pages.first_window, wanted)
        if found is not None and found.rows and wanted == self.wanted:
            self._take(QueueWindow.of(found), found.rows[-1 if is_last else 0].label)

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

    def _look_again_soon(self) -> None:
        if not self.display or not self._is_loaded or self.is_then:
            self._is_old = True
        elif not self._is_due:
            self._is_due = True
            self.set_timer(AGAIN_S, self._look_again)

    def _look_again(self) -> None:
        self._is_due = False
        self.work_beside(self._read_again, "again")

    async def _read_again(self) -> None:
        """Reads the window anew: what is new in it, what left it, and how long the queue is now."""
        if self.is_then:
            return
        window, wanted = self._window, self.wanted
        held = [each.id for each in self.grid.model.items.values()]
        length = max(len(window.rows), 2 * PAGE)
        found = await self._asked(pages.window_and_others, wanted, window.begins_at, length, held)
        if found is None or window is not self._window or wanted != self.wanted or self.is_then:
            return
        again, others = found
        before = window.labels
        self._window = QueueWindow.of(again)
        items = self.grid.model.items
        told = {each.label: each for each in [*again.rows, *others]}
        moved = before ^ self._window.labels
        self.grid.patch(
            {
                label: each
                for label, each in told.items()
                if not each.is_same_as(items.get(label)) or label in moved
            }
        )
        put_away = [
            label
            for label in items
            if label not in self._window.labels and self.grid.model.place(label) is None
        ]
        self.grid.slide({}, put_away)
        self._window_changed()

    def tick(self, now: datetime) -> None:
        """Has ages counted on; what became old while another screen was in front is read."""
        super().tick(now)
        if self._is_old and self.display and self._is_loaded and not self.is_then:
            self.read_window(around=self.grid.cursor_id or "")

    # What verbs act on

    def requests(self) -> Sequence[Request]:
        """Returns the marked ones, else the one under the cursor."""
        found = (self._known(label) for label in self.grid.subjects)
        return [each for each in found if each is not None]

    def _known(self, label: str) -> Request | None:
        return self.grid.model.items.get(label) or self._picked.get(label)

    def on_grid_marks_changed(self, message: Any) -> None:
        """Keeps the marked requests at hand, also where the window moves on."""
        super().on_grid_marks_changed(message)
        known = ((label, self._known(label)) for label in self.grid.marked)
        self._picked = {label: each for label, each in known if each is not None}
        unknown = [label for label in self.grid.marked if label not in self._picked]
        if unknown:
            self.work_beside(partial(self._fetch_marked, unknown), "marked")

    async def _fetch_marked(self, labels: Sequence[str]) -> None:
        numbers = [int(label[2:]) for label in labels if label[2:].isdecimal()]
        found = await self._asked(pages.some, numbers)
        if found is None:
            return
        self._picked.update({each.label: each for each in found})
        for label in set(labels) - self._picked.keys():
            self.grid.mark(label, on=False)
        self.floor.footer_changed()

    def on_window_grid_all_asked(self, _: Any) -> None:
        """Marks the whole queue, as far as it can be worked at once."""
        self.work_beside(self._mark_all, "marked")

    async def _mark_all(self) -> None:
        if self.is_then:
            found: list[int] | None = [each.id for each in self._window.rows[:MOST_MARKED]]
        else:
            found = await self._asked(pages.ids_of, self.wanted, MOST_MARKED)
        for number in found or ():
            self.grid.mark(f"R-{number}", on=True)
        if found and self._window.length > len(found):
            self.floor.say(
                f"the first {len(found)} of {self._window.length} are marked; filter to mark others"
            )

    def subject_ids(self) -> tuple[str, ...]:
        """Returns the labels of what verbs act on."""
        return self.grid.subjects

    def set_filter(self, text: str) -> None:
        """Filters in the database, so that the whole queue is looked at."""
        self._filter = text
        self.want(words=text)
        self.grid.filter(None, text)
        self.grid.empty_text = f"Nothing in the view {self.wanted.view} passes the filter." if text else EMPTY
        self.keep_left()

    def at_hand(self) -> Sequence[Request]:
        """Returns the requests of the window."""
        return self._window.rows

    def want(self, **changes: Any) -> None:
        """Wants another part or another order of the queue, and reads it; the cursor stays on its request where it can."""
        wanted = replace(self.wanted, person=self.floor.person, **changes)
        if wanted != self.wanted:
            self.wanted = wanted
            if self._is_loaded:
                self.read_window(
                    around=self.grid.cursor_id or "" if "order" in changes or "is_reversed" in changes else ""
                )

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
            return [(f" view {self.wanted.view}", Tone.STRONG), (f"   {there}", Tone.MUTED)]
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


def _left_word(request: Request) -> str:
    return SHORT.get(request.state, str(request.state)) if not request.state.is_open else "not in this view"
