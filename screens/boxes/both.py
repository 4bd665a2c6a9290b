"""Two people wrote the same field: both texts, who wrote which, and the one that is to be saved.

Nothing is chosen by default but what loses nothing: one's own text stands in the field, the other's above it, and
neither goes anywhere before it is saved on purpose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Button, Input, Static

from core.printable import printable, printable_lines
from screens.boxes.base import Asked, Box, Ending
from screens.widgets.typed_line import TypedLine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from core.merging import Clash
    from screens.boxes.draft import Draft
    from screens.boxes.form import FormField

MOST_TOLD = 6
"""As many of the changes in between are listed."""


class BothBox(Box["dict[str, str]"]):
    """Returns the text to be saved of each field that clashed, by id; what is typed is kept in the draft."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("f2", "save", show=False),
        Binding("f3", "put('mine')", show=False),
        Binding("f4", "put('theirs')", show=False),
        Binding("f5", "put('both')", show=False),
    ]

    def __init__(
        self, title: str, since: Sequence[str], found: Sequence[Clash], fields: Mapping[str, FormField], draft: Draft,
        mine: Mapping[str, str], begun: Mapping[str, str],
    ) -> None:  # fmt: skip
        """`since` says what was changed in between, `mine` is all that was typed, over what it was `begun` from."""
        super().__init__()
        self._title, self._since, self._fields, self._draft = title, since, fields, draft
        self._found = {clash.field: clash for clash in found}
        self._mine, self._begun = dict(mine), begun
        self._at = next(iter(self._found), "")
        self.place = draft.place

    def compose(self) -> ComposeResult:
        """Lays out what happened, each field's two texts, and the ways out."""
        with Vertical(id="box"):
            yield Static(printable(self._title, 200), id="title", markup=False)
            yield self._who_else
            with Asked():
                more = len(self._since) - MOST_TOLD
                told = [*(f"and {more} changes before" for _ in range(more > 0)), *self._since[-MOST_TOLD:]]
                yield from (Static(line, classes="fact", markup=False) for line in told)
                for clash in self._found.values():
                    yield from self._parts(clash)
            with Ending():
                yield Static("", id="why", markup=False)
                yield Static("", id="told", markup=False)
                with Vertical(id="buttons"):
                    yield Button("Leave", id="leave", compact=True)
                    if self._found:
                        yield Button("Mine", id="put-mine", compact=True)
                        yield Button("Theirs", id="put-theirs", compact=True)
                        yield Button("Both", id="put-both", compact=True)
                    yield Button("Save", id="save", compact=True, variant="error")
                choose = "F3: keep mine   F4: take theirs   F5: both, to edit\n" if self._found else ""
                hint = f"{choose}F2: save   ctrl+o: editor   esc: leave, the draft is kept"
                yield Static(hint, id="hint", markup=False)

    def _parts(self, clash: Clash) -> ComposeResult:
        field = self._fields[clash.field]
        when = f", {clash.at:%Y-%m-%d %H:%M:%S}Z" if clash.at else ""
        yield Static(field.label, classes="label", markup=False)
        yield Static(f"{clash.by or 'somebody else'}{when}:", classes="whose", markup=False)
        yield Static(_whole(clash.theirs), classes="text", markup=False)
        yield Static("you, not saved yet:", classes="whose", markup=False)
        yield Static(_whole(clash.mine), classes="text", markup=False)
        yield Static("to be saved:", classes="whose", markup=False)
        yield TypedLine(
            clash.mine, keeps_lines=field.keeps_lines, longest=field.longest, id=f"f-{clash.field}"
        )

    def on_mount(self) -> None:
        """Begins in the first field; where none clashed, where nothing happens by itself."""
        fields = list(self.query(Input))
        (fields[0] if fields else self.query_one("#leave")).focus()

    def on_descendant_focus(self, event: Any) -> None:
        """Notes which field the choices are about."""
        name = str(event.widget.id or "")
        if name.startswith("f-"):
            self._at = name.removeprefix("f-")

    def on_input_changed(self, _: Any) -> None:
        """Keeps what is typed."""
        self._keep_typed()

    def take_edited(self, field: TypedLine, text: str) -> None:
        """Keeps what was written in the editor at once: the console may be ending."""
        super().take_edited(field, text)
        self._keep_typed()

    def on_input_submitted(self, _: Any) -> None:
        """Goes on to the next field; enter saves nothing."""
        self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Does what the button says."""
        event.stop()
        if self.is_deaf:
            return
        name = str(event.button.id)
        if name == "leave":
            self.dismiss(None)
        elif name == "save":
            self.action_save()
        else:
            self.action_put(name.removeprefix("put-"))

    def action_put(self, which: str) -> None:
        """Writes one's own text, the other's, or both into the field; all of it can still be edited."""
        clash = self._found.get(self._at)
        if clash is None:
            return
        field = self._fields[clash.field]
        if which == "both" and not field.keeps_lines:
            self.tell(f"{field.label}: there is room for one of them")
            return
        texts = {"mine": clash.mine, "theirs": clash.theirs, "both": f"{clash.theirs}\n{clash.mine}"}
        self.query_one(f"#f-{clash.field}", TypedLine).put(texts[which])
        self.tell(
            {
                "mine": "yours is to be saved",
                "theirs": "theirs stays, yours is not saved",
                "both": "both: edit them together",
            }[which]
        )
        self._keep_typed()

    def action_save(self) -> None:
        """Answers, unless a field is wrong."""
        if self.is_deaf:
            return
        values = self._values()
        for name, text in values.items():
            field = self._fields[name]
            wrong = field.check(text) if field.check else None
            if len(text) > field.longest:
                wrong = f"{len(text):,} characters, and {field.longest:,} are the most that are kept"
            if wrong:
                self.query_one("#why", Static).update(f"{field.label}: {wrong}")
                self.fit_soon()
                self.query_one(f"#f-{name}").focus()
                return
        self.dismiss(values)

    def _keep_typed(self) -> None:
        self._draft.keep({**self._mine, **self._values()}, self._begun)

    def _values(self) -> dict[str, str]:
        return {name: self.query_one(f"#f-{name}", Input).value.strip() for name in self._found}


def _whole(text: str) -> str:
    return printable_lines(text) or "(nothing)"
