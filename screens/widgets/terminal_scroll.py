"""Scrolls lines inside the terminal instead of sending them again.

A list that moves by one row would be repainted whole: 6 kB at 80x24, 12 kB at 200x50. A terminal can
move lines by itself (DECSTBM with DL and IL, known since the VT102), after which only the row that came
into view is sent. The framework does not know of this, so it is done only while it cannot notice: when
the widget has whole lines of the screen to itself, now and at its last paint.

Of the framework's inner parts this module uses the compositor's cuts (`Screen._compositor.cuts`); the tests
of the grid in a real terminal compare the result with a full repaint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.errors import NoWidget

from screens.widgets.line import Line

if TYPE_CHECKING:
    from rich.console import Console
    from textual.strip import Strip
    from textual.widget import Widget


def has_lines_to_itself(widget: Widget, first: int, count: int) -> bool:
    """Returns whether lines `first`… of a widget are whole lines of a terminal on which nothing else stands."""
    app, screen, region = widget.app, widget.screen, widget.region
    if app.is_headless or app.is_inline or app.is_web or app.screen is not screen:
        return False
    top, width, height = region.y + first, *app.size
    if region.x or region.width != width or top < 0 or top + count > height:
        return False
    cuts = screen._compositor.cuts  # noqa: SLF001 - see above
    try:
        return all(
            cuts[y] == [0, width] and screen.get_widget_at(0, y)[0] is widget for y in range(top, top + count)
        )
    except NoWidget:
        return False


class Scroll:
    """Moves `count` lines from line `top` of the screen up by `by` (down if negative), once.

    It is written before whichever of the lines is written first, in the same write: nobody sees the
    state between.
    """

    def __init__(self, top: int, count: int, by: int) -> None:
        self.top, self.count, self.by = top, count, by
        self.is_written = False

    def take(self, line_y: int) -> str:
        """Returns the sequence that scrolls and goes back to the start of line `line_y`; empty after the first time."""
        if self.is_written:
            return ""
        self.is_written = True
        region = f"\x1b[{self.top + 1};{self.top + self.count}r"
        moved = f"\x1b[{abs(self.by)}{'M' if self.by > 0 else 'L'}"
        return f"{region}\x1b[{self.top + 1};1H{moved}\x1b[r\x1b[{line_y + 1};1H"


class ScrolledLine(Line):
    """A line of a frame in which the terminal scrolls. It serves for that one frame only."""

    __slots__ = ("_scroll", "_y")

    def __init__(self, line: Strip, scroll: Scroll, y: int) -> None:
        super().__init__(line, line.cell_length)
        self._scroll, self._y = scroll, y

    def crop(self, start: int, end: int | None = None) -> ScrolledLine:
        """Returns the part between two cells, which scrolls as well."""
        return ScrolledLine(super().crop(start, end), self._scroll, self._y)

    def render(self, console: Console) -> str:
        """Returns the line, with the scrolling before it if it is the first of its frame."""
        return self._scroll.take(self._y) + super().render(console)
