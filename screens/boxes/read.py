"""A text that is only read. Longer than the screen, it scrolls; esc or enter goes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical

from screens.boxes.base import Box
from screens.tones import Tone
from screens.widgets.lines import Lines, TextLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from screens.widgets.glyphs import Glyphs


class ReadBox(Box[None]):
    """Shows lines until esc; `lines` makes them for a width, so that each is whole on any terminal."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,space,ctrl+d", "scroll(10)", show=False),
        Binding("pageup,ctrl+u", "scroll(-10)", show=False),
        Binding("question_mark,f1,q,enter", "leave", show=False),
    ]

    def __init__(self, lines: Callable[[int, Glyphs], list[TextLine]]) -> None:
        super().__init__()
        self._made = lines

    def compose(self) -> ComposeResult:
        """Lays out the text."""
        with Vertical(id="help"):
            yield Lines(lambda width, _h, glyphs: self._made(width, glyphs))
            yield Lines(
                lambda _w, _h, _g: [[(" j k pgdn pgup scroll   esc back", Tone.MUTED)]], classes="one"
            )

    def action_scroll(self, by: int) -> None:
        """Moves the text."""
        self.query(Lines).first().scroll_by(by)
