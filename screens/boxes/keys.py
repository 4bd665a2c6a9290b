"""Choosing one of a few with a single key. What comes of it can be undone: so the key counts at once, however fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.containers import Vertical
from textual.widgets import Static

from core.printable import printable
from screens.boxes.base import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult


class KeyChoice(NamedTuple):
    """One thing to choose by its key."""

    key: str
    text: str
    note: str = ""


class KeyBox(Box[str]):
    """Returns the key that was pressed, of those that are offered; any other is passed over."""

    HEARS_A_TYPIST = False

    def __init__(self, title: str, choices: Sequence[KeyChoice]) -> None:
        super().__init__()
        self._title, self._choices = title, choices

    def compose(self) -> ComposeResult:
        """Lays out a line for each key."""
        room = max(len(each.text) for each in self._choices)
        with Vertical(id="box"):
            yield Static(printable(self._title, 200), id="title", markup=False)
            for each in self._choices:
                yield Static(
                    f"{each.key}   {each.text:<{room}}   {each.note}".rstrip(), classes="fact", markup=False
                )
            yield Static("esc: leave, nothing is changed", id="hint", markup=False)

    def on_key(self, event: events.Key) -> None:
        """Answers with the key."""
        if any(event.character == each.key for each in self._choices):
            event.stop()
            self.dismiss(event.character)
