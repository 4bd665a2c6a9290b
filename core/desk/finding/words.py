"""Texts as the words that are looked for: folded in one way, whichever database holds them. Pure.

Both databases get words that are folded already, and cut nothing themselves: so the same word finds the same items.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import combining, normalize

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORT = 3
"""A word of fewer letters is looked for as it is; a longer one also as the beginning of others."""
LONGEST = 60
"""So many letters of a word count."""
MOST_WORDS = 4000
"""So many words of a text are kept: a request's own text has fewer, what is said besides may have more."""
_WORD = re.compile(r"[^\W_]+")
_SINGLE = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")
"""Letters of scripts that put no spaces between words: each is a word of its own."""


def folded(text: str) -> list[str]:
    """Returns the words of a text, in order: without accents, in small letters, of letters and digits alone."""
    if text.isascii():
        return [word[:LONGEST] for word in _WORD.findall(text.lower())]
    plain = normalize("NFKD", normalize("NFKD", text).casefold())
    plain = _SINGLE.sub(r" \1 ", "".join(letter for letter in plain if not combining(letter)))
    return [word[:LONGEST] for word in _WORD.findall(plain)]


def kept(texts: Iterable[str]) -> str:
    """Returns the words of texts as they are kept: in order, one space between two, MOST_WORDS at most."""
    found: list[str] = []
    for text in texts:
        if text:
            found += folded(text)
        if len(found) >= MOST_WORDS:
            break
    return " ".join(found[:MOST_WORDS])


def longer(before: str, text: str) -> str:
    """Returns what was said, with `text` behind it; where that is too much, what was said first goes."""
    found = [*before.split(), *folded(text)]
    return " ".join(found[-MOST_WORDS:])


def is_in(words: tuple[str, ...], text: str) -> bool:
    """Tells whether the words stand one behind the other in a text that is kept; the last may be a beginning.

    This is what both databases are asked; a test holds them to it.
    """
    return not words or looked_for(words) in f" {text} "


def looked_for(words: tuple[str, ...]) -> str:
    """Returns the piece of text that has to be there: it begins with a space, and ends with one behind a short word."""
    end = " " if len(words[-1]) < SHORT else ""
    return f" {' '.join(words)}{end}"
