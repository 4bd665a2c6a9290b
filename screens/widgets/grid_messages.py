"""What a grid tells the screen around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from screens.widgets.grid import Grid


class GridMessage(Message):
    """What all messages of a grid have in common: `grid`, the one that speaks."""

    def __init__(self, grid: Grid[Any]) -> None:
        super().__init__()
        self.grid = grid

    @property
    def control(self) -> Grid[Any]:
        """Returns the grid, so that a handler can be bound to one of several by selector."""
        return self.grid


class CursorMoved(GridMessage, namespace="grid"):
    """The cursor stands on another id; None: there are no rows."""

    def __init__(self, grid: Grid[Any], id_: str | None) -> None:
        super().__init__(grid)
        self.id = id_


class Opened(GridMessage, namespace="grid"):
    """The operator wants to see the item `id`."""

    def __init__(self, grid: Grid[Any], id_: str) -> None:
        super().__init__(grid)
        self.id = id_


class Refused(GridMessage, namespace="grid"):
    """Nothing was done; `reason` says why, in words for the message line."""

    def __init__(self, grid: Grid[Any], reason: str) -> None:
        super().__init__(grid)
        self.reason = reason


class MarksChanged(GridMessage, namespace="grid"):
    """Other ids are marked than before."""

    def __init__(self, grid: Grid[Any], marked: frozenset[str]) -> None:
        super().__init__(grid)
        self.marked = marked


class HeldChanged(GridMessage, namespace="grid"):
    """So many rows now wait for their place until the operator rests or merges."""

    def __init__(self, grid: Grid[Any], count: int) -> None:
        super().__init__(grid)
        self.count = count
