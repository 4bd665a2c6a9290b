"""The box before a doing that changes other people's world. Cancel comes first; nothing is armed by enter alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from core.gate.model import Consent, Level, name_to_type
from core.sentences import LONGEST, LONGEST_LINE
from screens.boxes.base import KEPT, SINCE, Asked, Box, Ending
from screens.widgets.typed_line import TypedLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from screens.boxes.draft import Draft

_INCIDENT = re.compile(r"(?:[Ii]-)?([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be confirmed: its name, lines that say what it means, the subjects' names, and the level."""

    title: str
    lines: Sequence[str | tuple[str, str]]  # a name and what it is stand side by side
    names: Sequence[str]
    level: Level
    do_it: str = "Do it"
    asks_text: str = ""  # the label of a sentence that is asked for; empty: none is
    text: str = ""  # what stands in it already
    keeps_lines: bool = False  # it may be a text of several lines
    incident: str | None = None  # the incident it is tied to, which can be emptied; None: it is tied to none

    @property
    def longest(self) -> int:
        """Returns how many characters of text are taken."""
        return LONGEST if self.keeps_lines else LONGEST_LINE


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The answer: the consent for core, the sentence, and the number of the incident it is tied to."""

    consent: Consent
    text: str
    incident: int | None = None


def incident_written(text: str) -> int | None:
    """Returns the number of an incident written as I-7 or 7; None for anything else."""
    found = _INCIDENT.fullmatch(text)
    return int(found[1]) if found else None


def _fact(line: str | tuple[str, str]) -> Static | Horizontal:
    if isinstance(line, str):
        return Static(line, classes="fact", markup=False)
    name, words = line
    return Horizontal(
        Static(name, classes="name", markup=False), Static(words, classes="words", markup=False), classes="fact"
    )  # fmt: skip


class ConfirmBox(Box[Confirmed]):
    """Asks once (BOX), or has the name and a reason typed (NAME).

    Sentences are kept in `draft` as they are typed. The name never is: to type it is to mean it now.
    """

    HEARS_A_TYPIST = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(self, question: Question, draft: Draft | None = None) -> None:
        super().__init__()
        self._question, self._draft = question, draft
        self._typed_before = draft.texts() if draft is not None else {}
        self.place = draft.place if draft is not None else ""

    def compose(self) -> ComposeResult:
        """Lays out what it means, what is to be typed, and the two ways out."""
        q = self._question
        with Vertical(id="box"):
            yield Static(q.title, id="title", markup=False)
            yield self._who_else
            with Asked():
                yield from (_fact(line) for line in q.lines)
                if self._typed_before:
                    yield Static(KEPT, classes="label", markup=False)
                if q.asks_text:
                    yield Static(q.asks_text, classes="label", markup=False)
                    if self._draft is not None and self._draft.begun({"text": q.text})["text"] != q.text:
                        yield Static(f"{SINCE} {q.text}", classes="since", markup=False)
                    yield TypedLine(
                        self._typed_before.get("text", q.text),
                        keeps_lines=q.keeps_lines,
                        longest=q.longest,
                        id="text",
                    )
                if q.level >= Level.NAME:
                    yield Static(f"type {name_to_type(q.names)} to arm:", classes="label", markup=False)
                    yield TypedLine(id="name")
                    yield Static("reason:", classes="label", markup=False)
                    yield TypedLine(self._typed_before.get("reason", ""), longest=LONGEST_LINE, id="reason")
                if q.incident is not None:
                    yield Static("for incident (empty it for none):", classes="label", markup=False)
                    yield TypedLine(q.incident, id="incident")
            with Ending():
                yield Static("", id="why", markup=False)
                yield Static("", id="told", markup=False)
                with Vertical(id="buttons"):
                    yield Button("Cancel", id="cancel", compact=True)
                    yield Button(q.do_it, id="do", compact=True, variant="error")
                hint = "tab: next field   enter on a button: press it   esc: cancel"
                if self._draft is not None:
                    hint += ", the draft is kept"
                if q.asks_text:
                    hint += "   ctrl+o: editor"
                yield Static(hint, id="hint", markup=False)

    def on_mount(self) -> None:
        """Puts the cursor where nothing happens by itself."""
        first = next(
            (self.query_one(f"#{name}") for name in ("text", "name") if self.query(f"#{name}")), None
        )
        (first or self.query_one("#cancel")).focus()
        self._rearm()

    def on_input_changed(self, _: Any) -> None:
        """Arms or disarms, and keeps what is typed."""
        self._rearm()
        self._keep_typed()

    def take_edited(self, field: TypedLine, text: str) -> None:
        """Keeps what was written in the editor at once: the console may be ending."""
        super().take_edited(field, text)
        self._keep_typed()

    def _keep_typed(self) -> None:
        if self._draft is not None:
            begun = {"text": self._question.text.strip(), "reason": ""}
            self._draft.keep({name: self._value(name) for name in begun}, begun)

    def on_input_submitted(self, _: Any) -> None:
        """Goes on to the next field; enter in a field does nothing else."""
        self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answers."""
        event.stop()
        if self.is_deaf:
            return
        if event.button.id == "cancel":
            self.dismiss(None)
        elif self._why_not() is None:
            number = incident_written(self._value("incident"))
            self.dismiss(Confirmed(self._consent(), self._value("text"), number))

    def _value(self, name: str) -> str:
        found = self.query(f"#{name}")
        return found.first(Input).value.strip() if found else ""

    def _consent(self) -> Consent:
        return Consent(
            self._question.level, self._value("name"), self._value("reason") or self._value("text")
        )

    def _why_not(self) -> str | None:
        q = self._question
        if q.asks_text and not self._value("text"):
            return "a sentence is asked for"
        if q.level >= Level.NAME and self._value("name") != name_to_type(q.names):
            return "not armed: the name is not typed"
        if q.level >= Level.NAME and not self._value("reason"):
            return "not armed: a reason is asked for"
        written = self._value("incident")
        if written and incident_written(written) is None:
            return "not armed: write the incident as I-7, or leave it empty"
        return None

    def _rearm(self) -> None:
        why_not = self._why_not()
        self.query_one("#do", Button).disabled = why_not is not None
        self.query_one("#why", Static).update(why_not or "armed")
        self.fit_soon()
