"""A view that is one list, with the details of the row under the cursor beside or below it."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, TypeVar

from textual.containers import Container, Vertical

from core.timekeeping import utc_now
from screens.looks import Looks
from screens.tones import Tone
from screens.who import Signs, rule_with_who, who_has_it_open
from screens.widgets.cells import cut, folded_spans, width_of
from screens.widgets.grid import Grid
from screens.widgets.lines import Lines, TextLine
from screens.word_filter import word_filter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from core.journal.model import Entry
    from screens.picture import Patch, Picture
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs

Item = TypeVar("Item")


def beside_width(width: int, wanted: int) -> int:
    """Returns how wide the details are beside a list that wants so many cells of a width: 40 % of it, and down to 30 % if it does."""
    return max(width * 3 // 10, min(width * 2 // 5, width - 1 - wanted))


class ListView(Looks[Item]):
    """What the lists have in common. A list gives columns, cells, its part of the picture, and details."""

    sorted_at_first: str | None = None
    hangs_at = 1
    """Where a line of its details goes on; of a list whose details are names and values, under the value."""
    empty_text = "Nothing here."
    empty_then = "There was nothing here then."
    is_whole_at_first = True
    """Whether all its rows are there when it is first shown; else more are read then."""

    def __init__(self) -> None:
        super().__init__(id=f"view-{self.view_id}")
        self._signs = Signs()
        self.grid = self.make_grid()
        self.detail = Lines(self.detail_lines, classes="detail")
        self.titles = Lines(self.title_lines, classes="one")
        self.summary = Lines(
            lambda width, _h, glyphs: [self.summary_lines(width, glyphs)], classes="one summary"
        )
        self._filter = ""
        self._is_loaded = self._is_then_shown = False
        self._shared_at = 0

    # What a list gives

    def make_grid(self) -> Grid[Item]:
        """Returns the list itself; one that is longer than what is held of it has another."""
        return Grid(self.columns(), self.cells, empty_text=self.empty_text, signs=self.signs)

    @abstractmethod
    def cells(self, item: Item, now: datetime) -> Mapping[str, Cell]:
        """Returns the cells of an item."""

    @abstractmethod
    def items_of(self, picture: Picture) -> Mapping[str, Item]:
        """Returns everything it lists."""

    @abstractmethod
    def changed_in(self, patch: Patch) -> Mapping[str, Item]:
        """Returns what a patch says of its items."""

    @abstractmethod
    def words_of(self, item: Item) -> str:
        """Returns the text its filter looks in."""

    @abstractmethod
    def detail_of(self, item: Item, width: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns the details of the item under the cursor."""

    def heading_of(self, item: Item) -> str:  # noqa: ARG002  (lists whose ids say nothing look at it)
        """Returns what stands over the details; the id unless a list has better words."""
        return self.grid.cursor_id or ""

    def label_of(self, id_: str) -> str:
        """Returns how people name the subject of a row: its id, unless a list has several rows of one subject."""
        return id_

    @abstractmethod
    def summary_lines(self, width: int, glyphs: Glyphs) -> TextLine:
        """Returns the line above the list."""

    # What it does with that

    def compose(self) -> ComposeResult:
        """Lays out the line above, the list, and the details."""
        yield self.summary
        if self.has_then:
            yield self.slider
        with Container(classes="split"):
            yield self.grid
            with Vertical(classes="detail-pane"):
                yield self.titles
                yield self.detail

    def shown(self, argument: str) -> None:
        """Gives the keys to the list, with the cursor on the id asked for."""
        if not self._is_loaded:
            self._is_loaded = True
            if self.sorted_at_first:
                self.grid.sort_by(self.sorted_at_first)
            self.restore_columns()
            self.restore_filter()
            self.grid.load(self.items_of(self.picture))
            self.restore_marks(is_all=self.is_whole_at_first)
        self.show_then()
        self.grid.focus()
        self.grid.merge_held()  # coming back is an act of the operator's own: nothing old is kept for the place
        if argument:
            self.grid.go_to(argument)
        self._shared_at = 0
        self._show_detail()

    def argument(self) -> str:
        """Returns the id under the cursor."""
        return self.grid.cursor_id or ""

    @property
    def current(self) -> Item | None:
        """Returns the item under the cursor, unless it is gone."""
        id_ = self.grid.cursor_id
        return None if id_ is None or self.grid.cursor_gone else self.grid.model.item(id_)

    def subject_ids(self) -> tuple[str, ...]:
        """Returns the ids verbs act on."""
        return self.grid.subjects

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:  # noqa: ARG002
        """Takes in what changed of its items."""
        if not self._is_loaded or self.is_then:
            return
        if patch.whole or self._is_replaced_by(patch):
            self.grid.load(self.items_of(self.floor.picture))
        else:
            changed = self.changed_in(patch)
            if changed:
                self.grid.patch(changed)
        self._show_detail()
        self.summary.show()

    def then_changed(self) -> None:
        """Shows another moment, or now again: every row in its place, the cursor on its id.

        What was worst then stands first, and is what is looked for: there the cursor begins, and stays while it is there.
        """
        if not self._is_loaded:
            return
        is_first = self.is_then and (not self._is_then_shown or self.grid.model.cursor_place == 0)
        self._is_then_shown = self.is_then
        self.grid.empty_text = self.empty_then if self.is_then else self.empty_text
        self.grid.replace(self.items_of(self.picture))
        if is_first:
            self.grid.action_first()
        self.grid.tick(self.now_of(utc_now()))
        self.grid.show_anew()
        self.summary.show()
        self._show_detail()

    def _is_replaced_by(self, patch: Patch) -> bool:  # noqa: ARG002
        return False

    def tick(self, now: datetime) -> None:
        """Has ages counted on."""
        self.grid.tick(self.now_of(now))
        if self.detail_ages(now):
            self.detail.show()
        if self.is_then:
            self.slider.show()

    def detail_ages(self, now: datetime) -> bool:  # noqa: ARG002
        """Tells whether an age in the details may read otherwise than a second ago."""
        return True

    def others_changed(self) -> None:
        """Marks what others have open."""
        self.grid.show()
        self.titles.show()

    def signs(self) -> Mapping[str, str]:
        """Returns the signs that stand before rows that others have open, by id."""
        return self._signs.of(self.others, self.floor.glyphs)

    def on_grid_cursor_moved(self, _: Any) -> None:
        """Shows the details of the row the cursor went to."""
        self._show_detail()
        self.floor.footer_changed()

    def on_grid_marks_changed(self, _: Any) -> None:
        """Other subjects, other verbs."""
        self.floor.footer_changed()
        self.keep_left()

    def lists(self) -> Mapping[str, Grid[Any]]:
        """Returns its one list."""
        return {"": self.grid}

    def on_grid_refused(self, message: Grid.Refused) -> None:
        """Says why nothing was done."""
        self.floor.say_here(message.reason)

    def on_resize(self) -> None:
        """Shares the room anew."""
        self._share_room()

    def _share_room(self) -> None:
        """Gives columns the room they want before the details, where those stand beside; once while it is shown at a size."""
        width = self.size.width
        if width == self._shared_at or not self.grid.model.rows:
            return
        self._shared_at = width
        pane = self.query_one(".detail-pane")
        if self.screen.has_class("-wall"):
            pane.styles.width = beside_width(width, self.grid.fit_to_texts())
        else:
            pane.styles.width = None
            self.grid.fit_to_shares()

    def _show_detail(self) -> None:
        self._share_room()
        self.titles.show()
        self.detail.show()

    def title_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns the line between list and details; who else has the subject open stands at its end."""
        item, id_ = self.current, self.grid.cursor_id or ""
        name = id_ if item is None else self.heading_of(item)
        label = self.label_of(id_)
        room = max(0, width - min(width_of(name), width // 2) - 7)
        who = who_has_it_open(self.others, label, self.floor.person, glyphs, room)
        name = cut(name, max(0, width - 5 - sum(width_of(text) + 1 for text, _ in who)), glyphs.ellipsis)
        left: TextLine = [(f"{glyphs.rule}{glyphs.rule} ", Tone.MUTED), (name, Tone.STRONG)]
        return [rule_with_who(left, who, width, glyphs, " ")]

    def detail_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns the details."""
        item = self.current
        if item is None:
            return [[(" gone" if self.grid.cursor_gone else "", Tone.GONE)]]
        lines = self.detail_of(item, width, glyphs)
        return [part for line in lines for part in folded_spans(line, width, self.hangs_at)]

    # Filter, sort, leave

    def filter_text(self) -> str:
        """Returns the filter in force."""
        return self._filter

    def set_filter(self, text: str) -> None:
        """Shows what has every word; a word with ! in front must not be there."""
        self._filter = text
        self.grid.filter(word_filter(text, self.words_of), text)
        self.keep_left()

    def leave(self) -> bool:
        """Gives up the filter, then the marks."""
        if self._filter:
            self.set_filter("")
            return True
        if self.grid.marked:
            self.grid.unmark_all()
            return True
        return False

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb cannot be done on the row under the cursor."""
        if (
            "." in action_id
            and not action_id.startswith(("go.", "history."))
            and action_id not in self.without_subject
        ):
            if self.grid.cursor_gone and not self.grid.marked:
                return f"{self.grid.cursor_id} is gone"
            if not self.grid.subjects:
                return "there is nothing under the cursor"
        return None

    without_subject: frozenset[str] = frozenset()
