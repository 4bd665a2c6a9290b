"""The page of one thing that has a story: what it is, its time line, and on a wide terminal what belongs to it beside."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical

from screens.page_of_one import PageOfOne, Read
from screens.widgets.lines import Lines

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine


SPARE = 2
"""A story's first entry says little of what the head will have to hold; so many lines it may grow."""


class TimeLinePage(PageOfOne[Read], can_focus=True):
    """Lays its parts out; what stands in each is drawn by the page itself."""

    def __init__(self) -> None:
        super().__init__(Lines(self._time_lines))
        self._most_needed = 0
        self._head = Lines(self._head_lines, classes="head")
        self._titles = Lines(self._title, classes="one")
        self._beside = Lines(self._beside_lines, classes="incident-beside")

    def compose(self) -> ComposeResult:
        """Lays out head and time line; wide terminals have what belongs to it beside it."""
        yield self.slider
        yield self._head
        with Horizontal(classes="incident-body"):
            with Vertical():
                yield self._titles
                yield self._text
            yield self._beside

    def others_changed(self) -> None:
        """Says who has it open."""
        self._titles.show()

    def on_resize(self) -> None:
        """Gives each part its share of another size."""
        self._fit_head()

    def _fit_head(self) -> None:
        """Gives the head the lines it needs, and the time line the rest; while a story is played, as many as it ever needed.

        Another height moves all below it: on a slow line that is several times what an entry of a story costs.
        """
        wanted = len(self._head_lines(self.size.width, 0, self.floor.glyphs))
        is_played = self.then is not None and self.then.progress is not None
        self._most_needed = max(wanted, self._most_needed or wanted + SPARE) if is_played else 0
        wanted = self._most_needed or wanted
        self._head.styles.height = max(3, min(wanted, max(3, self.size.height // 2)))

    @abstractmethod
    def _head_lines(self, width: int, height: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns what it is."""

    @abstractmethod
    def _title(self, width: int, height: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns the line above its time line."""

    @abstractmethod
    def _time_lines(self, width: int, height: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns what happened to it."""

    @abstractmethod
    def _beside_lines(self, width: int, height: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns what belongs to it."""
