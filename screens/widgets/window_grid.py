"""A grid over a list that is longer than what is held of it: a window of rows around the cursor.

The screen moves the window with `slide`. What concerns the whole list (its ends, all of it) the grid asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from screens.widgets.grid import Grid
from screens.widgets.grid_messages import GridMessage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Item = TypeVar("Item")


class EndAsked(GridMessage, namespace="window_grid"):
    """The operator wants to be at the first row of the list, or at the last."""

    def __init__(self, grid: Grid[Any], *, is_last: bool) -> None:
        super().__init__(grid)
        self.is_last = is_last


class AllAsked(GridMessage, namespace="window_grid"):
    """The operator wants every row of the list marked."""


class WindowGrid(Grid[Item]):
    """A grid that holds a part of its list; how long that is, and of how many in all, it is told."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.model.is_window = True
        self.is_whole = True
        self._length = self._in_all = 0

    def slide(self, come: Mapping[str, Item], go: Iterable[str]) -> None:
        """Moves the window; the row under the cursor stays on its line of the screen."""
        old_place = self.model.cursor_place
        self.model.slide(come, go)
        self._viewport.page(old_place, self.model.cursor_place, self.row_count)
        self._tell()

    def set_length(self, length: int, in_all: int, *, is_whole: bool) -> None:
        """Says how long the list is, how many there are in all, and whether every row of the list is held."""
        if (length, in_all, is_whole) != (self._length, self._in_all, self.is_whole):
            self._length, self._in_all, self.is_whole = length, in_all, is_whole
            self._show_soon()

    def action_first(self) -> None:
        """Goes to the first row of the list."""
        super().action_first()
        if not self.is_whole:
            self.post_message(EndAsked(self, is_last=False))

    def action_last(self) -> None:
        """Goes to the last row of the list."""
        super().action_last()
        if not self.is_whole:
            self.post_message(EndAsked(self, is_last=True))

    def action_mark_all(self) -> None:
        """Marks every row of the list; where all in the window are marked, none."""
        shown = {id_ for id_ in self.model.rows if id_ in self.model.items}
        if self.is_whole or shown <= self.model.marks:
            super().action_mark_all()
            return
        self.post_message(AllAsked(self))

    def _figures(self) -> tuple[int, ...]:
        return (self._length, self._in_all, *super()._figures()[2:]) if self._counts else ()
