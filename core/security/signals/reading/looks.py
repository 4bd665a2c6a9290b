"""What is looked for in lines: bytes that are sought first, and the expression that a line with them must match."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Refine = Callable[[Mapping[str, str]], "Seen | None"]


class Seen(NamedTuple):
    """What a line says: the kind of sighting, its fields, and how often it says so (`repeated 3 times`)."""

    kind: str
    fields: Mapping[str, str]
    times: int = 1


class Match(Protocol):
    """What an expression found."""

    def groupdict(self) -> Mapping[str, bytes | None]:
        """Returns its named groups."""
        ...


class Matching(Protocol):
    """What a line must match: `match` is asked for a line of `data`, by its beginning and its end."""

    def match(self, data: bytes, begin: int, end: int, /) -> Match | None:
        """Returns what was found in a line; None for nothing."""
        ...


class Look(NamedTuple):
    """One thing that is looked for. `refine` says of the named groups what was seen, where `kind` alone does not.

    `address` is the field that may hold an address by which is counted.
    """

    needle: bytes
    expression: Matching
    kind: str
    refine: Refine | None = None
    address: str = "address"


def look(needle: str, expression: str, kind: str, refine: Refine | None = None) -> Look:
    """Returns a look; `expression` is matched from the beginning of the line on."""
    return Look(needle.encode(), re.compile(expression.encode()), kind, refine)
