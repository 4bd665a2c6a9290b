"""A list that is longer than what is held of it: a window of rows around the cursor, filtered and ordered by the database.

A list gives its pages (functions that read them), what is wanted of it, and how a row looks. Its ids are labels such as
F-118, whose number the pages know.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from core.errors import WatchfloorError
from core.journal.wording import number_in
from core.timekeeping import utc_now
from screens.boxes.pick import Choice, PickBox
from screens.list_view import ListView
from screens.patience import Patience
from screens.widgets.window_grid import WindowGrid

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from core.journal.model import Entry
    from screens.picture import Patch, Picture
    from screens.widgets.grid import Grid

AGAIN_S = 0.4
"""So long after something changed the window is read again, once for all that came meanwhile."""
TYPED_S = 0.1
MOST_MARKED = 500


class Labelled(Protocol):
    """What a row is known by."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def label(self) -> str:
        """How people name it."""
        ...


Row = TypeVar("Row", bound=Labelled)


class Part(Protocol[Row]):
    """A part of the list as it was read."""

    @property
    def rows(self) -> list[Row]:
        """The rows in order."""
        ...

    @property
    def is_first(self) -> bool:
        """Whether it reaches the first row of the list."""
        ...

    @property
    def is_last(self) -> bool:
        """Whether it reaches the last row of the list."""
        ...

    @property
    def total(self) -> int:
        """How long the list is."""
        ...


@dataclass(slots=True)
class ListWindow(Generic[Row]):
    """The rows held, in the order in which the database has them, without a gap; `length` is that of the whole list."""

    page: int
    rows: list[Row] = field(default_factory=list)
    is_first: bool = True
    is_last: bool = True
    length: int = 0
    labels: frozenset[str] = frozenset()

    def of(self, part: Part[Row]) -> ListWindow[Row]:
        """Returns what was read."""
        labels = frozenset(each.label for each in part.rows)
        return ListWindow(self.page, list(part.rows), part.is_first, part.is_last, part.total, labels)

    def add_behind(self, rows: Sequence[Row], near: str | None) -> list[str]:
        """Takes the rows of the next page in; returns the labels of those above that are held no longer."""
        self.rows += [each for each in rows if each.label not in self.labels]
        self.is_last = len(rows) < self.page
        spare = min(len(self.rows) - 3 * self.page, self._place(near) - self.page)
        gone = self.rows[: max(spare, 0)]
        self.rows = self.rows[len(gone) :]
        self.is_first = self.is_first and not gone
        return self._put_away(gone)

    def add_before(self, rows: Sequence[Row], near: str | None) -> list[str]:
        """Takes the rows of the page before in; returns the labels of those below that are held no longer."""
        self.rows = [*(each for each in rows if each.label not in self.labels), *self.rows]
        self.is_first = len(rows) < self.page
        spare = min(len(self.rows) - 3 * self.page, len(self.rows) - self._place(near) - self.page)
        gone = self.rows[len(self.rows) - spare :] if spare > 0 else []
        self.rows = self.rows[: len(self.rows) - len(gone)]
        self.is_last = self.is_last and not gone
        return self._put_away(gone)

    def _place(self, label: str | None) -> int:
        return next((place for place, each in enumerate(self.rows) if each.label == label), 0)

    def _put_away(self, gone: Iterable[Row]) -> list[str]:
        self.labels = frozenset(each.label for each in self.rows)
        return [each.label for each in gone]


