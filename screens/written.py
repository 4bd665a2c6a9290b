"""What problems and corrective actions have in common: their fields are written in a form, a doing is confirmed with a sentence.

Nothing that somebody else wrote meanwhile is overwritten, and what was typed is kept until it is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

from core.gate.model import VERBS
from core.journal.model import Subject
from core.security.findings.commands import check_owner
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox
from screens.known import known_to
from screens.saving import Saving, Standing, save, sentence_field, sentence_over

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from screens.boxes.form import FormField
    from screens.floor import Floor


PEOPLE = dict.fromkeys(("owner", "checker"), check_owner)
"""What is asked of the people that a form names, by field."""


class Labelled(Protocol):
    """A thing with fields that people write."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def version(self) -> int:
        """How often it was changed."""
        ...

    @property
    def label(self) -> str:
        """How people name it."""
        ...


T = TypeVar("T", bound=Labelled)


class Asked(NamedTuple):
    """A doing that is confirmed: its verb, the word on its button, what is asked for, what it means, and what is said once it is done."""

    verb: str
    word: str
    asks: str
    lines: Sequence[tuple[str, str]]
    done: str


@dataclass(frozen=True, slots=True)
class Written(Generic[T]):
    """One sort of things that are written: `kind` of its subjects, how one is read, its texts by field, and how long one may be.

    `asks` is what the database is asked about its fields before a form closes, as in `known_to`.
    """

    kind: str
    read: Callable[..., T]
    texts: Callable[[T], Mapping[str, str]]
    longest: int
    asks: Mapping[str, Callable[..., Any]] = field(default_factory=lambda: PEOPLE)

    async def write_fields(
        self, floor: Floor, item: T, title: str, fields: Sequence[FormField], command: Callable[..., Any]
    ) -> None:
        """Opens the form of a thing, and has `command` write what was changed in it."""
        draft = Draft(floor, f"{self.kind}:{item.label}")
        asked = known_to(floor, self.asks, {each.id: each.value for each in fields})
        answer = await floor.box(FormBox(title, fields, draft, asked))
        if answer is None:
            return

        async def write(texts: Mapping[str, str], now: Standing[T]) -> None:
            written = {name: text for name, text in texts.items() if text != now.texts[name]}
            if not written:
                draft.used()
                floor.say(f"{item.label} is as it was: nothing was written")
                return
            await floor.command(
                command,
                item.id,
                written,
                now.version,
                done=f"{item.label} written",
                draft=draft,
                raises_moved=True,
            )

        saving = Saving(
            self._subject(item), {each.id: each for each in fields}, draft, partial(self._now, floor, item.id), write
        )  # fmt: skip
        await save(floor, saving, self._standing(item), answer)

    async def ask_and_do(
        self, floor: Floor, item: T, asked: Asked, command: Callable[..., Any], *, first: Draft | None = None, **named: Any
    ) -> None:  # fmt: skip
        """Asks once, with a sentence, and does it over a thing; `named` is what `command` needs beside.

        `first` is the draft of what was asked before, which ends with it.
        """
        question = Question(
            f"{asked.word} {item.label}", asked.lines, [item.label], VERBS[asked.verb].level, asked.word,
            asks_text=asked.asks, keeps_lines=True,
        )  # fmt: skip
        draft = Draft(floor, f"{asked.verb}:{item.label}")
        answer = await floor.box(ConfirmBox(question, draft))
        if answer is None:
            return

        async def write(texts: Mapping[str, str], now: Standing[T]) -> None:
            made = await floor.command(
                command, item.id, texts["text"], answer.consent, now.version, done=f"{item.label}: {asked.done}",
                draft=draft, raises_moved=True, **named,
            )  # fmt: skip
            if made is not None and first is not None:
                first.used()

        async def read() -> Standing[T]:
            return sentence_over(await floor.ask(self.read, item.id))

        sentence = sentence_field(asked.asks, self.longest)
        saving = Saving(self._subject(item), sentence, draft, read, write)
        await save(floor, saving, sentence_over(item), {"text": answer.text})

    async def _now(self, floor: Floor, number: int) -> Standing[T]:
        return self._standing(await floor.ask(self.read, number))

    def _standing(self, item: T) -> Standing[T]:
        return Standing(item, item.version, self.texts(item))

    def _subject(self, item: T) -> Subject:
        return Subject(self.kind, str(item.id))
