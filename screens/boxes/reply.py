"""The box in which a requester is answered: to whom it goes, what exactly they will read, and replies behind a digit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.containers import Vertical
from textual.widgets import Static

from core.printable import printable, printable_lines
from core.sentences import LONGEST_NOTE
from screens.boxes.base import KEPT, Asked, Ending
from screens.boxes.form import FormBox, FormField, needed
from screens.widgets.typed_line import TypedLine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import ComposeResult

    from core.desk.requests.replies import Reply
    from screens.boxes.draft import Draft

TEXT = "text"


class ReplyLine(TypedLine):
    """A line in which a digit, while nothing is written, puts in the reply behind it."""

    replies: Mapping[str, Reply] = {}

    def take_key(self, character: str) -> None:
        """Writes a character, or the reply behind it."""
        reply = self.replies.get(character) if not self.value else None
        if reply is None:
            super().take_key(character)
            return
        self.was_typed_in = True
        self.put(reply.text)


class ReplyBox(FormBox):
    """Returns the text to be sent, as the field `text`."""

    def __init__(
        self, title: str, to: str, asks: str, draft: Draft, letter: Callable[[str], str], replies: Sequence[Reply]
    ) -> None:  # fmt: skip
        """`letter` gives what the one who gets it reads, for a text."""
        field = FormField(
            TEXT,
            asks,
            check=needed("write what its requester is to read"),
            keeps_lines=True,
            longest=LONGEST_NOTE,
        )
        super().__init__(title, [field], draft)
        self._to, self._asks, self._letter, self._replies = to, asks, letter, replies

    def compose(self) -> ComposeResult:
        """Lays out to whom it goes, the line to write in, what is read there, and the replies."""
        with Vertical(id="box"):
            yield Static(printable(self._title, 200), id="title", markup=False)
            yield self._who_else
            with Asked():
                yield Static(printable(self._to, 400), classes="fact", markup=False)
                if self._typed_before:
                    yield Static(KEPT, classes="label", markup=False)
                yield Static(self._asks, classes="label", markup=False)
                line = ReplyLine(
                    self._typed_before.get(TEXT, ""), keeps_lines=True, longest=LONGEST_NOTE, id=f"f-{TEXT}"
                )
                line.replies = {each.key: each for each in self._replies}
                yield line
                yield Static("they will read:", classes="label", markup=False)
                yield Static("", id="letter", classes="text", markup=False)
            with Ending():
                yield Static("", id="why", markup=False)
                yield Static("", id="told", markup=False)
                yield Static(
                    "   ".join(f"{each.key} {each.name}" for each in self._replies),
                    id="replies",
                    markup=False,
                )
                hint = "a digit, while nothing is written: that reply   enter, F2: send\nctrl+o: your editor   esc: leave, the draft is kept"
                yield Static(hint, id="hint", markup=False)

    def on_mount(self) -> None:
        """Shows what is read as it stands."""
        self.query_one(f"#f-{TEXT}").focus()
        self._show_letter()

    def on_input_changed(self, _: Any) -> None:
        """Shows it as it will be read; the form keeps what is typed."""
        self._show_letter()

    def _show_letter(self) -> None:
        text = self._values()[TEXT]
        self.query_one("#letter", Static).update(
            printable_lines(self._letter(text)) if text else "(nothing yet)"
        )
        self.fit_soon()
