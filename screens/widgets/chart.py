"""A chart of one series: a few lines high, drawn from a `Plot`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from screens.themes import palette
from screens.tones import Tone
from screens.widgets.canvas import Canvas, Frame
from screens.widgets.glyphs import Glyphs, glyphs_of
from screens.widgets.plot import Plot, draw_plot
from screens.widgets.row import Pen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screens.widgets.cells import Span


class Chart(Canvas):
    """Shows a plot, or a sentence where there is none yet."""

    SCROLLS_IN_TERMINAL = False
    DEFAULT_CSS = "Chart { width: 1fr; height: 6; }"

    def __init__(
        self,
        plot: Plot | None = None,
        *,
        glyphs: Glyphs | None = None,
        empty_text: str = "No series chosen.",
        id: str | None = None,  # noqa: A002 - the framework's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._plot, self._glyphs, self.empty_text = plot, glyphs, empty_text

    def set_plot(self, plot: Plot | None) -> None:
        """Shows another plot."""
        self._plot = plot
        self.show()

    def draw(self) -> Frame:
        """Returns the plot's lines."""
        width, height = self.size
        glyphs = glyphs_of(self.app, self._glyphs)
        pen = Pen(palette(self.app.theme), glyphs, (), width)
        lines: Sequence[Sequence[Span]] = (
            draw_plot(self._plot, width, height, glyphs)
            if self._plot is not None
            else [[(self.empty_text, Tone.MUTED)]] + [[] for _ in range(height - 1)]
        )
        return Frame([pen.spans(line) for line in lines])

    def on_mount(self) -> None:
        """Listens for another theme."""
        self.app.theme_changed_signal.subscribe(self, self._change_theme)

    def _change_theme(self, _theme: Any) -> None:
        self.show_all()
