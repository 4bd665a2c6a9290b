"""What the keys of a grid do. The keys themselves are data, in `grid_keys`."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from screens.widgets.canvas import Canvas
from screens.widgets.grid_keys import GRID_KEYS

if TYPE_CHECKING:
    from textual import events

WHEEL_ROWS = 3


class GridActions(Canvas, can_focus=True):
    """The actions of a grid, told apart from how it holds and draws its rows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(key.keys), key.action, key.text, show=False, id=key.id) for key in GRID_KEYS
    ]

    @property
    @abstractmethod
    def page_height(self) -> int:
        """Returns how many rows are in view."""

    @property
    @abstractmethod
    def row_count(self) -> int:
        """Returns how many rows there are."""

    @abstractmethod
    def move_cursor(self, by: int, *, page: bool = False, extend: bool = False) -> None:
        """Moves the cursor by rows; by pages, the view goes with it; extending marks what it passes."""

    def action_cursor_up(self) -> None:
        """Moves the cursor one row up."""
        self.move_cursor(-1)

    def action_cursor_down(self) -> None:
        """Moves the cursor one row down."""
        self.move_cursor(1)

    def action_half_page_up(self) -> None:
        """Moves the cursor and the view half a page up."""
        self.move_cursor(-max(1, self.page_height // 2), page=True)

    def action_half_page_down(self) -> None:
        """Moves the cursor and the view half a page down."""
        self.move_cursor(max(1, self.page_height // 2), page=True)

    def action_page_up(self) -> None:
        """Moves the cursor and the view a page up."""
        self.move_cursor(-self.page_height, page=True)

    def action_page_down(self) -> None:
        """Moves the cursor and the view a page down."""
        self.move_cursor(self.page_height, page=True)

    def action_first(self) -> None:
        """Moves the cursor to the first row."""
        self.move_cursor(-self.row_count)

    def action_last(self) -> None:
        """Moves the cursor to the last row."""
        self.move_cursor(self.row_count)

    def action_extend_up(self) -> None:
        """Marks from here upwards."""
        self.move_cursor(-1, extend=True)

    def action_extend_down(self) -> None:
        """Marks from here downwards."""
        self.move_cursor(1, extend=True)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Moves the cursor down: the wheel never leaves it out of sight."""
        event.stop()
        self.move_cursor(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Moves the cursor up."""
        event.stop()
        self.move_cursor(-WHEEL_ROWS)
