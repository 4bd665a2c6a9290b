"""What every box does: it waits a moment before it obeys, says what was done to a paste, and esc leaves it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.floor import floor_of
from screens.widgets.pasted import pasted
from screens.widgets.typed_line import TypedLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

Answer = TypeVar("Answer")
KEPT = "a draft was kept: this is what you typed"
SINCE = "since your draft somebody wrote here:"
DEAF_S = 0.25
"""What was typed before the box was seen must not confirm anything in it."""
MOST_OF_HEIGHT = 0.9
"""What a box may take of the terminal's height, as the style sheet has it."""
LEAST_ASKED = 2
"""So many lines are left for what is asked, a field and its name, before what stands above the fields gets any."""
LOW = 30
"""Below this height a box does without some of its empty lines."""


def _height(parts: Iterable[Widget]) -> int:
    """Returns how many lines they take together."""
    return sum(each.outer_size.height + each.styles.margin.height for each in parts)


class Asked(VerticalScroll, can_focus=False, inherit_bindings=False):
    """What a box says and asks for; the field that is typed in is in view whatever height is left for it."""

    def __init__(self) -> None:
        super().__init__(id="asked")

    def on_resize(self) -> None:
        """Has the field that is typed in in view again."""
        self.call_after_refresh(self._show_focused)

    def _show_focused(self) -> None:
        field = self.screen.focused
        if field is not None and self in field.ancestors:
            field.scroll_visible(animate=False, immediate=True)


class Ending(Vertical):
    """How a box ends: what is wrong, and what its keys or buttons do. Whenever it grows, what is asked gives it the room."""

    def __init__(self) -> None:
        super().__init__(id="ending")

    def on_resize(self) -> None:
        """Has what is asked fit beside it, now that its height is known."""
        if isinstance(self.screen, Box):
            self.screen.fit_soon()


class WhoElse(Static):
    """Who else writes in what a box is about; it takes no room while nobody does."""

    def __init__(self) -> None:
        super().__init__("", id="who-else", markup=False)
        self.display = False
        self._words = ""

    def say(self, words: str) -> bool:
        """Says it; tells whether it is something else than before."""
        if words == self._words:
            return False
        self._words, self.display = words, bool(words)
        self.update(words)
        return True


class Box(ModalScreen[Answer], Generic[Answer]):
    """A box before the view. Its answer is None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False),
        Binding("ctrl+o", "edit", "in your editor", show=False),
        Binding("pageup", "scroll_asked(-1)", show=False),
        Binding("pagedown", "scroll_asked(1)", show=False),
    ]
    AUTO_FOCUS = ""
    HEARS_A_TYPIST: ClassVar[bool] = True

    place = ""
    """Where what is written in it is kept as a draft; empty where nothing is."""

    def __init__(self) -> None:
        super().__init__()
        self._opened_at = time.monotonic()
        self._who_else = WhoElse()

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

    def tell_who_else(self, words: str) -> None:
        """Says who else writes in the same subject, before anything is typed and as soon as it is known."""
        if self._who_else.say(words):
            self.fit_soon()

    def tell(self, text: str) -> None:
        """Says one line in the box, at its end."""
        for told in self.query("#told").results(Static):
            told.update(text)
            told.display = bool(text)
        self.fit_soon()

    def on_resize(self) -> None:
        """Gives way to a lower terminal."""
        self.set_class(self.size.height < LOW, "-low")
        self.fit_soon()

    def fit_soon(self) -> None:
        """Has what is asked scroll where it is too much for the terminal: a field and how it ends are always on the screen."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        for asked in self.query("#asked"):
            box = self.query_one("#box")
            above = sum(docked.outer_size.height for docked in self.query("#header-over"))
            most = int((self.size.height - above) * MOST_OF_HEIGHT) - box.gutter.height
            room = most - _height(child for child in box.children if child.id not in ("asked", "above"))
            for part in box.query("#above"):
                part.styles.max_height = most_above = max(room - LEAST_ASKED, 0)
                room -= min(_height(part.children), most_above)
            asked.styles.max_height = max(room, 1)

    def action_scroll_asked(self, by: int) -> None:
        """Moves what is asked by pages, where it is more than there is room for."""
        for asked in self.query("#asked"):
            asked.scroll_relative(y=by * max(asked.size.height - 1, 1), animate=False)
