"""The words that a list is filtered by: one column of each row, in small letters, that follows from the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_WORDS = 400
"""What a filter looks in is indexed, and what an index holds is bounded."""


def words_of(values: Iterable[object]) -> str:
    """Returns the words of a row for its column `words`."""
    return " ".join(map(str, values)).lower()[:MOST_WORDS]
