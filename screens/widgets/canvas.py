"""A widget made of lines that sends only what changed.

What it draws is compared, cell by cell from the right, with what the terminal already shows; only lines
that differ are painted, and of them only the part up to the last difference. A canvas draws its whole
region itself: style sheets give it size and place, but borders and padding belong to what contains it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from screens.widgets.line import Line, differs_until
from screens.widgets.terminal_scroll import Scroll, ScrolledLine, has_lines_to_itself

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Frame:
    """The lines of one picture. Lines `first`… (`count` of them) show a longer list from its row `top` on."""

    lines: Sequence[Line]
    first: int = 0
    count: int = 0
    top: int = 0


_NOTHING = Frame(())


class Canvas(Widget):
    """Shows the lines that `draw` returns. `show` is called whenever they may have changed."""

    ALLOW_SELECT = False
    SCROLLS_IN_TERMINAL: ClassVar[bool] = True

    _wanted: Frame | None = None  # None: to be drawn when it is next painted
    _painted: Frame = _NOTHING  # what the terminal shows
    _scroll: Scroll | None = None
    _was_alone = False  # at the last paint, nothing else stood on the scrolling lines

    def draw(self) -> Frame:
        """Returns the picture for the present `size`, with exactly `size.height` lines of `size.width` cells."""
        raise NotImplementedError

    def show(self) -> bool:
        """Draws, and has painted what differs from the screen; tells whether anything does."""
        if not self.is_mounted or not self.size:
            self._wanted = None  # it has no place now: whatever it showed is old when it gets one again
            return True
        if self.screen not in self.app.screen_stack:
            # Another screen stands before it: it is drawn when it comes back.
            self._wanted = None
            self.refresh()
            return True
        if self._scroll is not None and not self._scroll.is_written:
            self._painted = _NOTHING  # the picture with the scrolling was never sent
        self._wanted = self.draw()
        self._scroll = self._plan_scroll(self._wanted)
        shown = _shifted(self._painted, self._scroll)
        differs = False
        for y, line in enumerate(self._wanted.lines):
            if width := differs_until(line, shown[y] if y < len(shown) else None):
                self.refresh(Region(0, y, width, 1))
                differs = True
        return differs

    def show_anew(self) -> None:
        """Draws from nothing kept, because what it is drawn from changed; paints only what differs."""
        self.show()

    def show_all(self) -> None:
        """Draws, and has everything painted."""
        self._painted = _NOTHING
        self.show()

    def _plan_scroll(self, wanted: Frame) -> Scroll | None:
        painted, by = self._painted, wanted.top - self._painted.top
        same_place = (painted.first, painted.count) == (wanted.first, wanted.count)
        if not (
            self.SCROLLS_IN_TERMINAL and by and same_place and abs(by) < wanted.count and self._was_alone
        ):
            return None
        if not has_lines_to_itself(self, wanted.first, wanted.count):
            return None
        return Scroll(self.region.y + wanted.first, wanted.count, by)

    # What the framework calls

    def render_line(self, y: int) -> Strip:
        """Returns one line; the framework asks for it to find what is under the mouse."""
        lines = self._present().lines
        return lines[y] if y < len(lines) else Strip.blank(self.size.width)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Returns the lines of a region for painting. Every line that differs has been announced by `show`."""
        frame = self._present()
        strips: list[Strip] = list(frame.lines)
        for line_filter in self.get_line_filters():
            background = self.background_colors[1]
            for y in range(crop.y, min(crop.bottom, len(strips))):
                strips[y] = strips[y].apply_filter(line_filter, background)
        alone = (
            self.SCROLLS_IN_TERMINAL
            and frame.count > 0
            and has_lines_to_itself(self, frame.first, frame.count)
        )
        if self._scroll is not None and not self._scroll.is_written:
            strips = self._with_scroll(strips, frame, self._scroll, alone=alone)
        self._painted, self._was_alone = frame, alone
        x1, x2 = crop.column_span
        return [strip.crop(x1, x2) for strip in strips[crop.y : crop.bottom]]

    def _with_scroll(self, strips: list[Strip], frame: Frame, scroll: Scroll, *, alone: bool) -> list[Strip]:
        if not alone:
            # Something came to stand on these lines since they were drawn: leave the terminal as it is.
            self._scroll = None
            self.call_later(self.show_all)
            return strips
        top = self.region.y
        return [
            ScrolledLine(strip, scroll, top + y) if frame.first <= y < frame.first + frame.count else strip
            for y, strip in enumerate(strips)
        ]

    def _present(self) -> Frame:
        frame = self._wanted
        lines = frame.lines if frame is not None else ()
        if (
            frame is None
            or len(lines) != self.size.height
            or (lines and lines[0].cell_length != self.size.width)
        ):
            # A new size, or back from behind another screen: the framework paints the whole widget.
            frame = self._wanted = self.draw() if self.size else _NOTHING
            self._scroll = None
        return frame


def _shifted(painted: Frame, scroll: Scroll | None) -> Sequence[Line | None]:
    """Returns what the terminal shows once it has scrolled; None where it shows nothing yet."""
    if scroll is None:
        return painted.lines
    first, end = painted.first, painted.first + painted.count
    moved: list[Line | None] = list(painted.lines[first:end])
    empty: list[Line | None] = [None] * abs(scroll.by)
    body = moved[scroll.by :] + empty if scroll.by > 0 else empty + moved[: scroll.by]
    return [*painted.lines[:first], *body, *painted.lines[end:]]
