"""A small app around lines that follow their end, for tests in a real terminal.

It obeys keys: `a` adds a line, `A` three, `c` changes one in view, `d` takes the last away, `f` paints everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from screens import themes
from screens.tones import Tone
from screens.widgets.lines import Lines

if TYPE_CHECKING:
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

BEGINS_WITH = 60


class LinesHost(App[None]):
    """Lines between a title and a footer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add(1)", "one more"),
        Binding("A", "add(3)", "three more"),
        Binding("c", "change", "change one"),
        Binding("d", "take_away", "one less"),
        Binding("k", "scroll_by(-1)", "up"),
        Binding("j", "scroll_by(1)", "down"),
        Binding("b", "scroll_by(-15)", "far up"),
        Binding("f", "repaint", "paint all"),
    ]
    CSS = "Static { height: 1; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self.told = [f"entry {n}" for n in range(BEGINS_WITH)]
        self.text = Lines(self._content)
        self._changes = 0
        themes.register(self)
        self.theme = "dark"

    def compose(self) -> ComposeResult:
        yield Static("title")
        yield self.text
        yield Static("footer")

    def on_mount(self) -> None:
        self.text.follow_end()

    def _content(self, _width: int, _height: int, _glyphs: Glyphs) -> list[TextLine]:
        tones = (Tone.TEXT, Tone.MUTED, Tone.ACCENT)
        return [
            [(f" {n} ", Tone.MUTED), (told * (1 + n % 5), tones[n % 3])] for n, told in enumerate(self.told)
        ]

    def action_add(self, count: int) -> None:
        self.told += [f"entry {len(self.told) + n}" for n in range(count)]
        self.text.show()

    def action_change(self) -> None:
        self._changes += 1
        self.told[self.text.top + self._changes % 9] = f"changed {self._changes}"
        self.text.show()

    def action_take_away(self) -> None:
        self.told.pop()
        self.text.show()

    def action_scroll_by(self, rows: int) -> None:
        self.text.scroll_by(rows)

    def action_repaint(self) -> None:
        self.refresh()


if __name__ == "__main__":
    LinesHost().run(mouse=False)
