"""The one list widget: every list of the console, and its board, is a `Grid`.

It holds items by id, draws only the rows in view, and sends only what changed. The row under the cursor
never changes by itself, and nothing moves while the operator acts; `grid_model` keeps those rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeVar

from core.printable import printable
from core.timekeeping import utc_now
from screens.themes import palette
from screens.tones import Tone
from screens.widgets import grid_messages
from screens.widgets.canvas import Frame
from screens.widgets.cells import cut, plain, width_of
from screens.widgets.columns import Column, fit, wanted
from screens.widgets.glyphs import Glyphs, glyphs_of
from screens.widgets.grid_actions import GridActions
from screens.widgets.grid_keys import GRID_KEYS, GridKey
from screens.widgets.grid_model import GridModel
from screens.widgets.painter import Painter, Render
from screens.widgets.row import NOT_IN_FILTER, Pen, RowState
from screens.widgets.viewport import Viewport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from textual import events
    from textual.timer import Timer

    from screens.widgets.cells import Span
    from screens.widgets.line import Line

Item = TypeVar("Item")

SETTLE_S = 0.5
"""At rest, rows take their new places at most twice a second: faster cannot be read."""
QUIET_TICKS = 4
"""So many ticks are passed over once no age in view changed: they are in minutes then, or longer."""
LOOKED_AT = 100
"""By so many rows it is judged how wide the columns should be: a screen full and more."""
FILTER_WIDTH = 32
"""So much of a filter's text is shown beside the counts."""


