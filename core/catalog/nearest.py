"""The nearest right name for a wrong one, as offered in messages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches


def nearest(word: str, names: Collection[str]) -> str:
    """Returns the name that looks most like `word`, or an empty text when none comes near."""
    folded = {name.casefold(): name for name in sorted(names, reverse=True)}
    matches = get_close_matches(word.casefold(), folded, n=1)
    return folded[matches[0]] if matches else ""


def did_you_mean(word: str, names: Collection[str], otherwise: str) -> str:
    """Returns the question `Did you mean "name"?`, or `otherwise` when no name comes near."""
    match = nearest(word, names)
    return f'Did you mean "{match}"?' if match else otherwise


def listed(names: Iterable[str], limit: int = 20) -> str:
    """Returns names as `a, b, c`, cut with … after `limit` of them."""
    shown = sorted(names)
    return ", ".join(shown[:limit]) + (", …" if len(shown) > limit else "")
