"""Columns of a grid: what they are called, and how many cells each gets on a given width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Item = TypeVar("Item")

GUTTER = 3
"""Cells before the first column: the cursor, the mark, a blank."""

GAP = 2
"""Cells between two columns."""

AMPLE = 60
"""Cells that a text asks for at most: what is longer is read in the details."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Item]):
    """One column. It has either a fixed `width`, or a `share` of what the others leave.

    Where not all fit, those of the lowest `priority` vanish first. `sort` gives an item's place when
    the operator sorts by this column (anything that compares with its like; None: it does not sort).
    """

    id: str
    title: str
    width: int = 0
    share: int = 0
    min_width: int = 6
    priority: int = 5
    align: Literal["left", "right"] = "left"
    sort: Callable[[Item], Any] | None = None

    def __post_init__(self) -> None:
        assert bool(self.width) != bool(self.share), f"column {self.id} has a width or a share, not both"

    @property
    def least(self) -> int:
        """Returns the fewest cells with which it is shown at all."""
        return self.width or self.min_width


@dataclass(frozen=True, slots=True)
class Field:
    """A column's place on a line: `x` is its first cell, `width` its number of cells."""

    column: Column[Any]
    x: int
    width: int


def fit(
    columns: Sequence[Column[Any]], width: int, widest: Mapping[str, int] | None = None
) -> tuple[Field, ...]:
    """Returns the columns that have room on a line of `width` cells, in order, with their places.

    The last one left is shown even when it must be cut. What the fixed columns leave goes first to flexible ones whose
    `widest` text is known, the short ones before the long; the rest is divided by share, and the last of them takes the remainder.
    """
    chosen = list(columns)
    while len(chosen) > 1 and _least(chosen) > width:
        # Of several equally unimportant ones the rightmost goes: reading starts at the left.
        chosen.remove(min(reversed(chosen), key=lambda column: column.priority))
    if not chosen:
        return ()
    widths = _widths(chosen, width, widest or {})
    fields, x = [], GUTTER
    for column, cells in zip(chosen, widths, strict=True):
        fields.append(Field(column, x, max(0, min(cells, width - x))))
        x += cells + GAP
    return tuple(fields)


def wanted(columns: Sequence[Column[Any]], widest: Mapping[str, int]) -> int:
    """Returns on how wide a line every column has room, and each flexible one for its widest text, up to AMPLE cells.

    `widest` gives the cells of the widest text by column.
    """
    texts = (max(column.least, min(widest.get(column.id, 0), AMPLE)) for column in columns if column.share)
    return _least([column for column in columns if not column.share]) + sum(cells + GAP for cells in texts)


def _least(columns: Sequence[Column[Any]]) -> int:
    return GUTTER + sum(column.least for column in columns) + GAP * (len(columns) - 1)


def _widths(columns: Sequence[Column[Any]], width: int, widest: Mapping[str, int]) -> list[int]:
    widths = [column.least for column in columns]
    flexible = [index for index, column in enumerate(columns) if column.share]
    spare = max(0, width - _least(columns))
    wants = {index: min(widest.get(columns[index].id, 0), AMPLE) - widths[index] for index in flexible}
    wanting = sorted((index for index in flexible if wants[index] > 0), key=lambda index: wants[index])
    for place, index in enumerate(wanting):
        cells = min(wants[index], spare // (len(wanting) - place))
        widths[index] += cells
        spare -= cells
    shares = sum(columns[index].share for index in flexible)
    left = spare
    for index in flexible:
        part = left if index == flexible[-1] else spare * columns[index].share // shares
        widths[index] += part
        left -= part
    return widths
