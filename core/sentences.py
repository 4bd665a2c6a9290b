"""What people write in their own words: why, how, what was seen. Nothing of it is cut: what is too long is refused.

What the program puts together itself must not fail for its length: that is shortened with `core.printable` instead.
"""

from __future__ import annotations

from core.errors import BadInput
from core.printable import printable, printable_lines

LONGEST = 4000
"""So many characters a text of several lines may have, where its place does not say otherwise."""
LONGEST_NOTE = 20_000
"""So many a note on a time line, and what is told to somebody, may have."""
LONGEST_LINE = 500
"""So many a reason in one line may have."""


def written(text: str, where: str, longest: int = LONGEST) -> str:
    """Returns what somebody wrote as it is kept: harmless, with its line ends; empty where nothing is.

    `where` says what it was written as. Raises BadInput where it has more than `longest` characters.
    """
    return printable_lines(_of_length(text, where, longest), longest)


def line_written(text: str, where: str, longest: int = LONGEST_LINE) -> str:
    """Returns the same in one line."""
    return printable(_of_length(text, where, longest), longest)


def sentence_of(text: str, wanted: str, longest: int = LONGEST) -> str:
    """Returns a sentence that was asked for, as it is kept; `wanted` says what it is to say.

    Raises BadInput where it is empty, and where it has more than `longest` characters.
    """
    kept = written(text, wanted, longest)
    if not kept:
        raise BadInput(
            f"a sentence is asked for: {wanted}", next_step="Nothing was changed. Write it, then confirm"
        )
    return kept


def reason_of(
    text: str,
    if_empty: str = "a reason is asked for",
    longest: int = LONGEST_LINE,
    *,
    keeps_lines: bool = False,
) -> str:
    """Returns a reason as it is kept, in one line unless it `keeps_lines`.

    Raises BadInput where it is empty, which `if_empty` tells, and where it has more than `longest` characters.
    """
    kept = (written if keeps_lines else line_written)(text, "reason", longest)
    if not kept:
        raise BadInput(if_empty, where="reason", next_step="Nothing was changed. Say why in one sentence")
    return kept


def _of_length(text: str, where: str, longest: int) -> str:
    bare = text.strip()
    if len(bare) > longest:
        raise BadInput(
            f"it has {len(bare):,} characters; at most {longest:,} fit", where=where,
            next_step="Nothing was changed. Shorten it",
        )  # fmt: skip
    return bare
