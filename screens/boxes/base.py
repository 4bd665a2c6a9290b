"""What every box does: it waits a moment before it obeys, says what was done to a paste, and esc leaves it."""

from __future__ import annotations

import time
from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.floor import floor_of
from screens.widgets.pasted import pasted
from screens.widgets.typed_line import TypedLine

Answer = TypeVar("Answer")
KEPT = "a draft was kept: this is what you typed"
DEAF_S = 0.25
"""What was typed before the box was seen must not confirm anything in it."""


class Box(ModalScreen[Answer], Generic[Answer]):
    """A box before the view. Its answer is None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False),
        Binding("ctrl+o", "edit", "in your editor", show=False),
    ]
    AUTO_FOCUS = ""
    HEARS_A_TYPIST: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self._opened_at = time.monotonic()

    @property
    def is_deaf(self) -> bool:
        """Tells whether it does not obey yet. Who has typed into one of its fields meant it, however fast."""
        if self.HEARS_A_TYPIST and any(line.was_typed_in for line in self.query(TypedLine)):
            return False
        return time.monotonic() - self._opened_at < DEAF_S

    def action_leave(self) -> None:
        """Leaves it; nothing is done."""
        self.dismiss(None)

    def on_typed_line_told(self, event: TypedLine.Told) -> None:
        """Says in the box what was done to a paste."""
        event.stop()
        self.tell(event.text)

    def action_edit(self) -> None:
        """Opens the text of the field in the person's editor."""
        field = self.focused
        if isinstance(field, TypedLine):
            floor_of(self).edit(field.value, lambda text: self.take_edited(field, text), self.tell)

    def take_edited(self, field: TypedLine, text: str) -> None:
        """Writes into a field what the editor left, and says what did not go in."""
        taken = pasted(text, keeps_lines=field.keeps_lines, room=field.longest)
        field.put(taken.text)
        self.tell(taken.note)

    def tell(self, text: str) -> None:
        """Says one line in the box, at its end."""
        for told in self.query("#told").results(Static):
            told.update(text)
            told.display = bool(text)
