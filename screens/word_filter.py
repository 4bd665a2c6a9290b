"""The filter of lists: words that must all be there; one with ! in front must not."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Item = TypeVar("Item")


def word_filter(text: str, words_of: Callable[[Item], str]) -> Callable[[Item], bool] | None:
    """Returns what tells whether an item passes the filter `text`; None where that asks for nothing."""
    words = text.lower().split()
    if not words:
        return None

    def passes(item: Item) -> bool:
        said = words_of(item).lower()
        return all((w[1:] not in said) if w[0] == "!" and w[1:] else w in said for w in words)

    return passes
