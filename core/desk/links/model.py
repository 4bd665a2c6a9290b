"""The words of links: what one item is to another. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from core.errors import BadInput, NotPossible
from core.journal.wording import label, subject_called

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from core.journal.model import Changes, Subject

LINKED = ("request", "incident")
"""The kinds of items that are linked."""
FIELD = "link "
"""What a link is called in the entries of either item: `link R-2`, from what it was to the other to what it is."""


class Relation(StrEnum):
    """What the first of two items is to the second; kept is always the link that is seen from the first."""

    CHILD_OF = "child of"
    DUPLICATE_OF = "duplicate of"
    CAUSED_BY = "caused by"
    SPLIT_FROM = "split from"
    FOLLOWS = "follow-up of"

    @property
    def seen_from_other(self) -> str:
        """Returns what the second is to the first."""
        return _OTHERS[self]

    @property
    def is_to_one(self) -> bool:
        """Tells whether an item can be so to one other only."""
        return self is not Relation.CAUSED_BY


_OTHERS = {
    Relation.CHILD_OF: "parent of", Relation.DUPLICATE_OF: "duplicated by", Relation.CAUSED_BY: "cause of",
    Relation.SPLIT_FROM: "split into", Relation.FOLLOWS: "followed by",
}  # fmt: skip
CHOSEN = (
    *(each for each in Relation if each is not Relation.SPLIT_FROM),
    *(each.seen_from_other for each in Relation if each is not Relation.SPLIT_FROM),
)
"""What a person may say that one item is to another, as words; a split makes its link itself."""


class Link(NamedTuple):
    """A link as one of the two items sees it: what it is to the other one, and how that stands."""

    words: str
    other: Subject
    title: str
    state: str
    since: datetime
    by: str

    @property
    def label(self) -> str:
        """Returns what people call the other: I-7."""
        return label(*self.other)


def relation_called(text: str) -> tuple[Relation, bool]:
    """Returns the relation that people call so (`child of`, `parent-of`), and whether it is seen from the second item.

    Raises BadInput.
    """
    words = " ".join(text.replace("-", " ").split()).lower()
    for relation in Relation:
        first, second = (each.replace("-", " ") for each in (relation, relation.seen_from_other))
        if relation is not Relation.SPLIT_FROM and words in {first, second}:
            return relation, words != first
    raise BadInput(f"no item is {words or '(nothing)'!r} another", next_step=f"It is: {', '.join(CHOSEN)}")


def item_called(text: str) -> Subject:
    """Returns the item that people call so: R-2 or I-7. Raises BadInput."""
    subject = subject_called(text.strip())
    if subject is None or subject.kind not in LINKED:
        raise BadInput(f"{text.strip()[:40]!r} is no item", next_step="Write it as R-2 or I-7")
    return subject


def field_of(other: Subject) -> str:
    """Returns what a link to an item is called in an entry."""
    return FIELD + label(*other)


def links_in(changes: Changes) -> Iterator[tuple[Subject, str | None, str | None]]:
    """Yields the links that an entry changed: to which item, what it was to that before, and what it is."""
    for name, (before, after) in changes.items():
        other = subject_called(name.removeprefix(FIELD)) if name.startswith(FIELD) else None
        if other is not None:
            yield other, before, after


def linked_in(fields: Mapping[str, object]) -> list[tuple[Subject, str]]:
    """Returns the links of an item whose entries come to these fields: to which other, and what it is to that."""
    pairs = {name: (None, value) for name, value in fields.items()}
    return [(other, after) for other, _, after in links_in(pairs) if after]


def check_no_cycle(
    one: Subject, relation: Relation, other: Subject, above: Mapping[Subject, set[Subject]]
) -> None:
    """Raises NotPossible where `other` is, over however many others, already so to `one`; `above` is what each is so to."""
    seen: set[Subject] = set()
    to_see = [other]
    while to_see:
        item = to_see.pop()
        if item == one:
            raise NotPossible(
                f"{label(*other)} is {relation} {label(*one)} already, as it stands or over others",
                next_step="Nothing was changed. Take that link away first",
            )
        if item not in seen:
            seen.add(item)
            to_see += above.get(item, ())