class Windowed(ListView[Row]):
    """A view of a long list. `pages` is the module that reads it, `subject_kind` what its rows are called in the journal."""

    pages: Any
    subject_kind: str
    grid: WindowGrid[Row]
    is_whole_at_first = False
    wanted: Any
    elsewhere: ClassVar[str] = ""
    """Where a row is to be had that is not in the view, behind that it is not."""

    def __init__(self, wanted: Any) -> None:
        super().__init__()
        self.wanted = wanted
        self._window: ListWindow[Row] = ListWindow(self.pages.PAGE)
        self._picked: dict[str, Row] = {}
        self._is_old = self._is_due = False
        self._patience = Patience()

    def make_grid(self) -> Grid[Row]:
        """Returns a list that holds a window."""
        return WindowGrid(
            self.columns(), self.cells, empty_text=self.empty_text, signs=self.signs,
            scope=lambda row: row.label in self._window.labels, left_word=self.left_word,
        )  # fmt: skip

    @abstractmethod
    def left_word(self, row: Row) -> str:
        """Returns what became of a row that is not in this view any more."""

    @abstractmethod
    def wanted_now(self) -> Any:
        """Returns what is wanted, by this person and today."""

    def items_of(self, picture: Picture) -> Mapping[str, Row]:  # noqa: ARG002
        """Returns the window."""
        return {each.label: each for each in self._window.rows}

    def changed_in(self, patch: Patch) -> Mapping[str, Row]:  # noqa: ARG002
        """Returns nothing: what changed is read again."""
        return {}

    # What is shown

    def shown(self, argument: str) -> None:
        """Shows the list; `F-7` goes there, `/words` filters, anything else names a view of it."""
        is_first = not self._is_loaded
        if is_first:
            kept = self.floor.look_of(self.view_id)
            if kept.get("view") in self.pages.VIEWS:
                self.wanted = replace(self.wanted, view=kept["view"])
            self.wanted = self.wanted_now()
            self.set_class(kept.get("detail") == "off", "-no-detail")
        if argument.startswith("/"):
            self.set_filter(argument[1:])
        elif argument in self.pages.VIEWS:
            self.show_view(argument)
        if is_first:
            self._is_loaded = True
            self.grid.sort_by(self.wanted.order)
            self.restore_columns()
            self.restore_filter()
            self.restore_marks(is_all=True)
        self.grid.focus()
        self.grid.merge_held()
        if argument in self.grid.model.items:
            self.grid.go_to(argument)
        elif (number := number_in(argument)) is not None:
            self.read_asked(partial(self._read_around, number, argument), "window")
        elif is_first or self._is_old:
            self.read_window()
        self._show_detail()

    def show_view(self, name: str) -> None:
        """Shows another view of the list, which this person has again next time."""
        self.want(view=name)
        self.keep_look()
        self.floor.footer_changed()

    def keep_look(self) -> None:
        """Remembers which view is shown, and whether with details."""
        detail = {"detail": "off"} if self.has_class("-no-detail") else {}
        self.floor.keep_look(self.view_id, {"view": self.wanted.view, **detail})

    async def do_list_view(self) -> None:
        """Chooses one of the views that everybody has."""
        choices = [
            Choice(name, name, "shown now" if name == self.wanted.view else "") for name in self.pages.VIEWS
        ]
        chosen = await self.floor.box(PickBox("which of them", choices))
        if chosen is not None:
            self.show_view(chosen)

    def do_list_detail(self) -> None:
        """Shows the details of the row under the cursor, or gives their room to the list."""
        self.toggle_class("-no-detail")
        self.keep_look()

    async def do_sort(self) -> None:
        """Sorts by a column, in the database; chosen again, the other way round."""
        choices = [Choice(c.id, c.title.lower()) for c in self.columns() if c.id in self.pages.ORDERS]
        chosen = await self.floor.box(PickBox("sort by", choices))
        if chosen is None:
            return
        reverse = chosen == self.wanted.order and not self.wanted.is_reversed
        if chosen in {column.id for column in self.grid.columns}:
            self.grid.sort_by(chosen, reverse=reverse)
        self.want(order=chosen, is_reversed=reverse)

    def read_window(self, *, around: str = "") -> None:
        """Reads the list as it is wanted now: around a row that is in it, else from its beginning."""
        self.read_asked(self._reading(around), "window")

    def _reading(self, around: str) -> Callable[[], Awaitable[None]]:
        number = number_in(around)
        if number is not None:
            return partial(self._read_around, number, "")
        return partial(self._read_end, is_last=False)

    async def _read_around(self, number: int, asked: str) -> None:
        wanted = self.wanted
        found = await self._asked(self.pages.window_around, wanted, number)
        if found is None and asked:
            self.floor.say_here(f"{asked} is not in the view {wanted.view}{self.elsewhere}")
        if found is None:
            found = await self._asked(self.pages.first_window, wanted)
        if found is not None and wanted == self.wanted:
            self._take(self._window.of(found), next((r.label for r in found.rows if r.id == number), None))

    async def _read_end(self, *, is_last: bool) -> None:
        wanted = self.wanted
        await asyncio.sleep(TYPED_S if self._is_loaded and self.grid.is_loaded else 0)
        found = await self._asked(self.pages.last_window if is_last else self.pages.first_window, wanted)
        if found is not None and wanted == self.wanted:
            self._take(self._window.of(found), self.grid.cursor_id)

    async def _asked(self, question: Callable[..., Any], *args: Any) -> Any:
        """Asks; None where the database is away, which the header says."""
        try:
            found = await self.floor.ask(question, *args)
        except WatchfloorError as error:
            self._is_old = True
            self._patience.refused()
            self.floor.say(str(error), bad=True)
            return None
        self._patience.answered()
        return found

    def _take(self, window: ListWindow[Row], cursor: str | None) -> None:
        self._window, self._is_old = window, False
        self.grid.replace({each.label: each for each in window.rows})
        if cursor is None or not self.grid.go_to(cursor):
            self.grid.model.go_to(window.rows[0].label if window.rows else "")
        self._window_changed()
        self._show_detail()

    def _window_changed(self) -> None:
        window = self._window
        in_all = max(self.in_all(), window.length)
        self.grid.set_length(window.length, in_all, is_whole=window.is_first and window.is_last)
        self.window_read()
        self.summary.show()
        self.floor.footer_changed()

    @property
    def is_live(self) -> bool:
        """Whether the list is shown as it is now."""
        return True

    def is_same(self, row: Row, held: Row | None) -> bool:
        """Tells whether a row is as it is held."""
        return row == held

    def in_all(self) -> int:
        """Returns how many there are, whatever this view shows of them."""
        return 0

    def window_read(self) -> None:
        """Called when the window was read anew, or moved."""

    # The window moves

    def on_grid_cursor_moved(self, message: Any) -> None:
        """Reads on where the cursor nears an end of what is held."""
        super().on_grid_cursor_moved(message)
        place, margin = self.grid.model.cursor_place, min(3 * self.grid.page_height, self.pages.PAGE // 2)
        if not self._window.rows:
            return
        if place >= self.grid.row_count - margin and not self._window.is_last:
            self.work_beside(self._read_behind, "window")
        elif place < margin and not self._window.is_first:
            self.work_beside(self._read_before, "window")

    async def _read_behind(self) -> None:
        window, last = self._window, self._window.rows[-1]
        rows = await self._asked(partial(self.pages.page, behind=last), self.wanted)
        if rows is not None and window is self._window and window.rows and window.rows[-1] is last:
            self._slide(rows, window.add_behind(rows, self.grid.cursor_id))

    async def _read_before(self) -> None:
        window, first = self._window, self._window.rows[0]
        rows = await self._asked(partial(self.pages.page, before=first), self.wanted)
        if rows is not None and window is self._window and window.rows and window.rows[0] is first:
            self._slide(rows, window.add_before(rows, self.grid.cursor_id))

    def _slide(self, rows: Sequence[Row], gone: Sequence[str]) -> None:
        self.grid.slide({each.label: each for each in rows if each.label in self._window.labels}, gone)
        self._window_changed()

    def on_window_grid_end_asked(self, message: Any) -> None:
        """Goes to the beginning or the end of the list."""
        self.read_asked(partial(self._read_far_end, is_last=message.is_last), "window")

    async def _read_far_end(self, *, is_last: bool) -> None:
        if self._window.is_last if is_last else self._window.is_first:
            return
        wanted = self.wanted
        found = await self._asked(self.pages.last_window if is_last else self.pages.first_window, wanted)
        if found is not None and found.rows and wanted == self.wanted:
            self._take(self._window.of(found), found.rows[-1 if is_last else 0].label)

    # What happens meanwhile

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Reads the window again soon, once something was told of what it lists."""
        told = {entry.subject.id for entry in entries if entry.subject.kind == self.subject_kind}
        if patch.whole:
            self._is_old = True
        if told or patch.whole:
            self.told_of(told)
            self._look_again_soon()

    def told_of(self, ids: set[str]) -> None:
        """Called when something was told of subjects, by their numbers as text."""

    def _look_again_soon(self) -> None:
        if not self.display or not self._is_loaded or not self.is_live:
            self._is_old = True
        elif not self._is_due:
            self._is_due = True
            self.set_timer(AGAIN_S, self._look_again)

    def _look_again(self) -> None:
        self._is_due = False
        self.work_beside(self._read_again, "again")

    async def _read_again(self) -> None:
        """Reads the window anew: what is new in it, what left it, and how long the list is now."""
        if not self.is_live:
            return
        window, wanted = self._window, self.wanted
        held = [each.id for each in self.grid.model.items.values()]
        first = None if window.is_first or not window.rows else window.rows[0]
        length = max(len(window.rows), 2 * self.pages.PAGE)
        found = await self._asked(self.pages.window_and_others, wanted, first, length, held)
        if found is None or window is not self._window or wanted != self.wanted or not self.is_live:
            return
        again, others = found
        before = window.labels
        self._window = window.of(again)
        items = self.grid.model.items
        told = {each.label: each for each in [*again.rows, *others]}
        moved = before ^ self._window.labels
        self._picked.update({label: each for label, each in told.items() if label in self._picked})
        self.grid.patch(
            {
                label: each
                for label, each in told.items()
                if label in moved or not self.is_same(each, items.get(label))
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
        """Has ages counted on; what became old while another screen was in front is read, and what was refused, ever less often."""
        super().tick(now)
        if self._is_old and self.display and self._is_loaded and self.is_live and self._patience.is_over():
            self.work_beside(self._reading(self.grid.cursor_id or ""), "window")

    # What verbs act on

    def rows_of_verbs(self) -> Sequence[Row]:
        """Returns the marked rows, else the one under the cursor."""
        found = (self._known(label) for label in self.grid.subjects)
        return [each for each in found if each is not None]

    def _known(self, label: str) -> Row | None:
        return self.grid.model.items.get(label) or self._picked.get(label)

    def on_grid_marks_changed(self, message: Any) -> None:
        """Keeps the marked rows at hand, also where the window moves on."""
        super().on_grid_marks_changed(message)
        known = ((label, self._known(label)) for label in self.grid.marked)
        self._picked = {label: each for label, each in known if each is not None}
        unknown = [label for label in self.grid.marked if label not in self._picked]
        if unknown:
            self.work_beside(partial(self._fetch_marked, unknown), "marked")

    async def _fetch_marked(self, labels: Sequence[str]) -> None:
        numbers = [number for label in labels if (number := number_in(label)) is not None]
        found = await self._asked(self.pages.some, numbers)
        if found is None:
            return
        self._picked.update({each.label: each for each in found})
        for label in set(labels) - self._picked.keys():
            self.grid.mark(label, on=False)
        self.floor.footer_changed()

    def on_window_grid_all_asked(self, _: Any) -> None:
        """Marks the whole list, as far as it can be worked at once."""
        self.work_beside(self._mark_all, "marked")

    async def _mark_all(self) -> None:
        found = await self._asked(self.pages.ids_of, self.wanted, MOST_MARKED)
        prefix = self._window.rows[0].label.partition("-")[0] if self._window.rows else ""
        for number in found or ():
            self.grid.mark(f"{prefix}-{number}", on=True)
        if found and self._window.length > len(found):
            self.floor.say(
                f"the first {len(found)} of {self._window.length} are marked; filter to mark others"
            )

    def set_filter(self, text: str) -> None:
        """Filters in the database, so that the whole list is looked at."""
        self._filter = text
        self.want(words=text)
        self.grid.filter(None, text)
        empty = f"Nothing in the view {self.wanted.view} passes the filter."
        self.grid.empty_text = empty if text else self.empty_text
        self.keep_left()

    def want(self, **changes: Any) -> None:
        """Wants another part or another order of the list, and reads it; the cursor stays on its row where it can."""
        wanted = replace(self.wanted_now(), **changes)
        if wanted != self.wanted:
            self.wanted = wanted
            if self._is_loaded:
                keeps = "order" in changes or "is_reversed" in changes
                self.read_window(around=self.grid.cursor_id or "" if keeps else "")

    def now(self) -> datetime:
        """Returns the instant that is shown."""
        return self.now_of(utc_now())
