"""What becomes of a text that is pasted into a field, and what is said of it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from core.printable import printable_lines

_LINE_ENDS = frozenset("\n\r\t\v\f\x85\u2028\u2029")
_CONTROLS = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_REPLACED = "\ufffd"


@dataclass(frozen=True, slots=True)
class Pasted:
    """The text to insert, and one line that says what was done to it; the line is empty where nothing was."""

    text: str
    note: str = ""


def pasted(text: str, *, keeps_lines: bool, room: int) -> Pasted:
    """Returns what a field with `room` for so many characters takes of `text`.

    Control characters and escape sequences are left out. Lines are joined by a space, or kept; empty ones at
    the end go.
    """
    taken = text[: room * 4].rstrip("".join(_LINE_ENDS))
    left_out = sum(c not in _LINE_ENDS and unicodedata.category(c) in _CONTROLS for c in taken)
    taken = taken.replace(_REPLACED, "?")  # so that every one that comes now stands for something harmful
    clean = printable_lines(taken, len(taken)).replace(_REPLACED, "")
    lines = [line.strip() for line in clean.split("\n") if line.strip()]
    joins = len(lines) > 1 and not keeps_lines
    if joins:
        clean = " ".join(lines)
    elif not keeps_lines:
        clean = clean.replace("\n", "")
    notes = []
    if len(text) > room * 4 or len(clean) > room:
        clean = clean[:room]
        kept = f"the first {len(clean):,} were kept" if room else "the field is full, none was kept"
        notes.append(f"{len(text):,} characters are too many: {kept}")
    elif joins:
        notes.append(f"{len(lines)} lines pasted as one")
    if left_out:
        notes.append(f"{left_out:,} control character{'s' * (left_out > 1)} left out")
    return Pasted(clean, "; ".join(notes))
