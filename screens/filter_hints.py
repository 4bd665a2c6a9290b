"""What is said of a filter while it is typed: its mistakes, what is still open, and how it could go on."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from core.desk.finding.parsing import parse
from core.desk.finding.suggesting import suggest
from core.printable import printable
from screens.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.desk.finding.fields import Kind

NAMES = ("service", "component", "owner", "customer", "agreement", "type", "requester", "source")


def hint(text: str, kinds: frozenset[Kind], known: Mapping[str, Iterable[str]]) -> tuple[str, bool]:
    """Returns one line about a filter, and whether something in it is wrong; nothing where all of it is understood."""
    found = parse(text, kinds)
    if found.mistakes:
        first, more = found.mistakes[0], len(found.mistakes) - 1
        return f"{printable(str(first))}{f' (+{more} more)' if more else ''}", True
    if found.opened:
        first = found.opened[0]
        words = ", ".join(each.word for each in suggest(text, len(text), kinds, known))
        step = words or first.next_step
        return printable(f"{first.what} {step}"), False
    return "", False


def completed(text: str, kinds: frozenset[Kind], known: Mapping[str, Iterable[str]]) -> str | None:
    """Returns the text with what would likeliest be typed next; None where nothing is likely."""
    found = suggest(text, len(text), kinds, known)
    return found[0].text if found else None


def names_at_hand(items: Iterable[object]) -> dict[str, set[str]]:
    """Returns what the fields of names hold in these items."""
    found: dict[str, set[str]] = {name: set() for name in NAMES}
    for item in items:
        for name in NAMES:
            held = getattr(item, name, "")
            if isinstance(held, str) and held:
                found[name].add(held)
    return found


class FilterLanguage(View):
    """A view whose filter is the language: it says what is wrong or open in it, and how it could go on."""

    finds: ClassVar[frozenset[Kind]]

    @abstractmethod
    def at_hand(self) -> Iterable[object]:
        """Returns the items whose names are offered."""

    def filter_hint(self, text: str) -> tuple[str, bool]:
        """Returns one line about a filter, and whether something in it is wrong."""
        return hint(text, self.finds, names_at_hand(self.at_hand()))

    def filter_completed(self, text: str) -> str | None:
        """Returns a filter with what would likeliest be typed next."""
        return completed(text, self.finds, names_at_hand(self.at_hand()))
