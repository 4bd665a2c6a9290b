"""A form: labelled fields, kept as a draft while they are typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from core.printable import printable
from screens.boxes.base import KEPT, SINCE, Asked, Box, Ending
from screens.widgets.typed_line import LONGEST, TypedLine

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from textual.app import ComposeResult

    from screens.boxes.draft import Draft


@dataclass(frozen=True, slots=True)
class FormField:
    """One text to write, of one line, or with `keeps_lines` of several; at most `longest` characters.

    `check` returns what is wrong with a text, or None.
    """

    id: str
    label: str
    value: str = ""
    hint: str = ""
    check: Callable[[str], str | None] | None = None
    keeps_lines: bool = False
    longest: int = LONGEST


def needed(words: str) -> Callable[[str], str | None]:
    """Returns the check of a field that must not be empty; `words` say what is asked for."""
    return lambda text: None if text.strip() else words


is_said = needed("say it in one sentence")
is_written = needed("it is not written yet")


Fault = tuple[str, str]
"""The field that is wrong, and why."""
Asks = Callable[[dict[str, str]], "Awaitable[Fault | None] | None"]
"""What asks the database about a form's texts; None where there is nothing to ask."""
LOOKS_S = 0.3
"""An answer of the database that takes longer is told to be waited for."""


class FormBox(Box["dict[str, str]"]):
    """Returns every field's text, by id. What is typed is kept as it is typed.

    What only the database can tell of the texts is `asked` when they are saved: the box stays open meanwhile, and where something
    is wrong.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("f2", "save", "save", show=False),
    ]

    begins_in_first: ClassVar[bool] = False

    def __init__(
        self,
        title: str,
        fields: Sequence[FormField],
        draft: Draft,
        asked: Asks | None = None,
    ) -> None:
        super().__init__()
        self._asked, self._is_asking = asked, False
        self._title, self._fields, self._draft = title, fields, draft
        self._typed_before = draft.texts()
        self.place = draft.place

    def compose(self) -> ComposeResult:
        """Lays out one line a field."""
        begun = self._draft.begun({each.id: each.value for each in self._fields})
        with Vertical(id="box"):
            yield Static(printable(self._title, 200), id="title", markup=False)
            yield self._who_else
            with Vertical(id="above"):
                yield from self.above_fields()
            with Asked():
                if self._typed_before:
                    yield Static(KEPT, classes="label", markup=False)
                for each in self._fields:
                    yield Static(each.label, classes="label", markup=False)
                    if each.id in self._typed_before and begun[each.id] != each.value:
                        yield Static(f"{SINCE} {printable(each.value)}", classes="since", markup=False)
                    yield TypedLine(
                        self._typed_before.get(each.id, each.value),
                        keeps_lines=each.keeps_lines,
                        longest=each.longest,
                        placeholder=each.hint,
                        id=f"f-{each.id}",
                    )
            with Ending():
                yield Static("", id="why", markup=False)
                yield Static("", id="told", markup=False)
                hint = (
                    "enter, down: next field   enter on the last, F2: save\n"
                    "ctrl+o: your editor   esc: leave, the draft is kept"
                )
                yield Static(hint, id="hint", markup=False)

    def above_fields(self) -> ComposeResult:
        """Lays out what stands above the fields, in view while the terminal leaves room; nothing by itself."""
        yield from ()

    def on_mount(self) -> None:
        """Begins in the first field that is empty, or where a kind of form says."""
        inputs = list(self.query(Input))
        (next((i for i in inputs if not i.value or self.begins_in_first), inputs[0])).focus()

    def on_input_changed(self, _: Any) -> None:
        """Keeps what is typed."""
        self._keep_typed()

    def take_edited(self, field: TypedLine, text: str) -> None:
        """Keeps what was written in the editor at once: the console may be ending."""
        super().take_edited(field, text)
        self._keep_typed()

    def _keep_typed(self) -> None:
        values = self._values()
        begun = {each.id: each.value for each in self._fields}
        self._draft.keep(values, begun)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Goes on; on the last field, saves."""
        if event.input is list(self.query(Input))[-1]:
            self.action_save()
        else:
            self.focus_next()

    def action_save(self) -> None:
        """Answers, unless a field is wrong."""
        if self.is_deaf or self._is_asking:
            return
        values = self._values()
        fault = self.fault_of(values)
        if fault is not None:
            self._show_fault(*fault)
        elif self._asked is None or (answer := self._asked(values)) is None:
            self.dismiss(values)  # at once: the next key may be there already
        else:
            self._is_asking = True
            self.run_worker(self._leave_once_answered(self._asked, values, answer), group="asked")

    async def _leave_once_answered(
        self, asked: Asks, values: dict[str, str], answer: Awaitable[Fault | None] | None
    ) -> None:
        """Answers with what stands there once the database has nothing against it."""
        waits = self.set_timer(LOOKS_S, lambda: self._say_why("it is being looked up …"))
        try:
            while True:
                fault = await answer if answer is not None else None
                if fault is not None or values == self._values():
                    break  # nothing was typed on meanwhile
                values = self._values()
                fault = self.fault_of(values)
                if fault is not None:
                    break
                answer = asked(values)
        finally:
            waits.stop()
            self._is_asking = False
        if fault is None:
            self.dismiss(values)
        else:
            self._show_fault(*fault)

    def _show_fault(self, field: str, words: str) -> None:
        self._say_why(words)
        self.query_one(f"#f-{field}").focus()

    def _say_why(self, words: str) -> None:
        self.query_one("#why", Static).update(words)
        self.fit_soon()

    def fault_of(self, values: dict[str, str]) -> Fault | None:
        """Returns the first field that is wrong, and why; None where all of it can be saved."""
        for each in self._fields:
            wrong = each.check(values[each.id]) if each.check else None
            if wrong:
                return each.id, f"{each.label}: {wrong}"
        return None

    def _values(self) -> dict[str, str]:
        return {each.id: self.query_one(f"#f-{each.id}", Input).value.strip() for each in self._fields}
