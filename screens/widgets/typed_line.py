"""The line to type in, wherever the console has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.text import Text
from textual.message import Message
from textual.widgets import Input

from screens.widgets.pasted import pasted

if TYPE_CHECKING:
    from textual.events import Mount, Paste

LONGEST = 2000
"""The most characters a line takes, where its place does not say otherwise."""
_SHOWN = str.maketrans({"\n": "↵"})


class TypedLine(Input):
    """An input that tells what becomes of a paste. With `keeps_lines` its text may have several, shown with `↵`.

    Its cursor stands still: a blinking one sends bytes over an idle link, twice a second, for nothing. What
    stands in it is not selected when one comes to it: the first letter typed would replace it all.
    """

    @dataclass
    class Told(Message):
        """Something was done to what was typed or pasted; `text` says what, in one line."""

        text: str

    def __init__(
        self, value: str = "", *, keeps_lines: bool = False, longest: int = LONGEST, **named: Any
    ) -> None:
        # What was written elsewhere may be longer; it can be shortened here, and is not cut.
        self.longest = max(longest, len(value))
        super().__init__(value, compact=True, select_on_focus=False, max_length=self.longest, **named)
        self.cursor_blink = False
        self.keeps_lines = keeps_lines
        self.was_typed_in = False

    def _on_mount(self, event: Mount) -> None:
        super()._on_mount(event)
        self.cursor_position = len(self.value)

    def put(self, value: str) -> None:
        """Writes `value` into it, however long; typing goes on at its end."""
        self.max_length = self.longest = max(self.longest, len(value))
        self.value = value
        self.cursor_position = len(value)

    def take_key(self, character: str) -> None:
        """Writes a character where the cursor is, in place of what is selected."""
        self.was_typed_in = True
        self._restart_blink()
        self.replace(character, *self.selection)

    def take_paste(self, text: str) -> None:
        """Writes a pasted text where the cursor is, in place of what is selected, and tells what was done to it."""
        start, end = sorted(self.selection)
        room = self.longest - len(self.value) + end - start
        taken = pasted(text, keeps_lines=self.keeps_lines, room=room)
        if taken.text:
            self.replace(taken.text, start, end)
        if taken.note:
            self.post_message(self.Told(taken.note))

    def restricted(self) -> None:
        """Says that no more goes into it."""
        self.post_message(self.Told(f"{self.longest:,} characters are the most that go in here"))

    def _on_paste(self, event: Paste) -> None:
        event.stop()
        event.prevent_default()
        self.take_paste(event.text)

    @property
    def _value(self) -> Text:
        return Text(self.value.translate(_SHOWN), no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        return cell_len(self.value[:position].translate(_SHOWN))
