"""What is looked for in lines: bytes that are sought first, and the expression that a line with them must match."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Refine = Callable[[Mapping[str, str]], "Seen | None"]


class Seen(NamedTuple):
    """What a line says: the kind of sighting, its fields, and how often it says so (`repeated 3 times`)."""

    kind: str
    fields: Mapping[str, str]
    times: int = 1


class Look(NamedTuple):
    """One thing that is looked for. `refine` says of the named groups what was seen, where `kind` alone does not."""

    needle: bytes
    expression: re.Pattern[bytes]
    kind: str
    refine: Refine | None = None


def look(needle: str, expression: str, kind: str, refine: Refine | None = None) -> Look:
    """Returns a look; `expression` is matched from the beginning of the line on."""
    return Look(needle.encode(), re.compile(expression.encode()), kind, refine)
