"""One pane of Home: a title with a count, and a short list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from textual.containers import Vertical

from core.printable import printable
from screens.floor import floor_of
from screens.tones import Tone
from screens.who import who_has_it_open
from screens.widgets.cells import whole_parts, width_of
from screens.widgets.lines import Lines, TextLine
from screens.word_filter import word_filter

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from screens.widgets.glyphs import Glyphs
    from screens.widgets.grid import Grid

Item = TypeVar("Item")


class Pane(Vertical, Generic[Item]):
    """A title with a count, and a short list. `words_of` gives the text a filter looks in."""

    def __init__(
        self,
        name: str,
        opens: str,
        title: Callable[[Glyphs], TextLine],
        grid: Grid[Item],
        words_of: Callable[[Item], str],
    ) -> None:
        super().__init__(classes="home-pane", id=f"pane-{name}")
        self.opens, self.grid, self._words_of = opens, grid, words_of
        self._filter = ""
        self._title = Lines(
            lambda width, _h, glyphs: [self._titled(title(glyphs), width, glyphs)], classes="one"
        )

    def set_filter(self, text: str) -> None:
        """Shows what passes; the title tells the filter, because its count is of everything."""
        self._filter = text
        self.grid.filter(word_filter(text, self._words_of), text)
        self._title.show()

    def rest(self) -> None:
        """Has the most urgent row in view, as long as nobody is in this list."""
        rows = self.grid.model.rows
        if rows and not self.grid.has_focus and self.grid.cursor_id != rows[0]:
            self.grid.go_to(rows[0])

    def _titled(self, title: TextLine, width: int, glyphs: Glyphs) -> TextLine:
        """Returns the title; at its end, who else has open what the cursor is on, while this pane has the keys."""
        name, *rest = title
        words = [name, (f"/{printable(self._filter)}  ", Tone.HELD), *rest] if self._filter else title
        words = whole_parts(words, width)
        if not self.grid.has_focus:
            return words
        floor, room = floor_of(self), width - sum(width_of(text) for text, _ in words) - 2
        who = who_has_it_open(floor.others, self.grid.cursor_id or "", floor.person, glyphs, room)
        return (
            [*words, (" " * (room - sum(width_of(text) for text, _ in who)), Tone.TEXT), *who]
            if who
            else words
        )

    def compose(self) -> ComposeResult:
        """Lays out title and list."""
        yield self._title
        yield self.grid

    def show(self) -> None:
        """Shows the title anew."""
        self._title.show()
