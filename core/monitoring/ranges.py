"""Ranges in the grammar of the Nagios plugin API: `[@]start:end`.

`10` is 0 to 10, `10:` ten and more, `~:10` ten and less, `:10` like `10`. A value outside the range
alerts; with `@`, one inside it does, both ends included. (Monitoring Plugins Development Guidelines,
"Threshold and ranges".) What that grammar's first parser guessed at, this one refuses: words, empty text,
`~` or `@` alone, a third colon. Percent signs at the end are passed over as they always were; other units are not.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from core.errors import BadInput

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_RANGE = re.compile(rf"(@?)(?:(~|{_NUMBER})?(:))?({_NUMBER})?%*\Z")
_BEGINNING = re.compile(rf"@?(?:~(?::|\Z)|(?:{_NUMBER})?:)?(?:{_NUMBER})?%*")
_HINT = "write it as 10 (0 to 10), 10: (from 10), ~:10 (up to 10), 5:10, or with @ in front to alert inside"


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `start` to `end`, both included. `alerts_inside` is the grammar's `@`."""

    start: float
    end: float
    alerts_inside: bool = False

    def holds(self, value: float) -> bool:
        """Tells whether `value` lies in it."""
        return self.start <= value <= self.end

    def alerts(self, value: float) -> bool:
        """Tells whether `value` raises the alert this range stands for; a value that is no number does."""
        if math.isnan(value):
            return True
        return self.holds(value) == self.alerts_inside

    def broken_by(self, value: float) -> str:
        """Returns how `value` breaks it, in words: `above 10`, `below 5`, `within 5 to 10`."""
        if self.alerts_inside and math.isinf(self.start):
            return f"at most {self.end:g}"
        if self.alerts_inside:
            return (
                f"at least {self.start:g}"
                if math.isinf(self.end)
                else f"within {self.start:g} to {self.end:g}"
            )
        return f"above {self.end:g}" if value > self.end else f"below {self.start:g}"


def fault_of(text: str) -> BadInput | None:
    """Returns what is wrong with a range, and at which character it begins; None where nothing is."""
    try:
        parse_range(text)
    except BadInput as error:
        return BadInput(f"{error.what}{_place_in(text.strip())}", next_step=error.next_step)
    return None


def _place_in(text: str) -> str:
    """Returns in words where a text stops being a range; nothing where each of its parts is right by itself."""
    read = _BEGINNING.match(text)
    fits = read.end() if read else 0
    if fits < len(text):
        return f": column {fits + 1}, {text[fits]!r}"
    return "" if re.search("[0-9]", text) else f": column {fits + 1}, a number is missing"


def parse_range(text: str) -> Range:
    """Returns the range that `text` writes; raises BadInput."""
    found = _RANGE.match(text.strip())
    if found is None or (not found[2] and not found[4]):
        raise BadInput(f"{text!r} is not a range", next_step=_HINT)
    at, start_text, colon, end_text = found.groups()
    start = -math.inf if start_text == "~" else _limit(text, start_text) if start_text else 0.0
    end = _limit(text, end_text) if end_text else math.inf
    if not colon:
        start = 0.0
    if start > end:
        raise BadInput(f"{text!r} begins after its end", next_step=_HINT)
    return Range(start, end, alerts_inside=at == "@")


def _limit(text: str, number: str) -> float:
    limit = float(number)
    if math.isinf(limit):
        raise BadInput(f"{text!r} holds a number too large to compare with", next_step=_HINT)
    return limit
