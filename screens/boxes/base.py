"""What every box does: it drops keys typed ahead, waits a moment before it obeys, and esc leaves it."""

from __future__ import annotations

import time
from typing import Any, ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

Answer = TypeVar("Answer")
DEAF_S = 0.25
"""Keys that were under way when the box opened must not run verbs in it."""


class Box(ModalScreen[Answer], Generic[Answer]):
    """A box before the view. Its answer is None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave", show=False)]
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self._opened_at = time.monotonic()

    @property
    def is_deaf(self) -> bool:
        """Tells whether it does not obey yet."""
        return time.monotonic() - self._opened_at < DEAF_S

    def action_leave(self) -> None:
        """Leaves it; nothing is done."""
        self.dismiss(None)

    async def _on_key(self, event: Any) -> None:
        if self.is_deaf:
            event.stop()
            event.prevent_default()
