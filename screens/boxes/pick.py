"""Choosing one of several by typing a part of it, or with the arrows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from core.printable import printable
from screens.boxes.base import Box
from screens.widgets.cells import width_of
from screens.widgets.typed_line import LONGEST, TypedLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

MOST_SHOWN = 200
WIDEST_NAME = 22
"""Behind longer names the notes no longer stand below one another: they need the room."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose; `note` stands dimmed behind it. `why_not`: it is shown and cannot be chosen.

    `key` is what does the same without the box.
    """

    id: str
    text: str
    note: str = ""
    why_not: str | None = None
    key: str = ""


class PickBox(Box[str]):
    """Returns the id chosen. With `anything`, a text that matches nothing is returned as it is typed, of at most `longest` characters."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("pagedown", "move(8)", show=False, priority=True),
        Binding("pageup", "move(-8)", show=False, priority=True),
        Binding("tab", "complete", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        choices: Callable[[str], Sequence[Choice]] | Sequence[Choice],
        *,
        typed: str = "",
        anything: bool = False,
        longest: int = LONGEST,
    ) -> None:
        super().__init__()
        self._longest = longest
        self._title, self._choices, self._typed, self._anything = title, choices, typed, anything
        self._shown: list[Choice] = []

    def compose(self) -> ComposeResult:
        """Lays out the line to type in and the list."""
        with Vertical(id="box"):
            yield Static(self._title, id="title", markup=False)
            yield TypedLine(self._typed, longest=self._longest, id="typed")
            yield OptionList(id="choices", compact=True, markup=False)
            yield Static("", id="why", markup=False)
            yield Static("", id="told", markup=False)

    def on_mount(self) -> None:
        """Shows everything there is to choose."""
        self.query_one("#choices", OptionList).can_focus = False
        self.query_one("#typed").focus()
        self._show(self._typed)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrows the list."""
        self._show(event.value)

    def on_input_submitted(self, _: Any) -> None:
        """Chooses what is lit."""
        if self.is_deaf:
            return
        options = self.query_one("#choices", OptionList)
        if options.highlighted is None or not self._shown:
            typed = self.query_one("#typed", Input).value.strip()
            if self._anything and typed:
                self.dismiss(typed)
            return
        self._choose(self._shown[options.highlighted])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Chooses what was clicked."""
        self._choose(self._shown[event.option_index])

    def action_move(self, by: int) -> None:
        """Moves the light."""
        options = self.query_one("#choices", OptionList)
        if self._shown:
            options.highlighted = max(0, min((options.highlighted or 0) + by, len(self._shown) - 1))

    def action_complete(self) -> None:
        """Writes what is lit into the line."""
        options = self.query_one("#choices", OptionList)
        if options.highlighted is not None and self._shown:
            line = self.query_one("#typed", Input)
            line.value = self._shown[options.highlighted].id
            line.cursor_position = len(line.value)

    def _choose(self, choice: Choice) -> None:
        if choice.why_not is not None:
            self.query_one("#why", Static).update(choice.why_not)
        else:
            self.dismiss(choice.id)

    def _show(self, typed: str) -> None:
        found = self._choices(typed) if callable(self._choices) else _narrowed(self._choices, typed)
        self._shown = list(found)[:MOST_SHOWN]
        options = self.query_one("#choices", OptionList)
        options.clear_options()
        room = min(max((width_of(choice.text) for choice in self._shown), default=0), WIDEST_NAME)
        keys = max((width_of(choice.key) for choice in self._shown), default=0)
        options.add_options([Option(_line(choice, room, keys)) for choice in self._shown])
        options.highlighted = 0 if self._shown else None
        self.query_one("#why", Static).update(
            "" if self._shown else "nothing by that name" if typed.strip() else "there is none yet"
        )


def _narrowed(choices: Sequence[Choice], typed: str) -> list[Choice]:
    words = typed.lower().split()
    return [c for c in choices if all(word in f"{c.id} {c.text} {c.note}".lower() for word in words)]


def _line(choice: Choice, room: int, keys: int) -> Text:
    """Returns a choice as a line: names, keys and notes each below one another."""
    name = printable(choice.text, 120)
    line = Text(name, no_wrap=True, overflow="ellipsis")
    line.append(" " * (max(room - width_of(name), 0) + 2))
    if keys:
        line.append(choice.key + " " * (keys - width_of(choice.key) + 2), style="bold")
    note = choice.note if choice.why_not is None else f"not now: {choice.why_not}"
    line.append(printable(note, 120), style="dim")
    if choice.why_not is not None:
        line.stylize("dim")
    return line
