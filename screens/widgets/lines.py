"""A part of the screen that is nothing but lines of text: bars, panes, details. Cheap to show again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from screens.themes import palette
from screens.widgets.canvas import Canvas, Frame
from screens.widgets.cells import Span, fit_spans, width_of
from screens.widgets.glyphs import glyphs_of
from screens.widgets.row import Pen

if TYPE_CHECKING:
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.line import Line

TextLine = Sequence[Span]
Content = Callable[[int, int, "Glyphs"], Sequence[TextLine]]
"""Gives the lines for a width, a height and a set of signs. Pure; more lines than the height are cut."""


class Lines(Canvas):
    """Shows what `content` gives; `scroll` moves it where it is longer than the place."""

    DEFAULT_CSS = "Lines { width: 1fr; height: 1fr; }"

    def __init__(self, content: Content, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._content = content
        self._pen: Pen | None = None
        self._drawn: dict[tuple[Span, ...], Line] = {}
        self.top = 0
        self.total = 0
        self.keeps_to_end = self.follows = False

    def draw(self) -> Frame:
        """Returns the lines in view, cut and filled to the place."""
        width, height = self.size
        glyphs = glyphs_of(self.app)
        if self._pen is None or self._pen.width != width:
            self._pen = Pen(palette(self.app.theme), glyphs, (), width)
            self._drawn = {}
        lines = list(self._content(width, height, glyphs))
        self.total = len(lines)
        self.top = max(0, self.total - height if self.follows else min(self.top, self.total - height))
        shown = lines[self.top : self.top + height]
        shown += [()] * (height - len(shown))
        # Most lines are what they were a second ago: the same text is the same line, neither made nor compared anew.
        before, self._drawn = self._drawn, {}
        return Frame(
            [self._line(tuple(line), before, self._pen, glyphs) for line in shown], 0, height, self.top
        )

    def _line(
        self, text: tuple[Span, ...], before: dict[tuple[Span, ...], Line], pen: Pen, glyphs: Glyphs
    ) -> Line:
        line = self._drawn.get(text) or before.get(text)
        if line is None:
            line = pen.spans(self._within(text, pen.width, glyphs))
        self._drawn[text] = line
        return line

    @staticmethod
    def _within(line: TextLine, width: int, glyphs: Glyphs) -> TextLine:
        """Returns a line that says so where it is cut; a text that nobody broke at its line ends is not lost for them."""
        if any("\n" in text for text, _ in line):
            line = [(text.replace("\n", " "), tone) for text, tone in line]
        if sum(width_of(text) for text, _ in line) <= width:
            return line
        return fit_spans(line, width, right=False, ellipsis=glyphs.ellipsis)

    def scroll_by(self, rows: int) -> None:
        """Moves what is shown by rows; what followed the end of the text follows on while it is there."""
        end = max(0, self.total - self.size.height)
        self.top = max(0, min(self.top + rows, end))
        self.follows = self.keeps_to_end and self.top == end
        self.show()

    def follow_end(self) -> None:
        """Shows the last lines, whatever size or text they get, until the operator moves away from them."""
        self.keeps_to_end = self.follows = True
        self.show()

    def on_mount(self) -> None:
        """Listens for another theme."""
        self.app.theme_changed_signal.subscribe(self, self._change_theme)

    def _change_theme(self, _theme: Any) -> None:
        self._pen = None
        self.show_all()
