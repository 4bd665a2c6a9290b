"""What people write in their own words and a command asks for: why, how, what was seen."""

from __future__ import annotations

from core.errors import BadInput
from core.printable import printable_lines

LONGEST = 4000
"""So much of what somebody writes is kept."""


def written(text: str) -> str:
    """Returns what somebody wrote as it is kept: harmless, and cut; empty where nothing is."""
    return printable_lines(text.strip(), LONGEST)


def sentence_of(text: str, wanted: str) -> str:
    """Returns a sentence that was asked for, as it is kept; `wanted` says what it is to say. Raises BadInput where it is empty."""
    kept = written(text)
    if not kept:
        raise BadInput(
            f"a sentence is asked for: {wanted}", next_step="Nothing was changed. Write it, then confirm"
        )
    return kept
