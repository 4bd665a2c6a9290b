"""What is asked to be taken out, and what of it was found where. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from core.counting import counted
from core.errors import BadInput, NotPossible
from core.journal.redacted import MARKER
from core.journal.wording import label
from core.redaction.places import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.journal.model import Subject

SHORTEST = 3
"""So many characters a text that is taken out has at least: a shorter one stands in half of all words."""
MOST_ENTRIES = 500
"""More entries at once are no secret that somebody typed, but a word that everybody uses."""
NOTHING = "Nothing was changed"


class HeldEntry(NamedTuple):
    """An entry that holds the text: how often, and in which of its fields."""

    seq: int
    kind: str
    subject: Subject
    times: int
    fields: tuple[str, ...]


class HeldRow(NamedTuple):
    """A text of a subject's rows that holds it: in which table and column, and how often in all."""

    table: str
    column: str
    subject: Subject
    times: int


@dataclass(frozen=True, slots=True)
class Found:
    """Where a text stands: what would be changed, and in how many entries of other items it stands besides."""

    characters: int
    entries: tuple[HeldEntry, ...]
    rows: tuple[HeldRow, ...]
    elsewhere: int = 0

    @property
    def times(self) -> int:
        """Returns how often it stands in all that would be changed."""
        return sum(count for _, count in self._counts())

    def times_in(self, subject: Subject) -> int:
        """Returns how often it stands in what would be changed of one subject."""
        return sum(count for about, count in self._counts() if about == subject)

    def subjects(self) -> list[Subject]:
        """Returns whose texts these are, each once."""
        return list(dict.fromkeys(about for about, _ in self._counts()))

    def _counts(self) -> Iterator[tuple[Subject, int]]:
        yield from ((each.subject, each.times) for each in self.entries)
        yield from ((each.subject, each.times) for each in self.rows)

    def fields(self, subject: Subject) -> list[str]:
        """Returns which fields and columns of a subject hold it."""
        names = {name for each in self.entries if each.subject == subject for name in each.fields}
        return sorted(names | {each.column for each in self.rows if each.subject == subject})


def check_piece(piece: str) -> str:
    """Returns the text that is to be taken out; raises BadInput for one that is none."""
    if not piece.strip():
        raise BadInput("no text is named that is to be taken out", next_step=NOTHING)
    if len(piece) < SHORTEST:
        raise BadInput(
            f"a text of {len(piece)} characters stands in many words that are none of it",
            next_step=f"{NOTHING}. Name {SHORTEST} characters or more",
        )
    if piece in MARKER:
        raise BadInput(
            f"{piece!r} is a part of {MARKER}, which stands where a text was taken out", next_step=NOTHING
        )
    return piece


def check_subject(subject: Subject) -> None:
    """Raises NotPossible for a subject whose texts cannot be taken out."""
    if subject.kind not in SUBJECTS:
        raise NotPossible(
            f"no text can be taken out of {label(*subject)}: nobody types texts into a {subject.kind.replace('_', ' ')}",
            next_step=NOTHING,
        )


def check_found(found: Found, subject: Subject, *, everywhere: bool) -> None:
    """Raises BadInput where the text stands nowhere, or in so much that it is no secret."""
    if not found.times:
        other = f". It stands in {counted(found.elsewhere, 'entry', 'entries')} of other items: name one of those, or all with --everywhere"
        raise BadInput(
            f"that text stands nowhere in {'what is kept' if everywhere else label(*subject)}",
            next_step=NOTHING + (other if found.elsewhere else ". It is looked for letter by letter"),
        )
    if len(found.entries) > MOST_ENTRIES:
        raise BadInput(
            f"that text stands in {len(found.entries)} entries, and at most {MOST_ENTRIES} are changed at once",
            next_step=f"{NOTHING}. Name more of it, so that it is nothing else",
        )
