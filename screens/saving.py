"""Saves what somebody typed without overwriting what somebody else did: where both wrote, both are shown and asked.

Core refuses a command that was begun on an older version (Moved); here that becomes a question.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from core.errors import Moved
from core.journal.queries import of_subject
from core.journal.wording import label, sentence
from core.merging import changes_since, clashes, merged
from screens.boxes.both import BothBox
from screens.boxes.form import FormField

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from core.journal.model import Entry, Subject
    from core.merging import Clash
    from screens.boxes.draft import Draft
    from screens.floor import Floor

T = TypeVar("T")
LOOKED_BACK = 100
"""So many of a subject's entries are read to tell who wrote what."""


@dataclass(frozen=True, slots=True)
class Standing(Generic[T]):
    """A subject as it stood when somebody looked: itself, its version, the texts that can be written in it."""

    item: T
    version: int
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Saving(Generic[T]):
    """Texts over a subject. `read` tells how it stands now; `write` saves texts over a standing, raising Moved."""

    subject: Subject
    fields: Mapping[str, FormField]
    draft: Draft
    read: Callable[[], Awaitable[Standing[T]]]
    write: Callable[[Mapping[str, str], Standing[T]], Awaitable[object]]


class Versioned(Protocol):
    """A subject that people change."""

    @property
    def version(self) -> int:
        """How often it was changed."""
        ...


V = TypeVar("V", bound=Versioned)


def sentence_over(item: V, text: str = "") -> Standing[V]:
    """Returns how a subject stands for whoever writes one sentence over it; `text` is what is written there already."""
    return Standing(item, item.version, {"text": text})


def sentence_field(asks: str, longest: int) -> dict[str, FormField]:
    """Returns the one field of a sentence."""
    return {"text": FormField("text", asks, keeps_lines=True, longest=longest)}


async def save(floor: Floor, saving: Saving[T], seen: Standing[T], mine: Mapping[str, str]) -> None:
    """Saves `mine`, which was typed over what was `seen`, or over what the draft was begun from."""
    begun: Mapping[str, str] = saving.draft.begun(seen.texts)
    standing, has_moved = seen, False
    while True:
        found = clashes(begun, mine, standing.texts)
        if found or has_moved:
            settled = await _settled(floor, saving, seen, standing, begun, mine)
            if settled is None:
                floor.say("nothing was saved; what you typed is kept as a draft")
                return
            mine = {**merged(begun, mine, standing.texts), **settled}
            begun = standing.texts
        else:
            mine = merged(begun, mine, standing.texts)
        try:
            await saving.write(mine, standing)
        except Moved:
            seen, standing, has_moved = standing, await saving.read(), True
        else:
            return


async def _settled(
    floor: Floor, saving: Saving[T], seen: Standing[T], now: Standing[T], begun: Mapping[str, str],
    mine: Mapping[str, str],
) -> Mapping[str, str] | None:  # fmt: skip
    """Asks what is to be saved; None when the box was left, and nothing is. Nobody is asked about what he did himself."""
    entries = await floor.ask(of_subject, saving.subject, limit=LOOKED_BACK)
    newer = changes_since(entries, now.version - seen.version)
    found = [_with_whom(clash, newer) for clash in clashes(begun, mine, now.texts, entries)]
    if not found and newer and all(entry.actor == floor.person for entry in newer):
        return {}
    since = [f"{entry.at:%H:%M:%S}Z {entry.actor}: {sentence(entry)}" for entry in newer]
    # What only the others wrote stays as it is, and is read before anything is saved over the rest.
    asked = {clash.field for clash in found}
    since += [
        f"{saving.fields[field].label.rstrip(':')}; it says now: {text or '(nothing)'}"
        for field, text in now.texts.items()
        if text != seen.texts.get(field, "") and field not in asked
    ]
    name = label(*saving.subject)
    others = {clash.by for clash in found}
    title = (
        f"{name}: you and {others.pop() if len(others) == 1 and '' not in others else 'others'} wrote the same field"
        if found
        else f"{name} changed since you opened it"
    )
    return await floor.box(BothBox(title, since, found, saving.fields, saving.draft, mine, begun))


def _with_whom(clash: Clash, newer: Sequence[Entry]) -> Clash:
    """Returns the clash with who wrote the other text: a sentence stands in entries under a name of its own."""
    if clash.by or not newer:
        return clash
    writers = [entry for entry in newer if any(pair[1] == clash.theirs for pair in entry.changes.values())]
    last = (writers or newer)[-1]
    return replace(clash, by=last.actor, at=last.at)
