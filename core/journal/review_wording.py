"""What is said of reviews of access, and of what became of their items. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.counting import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.journal.model import Entry

_SHOWN = 5


def _items_of(what: str) -> Callable[[str, Entry], str]:
    """Returns the words for what became of items of a review."""

    def words(name: str, entry: Entry) -> str:
        count = sum(1 for field in entry.changes if field.startswith("RI-"))
        kept = entry.after("kept", 0) or 0
        said = f"{name}: {counted(count, 'decision')} {what}" + (f", {kept} kept as they are" if kept else "")
        return said + _own_rights(entry)

    return words


def _over(what: str) -> Callable[[str, Entry], str]:
    """Returns the words for the end of a review."""
    return lambda name, entry: f"{name} {what}{_own_rights(entry)}"


def _own_rights(entry: Entry) -> str:
    """Returns what is to be known of somebody who judged a review with rights of their own in it."""
    own = entry.after("own_rights", [])
    if not own:
        return ""
    more, are = ", …" if len(own) > _SHOWN else "", "is" if len(own) == 1 else "are"
    return f", though {', '.join(own[:_SHOWN])}{more} of it {are} of {entry.actor}: no other lead could"


REVIEW_WORDS: dict[str, Callable[[str, Entry], str]] = {
    "review.decided": _items_of("said"),
    "review.carried_out": _items_of("carried out"),
    "review.signed": _over("signed off"),
    "review.cancelled": _over("cancelled"),
    "review.items_gone": _items_of("done: their source shows it"),
}
"""How each is said, given the name of the review and the entry."""
