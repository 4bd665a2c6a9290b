"""What may be said together on a command line: numbers that can be looked up, and no word that would do nothing."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date, timedelta
from typing import TYPE_CHECKING

from core.errors import BadInput, NotFound
from core.journal.wording import MOST_DIGITS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection

POSITIONAL = frozenset({"id", "verb", "filter", "procedure", "path", "item"})
"""Words that are said without a dash; they are named as they were said."""
OTHERWISE = {"seen": "version"}
"""Words that are said otherwise than they are called here."""
LONGEST_NUMBER = 15
"""So many digits a number may have, whatever it counts."""
MOST_DAYS = 36_600
"""So many days, a hundred years, may be said at most where a span is counted from today."""


def number_of(text: str, letter: str, what: str) -> int:
    """Returns 7 for `I-7` or `7`. Raises BadInput for what is no such number, NotFound for one never given."""
    digits = text.upper().removeprefix(f"{letter}-")
    if not digits.isascii() or not digits.isdigit():
        raise BadInput(f"{text!r} is no {what}'s number", next_step=f"Write it as {letter}-7")
    if len(digits) > MOST_DIGITS:
        raise NotFound(f"there is no {what} with a number of {len(digits)} digits")
    return int(digits)


def day_ahead(text: str, today: date, empty: str, where: str = "--until") -> date:
    """Returns the day written as `2026-11-30`, or as `90d` ahead. Raises BadInput, with `empty` where nothing was written."""
    word = text.strip()
    try:
        if word.endswith("d") and word[:-1].isdecimal() and len(word) < 6:
            return today + timedelta(days=int(word[:-1]))
        return date.fromisoformat(word)
    except (ValueError, OverflowError):
        raise BadInput(
            f"{word[:40]!r} is no day" if word else empty,
            where=where,
            next_step="Write it as 2026-11-30, or as 90d",
        ) from None


def whole(text: str) -> int:
    """Returns a whole number from 1, for argparse; raises ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or not 0 < len(text.lstrip("0")) <= LONGEST_NUMBER:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1, of at most {LONGEST_NUMBER} digits")
    return int(text)


def whole_days(text: str) -> int:
    """Returns a whole number of days that leads out of no year there is, for argparse; raises ArgumentTypeError."""
    days = whole(text)
    if days > MOST_DAYS:
        raise ArgumentTypeError(f"{text!r} is more than {MOST_DAYS:,} days")
    return days


def refuse_unused(
    options: argparse.Namespace, words: Collection[str], takes: Collection[str], doing: str
) -> None:
    """Raises BadInput where one of `words` was said that `doing` does not take: nobody must believe that it counted."""
    for word in words:
        value = getattr(options, word)
        if word in takes or not value:
            continue
        said = f"--{OTHERWISE.get(word, word).replace('_', '-')}"
        if word in POSITIONAL:
            said = repr(" ".join(value) if isinstance(value, list) else value)
        raise BadInput(
            f"{said} does nothing with {doing}",
            next_step="Nothing was done. Leave it out; --help tells what goes with what",
        )
