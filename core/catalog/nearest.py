"""The nearest right name for a wrong one, as offered in messages."""

from __future__ import annotations

from bisect import bisect
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_FEW = 200  # so many names are all compared; of more, those that begin or end alike


def nearest(word: str, names: Collection[str]) -> str:
    """Returns the name that looks most like `word`, or an empty text when none comes near."""
    return Neighbours(names).nearest(word)


def did_you_mean(word: str, names: Collection[str], otherwise: str) -> str:
    """Returns the question `Did you mean "name"?`, or `otherwise` when no name comes near."""
    return Neighbours(names).did_you_mean(word, otherwise)


def listed(names: Iterable[str], limit: int = 20) -> str:
    """Returns names as `a, b, c`, cut with … after `limit` of them."""
    shown = sorted(names)
    return ", ".join(shown[:limit]) + (", …" if len(shown) > limit else "")


class Neighbours:
    """Names made ready to be searched many times: comparing ten thousand of them letter by letter takes too long."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_fold = {name.casefold(): name for name in sorted(names, reverse=True)}
        self._forward = sorted(self._by_fold)
        self._backward = sorted(name[::-1] for name in self._by_fold) if len(self._by_fold) > _FEW else []

    def nearest(self, word: str) -> str:
        """Returns the name that looks most like `word`, or an empty text when none comes near."""
        folded = word.casefold()[:_FEW]
        candidates = self._forward
        if self._backward:
            ends_alike = (name[::-1] for name in _around(self._backward, folded[::-1]))
            candidates = list(dict.fromkeys((*_around(self._forward, folded), *ends_alike)))
        matches = get_close_matches(folded, candidates, n=1)
        return self._by_fold[matches[0]] if matches else ""

    def did_you_mean(self, word: str, otherwise: str) -> str:
        """Returns the question `Did you mean "name"?`, or `otherwise` when no name comes near."""
        match = self.nearest(word)
        return f'Did you mean "{match}"?' if match else otherwise


def _around(ordered: list[str], word: str) -> list[str]:
    """Returns the names that stand next to where `word` would, in alphabetical order."""
    place = bisect(ordered, word)
    return ordered[max(0, place - _FEW // 2) : place + _FEW // 2]
