"""Turns items into lines, and remembers the lines of those that were in view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from screens.widgets.cells import Cell

if TYPE_CHECKING:
    from screens.widgets.line import Line
    from screens.widgets.row import Pen, RowState

Item = TypeVar("Item")

Render = Callable[[Item, datetime], Mapping[str, Cell]]
"""Gives an item's cells by column id, as they are at an instant (UTC). It must be pure and quick."""

KEPT = 400
"""Lines remembered: several screens full, so that moving to and fro draws nothing anew."""


@dataclass(slots=True)
class _Rendered(Generic[Item]):
    item: Item
    now: datetime
    cells: Mapping[str, Cell]


class Painter(Generic[Item]):
    """Draws rows. A line is drawn anew only when its item, its state or a text that depends on time changed."""

    def __init__(self, render: Render[Item]) -> None:
        self._render = render
        self._cells: dict[str, _Rendered[Item]] = {}
        self._lines: dict[tuple[str, RowState], tuple[Mapping[str, Cell], Line]] = {}
        self._pen: Pen | None = None

    def forget(self) -> None:
        """Forgets the cells: something they show beside item and instant changed."""
        self._cells.clear()

    def row(self, pen: Pen, id_: str, item: Item, state: RowState, now: datetime) -> Line:
        """Returns the line of an item."""
        if pen is not self._pen:
            self._pen = pen
            self._lines.clear()
        cells = self.cells(id_, item, now)
        kept = self._lines.get((id_, state))
        if kept is not None and kept[0] is cells:
            return kept[1]
        if len(self._lines) >= KEPT:
            self._lines.clear()
        line = pen.row(cells, state)
        self._lines[id_, state] = (cells, line)
        return line

    def cells(self, id_: str, item: Item, now: datetime) -> Mapping[str, Cell]:
        """Returns the cells of an item as they are at an instant."""
        known = self._cells.get(id_)
        if known is not None and known.item is item and known.now == now:
            return known.cells
        cells = self._render(item, now)
        if known is not None and known.cells == cells:
            known.item, known.now = item, now
            return known.cells
        if len(self._cells) >= KEPT:
            self._cells.clear()
        self._cells[id_] = _Rendered(item, now, cells)
        return cells
