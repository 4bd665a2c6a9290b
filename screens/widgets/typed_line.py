"""The line to type in, wherever the console has one."""

from __future__ import annotations

from typing import Any

from textual.widgets import Input


class TypedLine(Input):
    """An input whose cursor stands still: a blinking one sends bytes over an idle link, twice a second, for nothing."""

    def __init__(self, value: str = "", **named: Any) -> None:
        super().__init__(value, compact=True, **named)
        self.cursor_blink = False