class Grid(GridActions, Generic[Item]):
    """A list of items in columns, with a cursor and marks that belong to ids.

    `render` gives the cells of an item. The order stands for `hold_s` after each key; with `keep_order`
    it stands until `merge_held`. Glyphs are those of the app (`app.glyphs`) unless given.

    `scope` says which of the items the list is about; `left_word` what is written beside one that is
    no longer in it, as long as its place is kept. `signs` gives, by id, one cell that stands before a row.
    """

    KEYS: ClassVar[tuple[GridKey, ...]] = GRID_KEYS
    DEFAULT_CSS = "Grid { width: 1fr; height: 1fr; }"

    CursorMoved: TypeAlias = grid_messages.CursorMoved
    Opened: TypeAlias = grid_messages.Opened
    Refused: TypeAlias = grid_messages.Refused
    MarksChanged: TypeAlias = grid_messages.MarksChanged
    HeldChanged: TypeAlias = grid_messages.HeldChanged

    def __init__(
        self,
        columns: Sequence[Column[Item]],
        render: Render[Item],
        *,
        glyphs: Glyphs | None = None,
        header: bool = True,
        counts: bool = True,
        empty_text: str = "Nothing here.",
        loading_text: str = "Loading …",
        hold_s: float = 2.0,
        merge_key: str = "ctrl+r",
        scope: Callable[[Item], bool] | None = None,
        left_word: Callable[[Item], str] | None = None,
        signs: Callable[[], Mapping[str, str]] | None = None,
        id: str | None = None,  # noqa: A002 - the framework's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.model: GridModel[Item] = GridModel()
        self.columns = tuple(columns)
        self.sorted_by: str | None = None
        self.is_reversed = False
        self.is_loaded = False
        self.empty_text, self.loading_text, self.merge_key = empty_text, loading_text, merge_key
        self._glyphs, self._header, self._counts, self._hold_s = glyphs, header, counts, hold_s
        self._left_word, self._signs, self._filter_text = left_word, signs, ""
        if scope is not None:
            self.model.set_scope(scope)
        self._painter = Painter(render)
        self._pen: Pen | None = None
        self._widest: dict[str, int] = {}
        self._viewport = Viewport()
        self._now: datetime | None = None
        self._quiet_ticks = 0
        self._keep_order = self._is_acting = self._show_is_due = False
        self._hold_timer: Timer | None = None
        self._settle_timer: Timer | None = None
        self._told: tuple[str | None, int, int] = (None, 0, 0)
        self._counted: tuple[int, ...] = ()

    # What the screen gives it

    def load(self, items: Mapping[str, Item]) -> None:
        """Shows these items. Given again, it takes in what differs, as `patch` does."""
        self.is_loaded = True
        self.model.load(items)
        self._data_changed(in_view=True)

    def replace(self, items: Mapping[str, Item]) -> None:
        """Shows these items instead of those it had, which are not gone: something else was asked for."""
        self.is_loaded = True
        self.model.replace(items)
        self._follow_cursor()

    def patch(self, changed: Mapping[str, Item], removed: Iterable[str] = ()) -> None:
        """Takes in changed, new and removed items. Cells in view change at once; rows move when they may."""
        removed = tuple(removed)
        view = self.ids_in_view()
        in_view = not (view.isdisjoint(changed) and view.isdisjoint(removed))
        self.model.patch(changed, removed)
        self._data_changed(in_view=in_view)

    def tick(self, now: datetime) -> None:
        """Sets the instant (UTC) up to which ages are counted. Only lines whose text changes are painted.

        Where no age changed, all are minutes old or more, and it is looked at again a few ticks later.
        """
        self._now = now
        self._quiet_ticks -= 1
        if self._quiet_ticks < 0:
            self._show_soon()

    def sort_by(self, column: str | None, *, reverse: bool = False) -> None:
        """Orders the rows by a column that has a `sort`, equals by id; None orders by id alone."""
        chosen = next((each for each in self.columns if each.id == column), None)
        assert column is None or (chosen is not None and chosen.sort), f"{column} is no column to sort by"
        self.sorted_by, self.is_reversed = column, reverse
        self.model.sort_by(chosen.sort if chosen else None, reverse=reverse)
        self._follow_cursor()

    def filter(self, accepts: Callable[[Item], bool] | None, text: str = "") -> None:
        """Shows only items that pass; None shows all. The cursor stays on its id if that passes.

        `text` is what stands beside the counts as long as the filter is in force.
        """
        self._filter_text = text
        self.model.filter(accepts)
        self._follow_cursor()

    def set_columns(self, columns: Sequence[Column[Item]]) -> None:
        """Shows other columns; the order of the rows stays."""
        self.columns, self._pen = tuple(columns), None
        self.show()

    def show_header(self, *, on: bool) -> None:
        """Shows the titles of the columns, or gives their line to a row."""
        if on is not self._header:
            self._header = on
            self.show()

    def go_to(self, id_: str) -> bool:
        """Puts the cursor on an id and shows it; returns False if it is not among the rows."""
        found = self.model.go_to(id_)
        self._follow_cursor()
        return found

    def merge_held(self) -> None:
        """Puts every row into its place now."""
        self._settle(by_operator=True)

    def rest(self) -> None:
        """Takes the operator to be at rest: what is held takes its place, except under the cursor."""
        self._is_acting = False
        if self._hold_timer is not None:
            self._hold_timer.pause()
        self._settle(by_operator=False)

    def mark(self, id_: str, *, on: bool | None = None) -> None:
        """Marks an id, or takes its mark off; None turns it round."""
        self.model.mark(id_, on=on)
        self._tell()

    def unmark_all(self) -> None:
        """Takes every mark off."""
        self.model.unmark_all()
        self._tell()

    @property
    def keep_order(self) -> bool:
        """Whether the order stands until `merge_held`, however long the operator rests."""
        return self._keep_order

    @keep_order.setter
    def keep_order(self, keep: bool) -> None:
        self._keep_order = keep
        self._data_changed(in_view=False)

    # What the screen asks it

    @property
    def cursor_id(self) -> str | None:
        """Returns the id under the cursor, None when there are no rows."""
        return self.model.cursor

    @property
    def cursor_gone(self) -> bool:
        """Returns whether the item under the cursor vanished: verbs are refused on it."""
        return self.model.cursor_gone

    @property
    def marked(self) -> frozenset[str]:
        """Returns the marked ids, those that the filter hides among them."""
        return frozenset(self.model.marks)

    @property
    def subjects(self) -> tuple[str, ...]:
        """Returns the ids a verb acts on: those marked, else the one under the cursor; none if that is gone."""
        return self.model.subjects

    @property
    def held_count(self) -> int:
        """Returns how many rows wait for their place; 0 while they take it by themselves."""
        return len(self.model.held) if self._order_stands else 0

    @property
    def page_height(self) -> int:
        """Returns how many rows are in view."""
        return self._viewport.height

    def fit_to_texts(self) -> int:
        """Has the columns divide the room by the texts of the first rows; returns how wide it would be if none was to be cut."""
        widest: dict[str, int] = {}
        now = self._now or utc_now()
        for id_ in self.model.rows[:LOOKED_AT]:
            for name, cell in self._painter.cells(id_, self.model.item(id_), now).items():
                widest[name] = max(widest.get(name, 0), width_of(plain(cell)))
        self._fit_to(widest)
        return wanted(self.columns, widest)

    def fit_to_shares(self) -> None:
        """Has the columns divide the room by their shares alone."""
        self._fit_to({})

    def _fit_to(self, widest: dict[str, int]) -> None:
        if widest != self._widest:
            self._widest, self._pen = widest, None
            self.show()

    @property
    def row_count(self) -> int:
        """Returns how many rows there are, in view or not."""
        return len(self.model.rows)

    # What the keys do besides moving

    def move_cursor(self, by: int, *, page: bool = False, extend: bool = False) -> None:
        """Moves the cursor by rows; by pages, the view goes with it; extending marks what it passes."""
        self._act()
        old_place, left = self.model.cursor_place, self.cursor_id
        (self.model.extend if extend else self.model.move)(by)
        if left is not None and not extend and not self._keep_order:
            self.model.drop(left)
        if page:
            self._viewport.page(old_place, self.model.cursor_place, self.row_count)
        self._follow_cursor()

    def action_open(self) -> None:
        """Opens the item under the cursor, unless it is gone."""
        if self.cursor_id is not None and not self._refuses_gone():
            self.post_message(self.Opened(self, self.cursor_id))

    def action_mark(self) -> None:
        """Marks the item under the cursor or takes its mark off, and moves on."""
        if self.cursor_id is not None and not self._refuses_gone():
            self.model.mark(self.cursor_id)
            self.move_cursor(1)

    def action_mark_all(self) -> None:
        """Marks every row shown; if all are marked, none."""
        self._act()
        self.model.mark_all()
        self._tell()

    def action_merge_held(self) -> None:
        """Puts every row into its place now."""
        self.merge_held()

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor where it was clicked; a double click opens."""
        line = event.y - int(self._header)
        place = self._viewport.top + line
        if not (0 <= line < self.page_height and place < self.row_count):
            return
        self.move_cursor(place - self.model.cursor_place)
        if event.chain > 1:
            self.action_open()

    def _refuses_gone(self) -> bool:
        if self.cursor_gone:
            self.post_message(
                self.Refused(self, f"{self.cursor_id} is gone: nothing can be done with it here")
            )
        return self.cursor_gone

    # When rows may move

    @property
    def _order_stands(self) -> bool:
        return self._is_acting or self._keep_order

    def _act(self) -> None:
        if self._hold_s > 0 and self._hold_timer is not None:
            self._is_acting = True
            self._hold_timer.reset()
            self._hold_timer.resume()

    def _settle(self, *, by_operator: bool) -> None:
        if self._settle_timer is not None:
            self._settle_timer.pause()
        if by_operator or not self._order_stands:
            old_place = self.model.cursor_place
            if self.model.merge(by_operator=by_operator):
                self._viewport.settle(old_place, self.model.cursor_place, self.row_count)
        self._tell()

    def _data_changed(self, *, in_view: bool) -> None:
        if not self.model.rows:
            self.model.merge(by_operator=False)
            in_view = True
        elif self.model.held and self._settle_timer is not None and not self._order_stands:
            self._settle_timer.resume()
        if in_view or self._told != self._state() or self._counted != self._figures():
            self._tell(soon=True)

    # What it tells and draws

    def _state(self) -> tuple[str | None, int, int]:
        return self.cursor_id, self.model.marks_version, self.held_count

    def _tell(self, *, soon: bool = False) -> None:
        """Tells the screen what is different since the last time, and draws."""
        (cursor, marks, held), self._told = self._told, self._state()
        if self.cursor_id != cursor:
            self.post_message(self.CursorMoved(self, self.cursor_id))
        if self.model.marks_version != marks:
            self.post_message(self.MarksChanged(self, self.marked))
        if self.held_count != held:
            self.post_message(self.HeldChanged(self, self.held_count))
        if soon:
            self._show_soon()
        else:
            self.show()

    def _follow_cursor(self) -> None:
        self._viewport.reveal(self.model.cursor_place, self.row_count)
        self._tell()

    def _show_soon(self) -> None:
        if not self._show_is_due and self.is_mounted:
            self._show_is_due = True
            self.call_later(self._show_now)

    def _show_now(self) -> None:
        self._show_is_due = False
        self._quiet_ticks = 0 if self.show() else QUIET_TICKS

    def ids_in_view(self) -> frozenset[str]:
        """Returns the ids of the rows in view."""
        top = self._viewport.top
        return frozenset(self.model.rows[top : top + self.page_height])

    def show_anew(self) -> None:
        """Renders every row in view again, whether or not its item or an age changed."""
        self._painter.forget()
        super().show_anew()

    def draw(self) -> Frame:
        """Returns the titles, the rows in view, and the line of counts."""
        self._viewport.height = max(1, self.size.height - self._header - self._counts)
        self._viewport.reveal(self.model.cursor_place, self.row_count)
        pen = self._present_pen()
        head = [pen.header(self.sorted_by, self.is_reversed)] if self._header else []
        rows = self._draw_rows(pen)
        rows += [pen.blank()] * (self.page_height - len(rows))
        foot = [pen.counts(*self._count_texts(pen.glyphs))] if self._counts else []
        lines = [*head, *rows, *foot][: self.size.height]
        return Frame(lines, len(head), min(self.page_height, len(lines)), self._viewport.top)

    def _draw_rows(self, pen: Pen) -> list[Line]:
        now = self._now = self._now or utc_now()
        top, cursor, marks, ghosts = self._viewport.top, self.cursor_id, self.model.marks, self.model.ghosts
        away = not self.has_focus
        signs = self._signs() if self._signs is not None else None
        if not self.model.rows:
            return [pen.notice(self._notice())]
        lines = []
        for id_ in self.model.rows[top : top + self.page_height]:
            is_cursor = id_ == cursor
            item = self.model.item(id_)
            left = self._why_left(item) if id_ in self.model.left else ""
            sign = signs.get(id_, "") if signs else ""
            state = RowState(is_cursor, is_cursor and away, id_ in marks, id_ in ghosts, left, sign)
            lines.append(self._painter.row(pen, id_, item, state, now))
        return lines

    def _why_left(self, item: Item) -> str:
        if self._left_word is None or self.model.is_in_scope(item):
            return NOT_IN_FILTER
        return self._left_word(item)

    def _notice(self) -> str:
        if not self.is_loaded:
            return self.loading_text
        if total := self.model.scope_count:
            return f"None of {total} passes the filter."
        return self.empty_text

    def _figures(self) -> tuple[int, ...]:
        model = self.model
        if not self._counts:
            return ()
        return model.shown_count, model.scope_count, len(model.marks), self.held_count

    def _count_texts(self, glyphs: Glyphs) -> tuple[list[Span], list[Span]]:
        self._counted = shown, total, marked, held = self._figures()
        left = [(f"{glyphs.down} {held} held {glyphs.separator} {self.merge_key} merges", Tone.HELD)]
        right = [(f"{marked} marked {glyphs.separator} ", Tone.MARK)] if marked else []
        if self._filter_text:
            words = cut(printable(self._filter_text), FILTER_WIDTH, glyphs.ellipsis)
            right.append((f"/{words}  ", Tone.HELD))
        right.append((f"{shown} of {total}", Tone.MUTED))
        return left if held else [], right

    def _present_pen(self) -> Pen:
        width = self.size.width
        if self._pen is None or self._pen.width != width:
            self._pen = Pen(
                palette(self.app.theme),
                glyphs_of(self.app, self._glyphs),
                fit(self.columns, width, self._widest),
                width,
            )
        return self._pen

    # What the framework calls

    def on_mount(self) -> None:
        """Starts the timers, paused, and listens for another theme."""
        self._hold_timer = self.set_interval(self._hold_s or 1, self.rest, pause=True)
        self._settle_timer = self.set_interval(SETTLE_S, self._settle_at_rest, pause=True)
        self.app.theme_changed_signal.subscribe(self, self._change_theme)
        self._data_changed(in_view=False)

    def on_focus(self) -> None:
        """Shows that the keys are here."""
        self.show()

    def on_blur(self) -> None:
        """Shows that the keys are elsewhere."""
        self.show()

    def _settle_at_rest(self) -> None:
        self._settle(by_operator=False)

    def _change_theme(self, _theme: Any) -> None:
        self._pen = None
        self.show_all()
