"""What a source lists, whoever keeps it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.printable import printable
from core.security.foreign import Refusal, text

if TYPE_CHECKING:
    from datetime import date, datetime

LONGEST_NAME = 200
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\w.]*$)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a source: a principal has an entitlement on something. `place` says where in it this stands.

    `on` empty: on what the source speaks of. `names` are what else its principal goes by (an address of mail).
    """

    place: str
    principal: str
    entitlement: str
    on: str = ""
    is_privileged: bool = False
    owner: str = ""
    reason: str = ""
    granter: str = ""
    since: date | None = None
    expires: date | None = None
    last_used: datetime | None = None
    said: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """All that a source lists. `passed` tells of lines that give nobody a right, in words, and how many they are.

    `unsure_of` are the accounts of whose keys it may not list all, where the others are listed whole; None: lines that cannot be
    used may be anybody's. `unseen` are files of an account that may be there, each with its place and why that is not known.
    """

    kind: str
    lines: tuple[Line, ...]
    refusals: tuple[Refusal, ...] = ()
    passed: tuple[tuple[str, int], ...] = ()
    unsure_of: frozenset[str] | None = None
    unseen: tuple[tuple[str, Refusal], ...] = ()

    @property
    def read(self) -> int:
        """Returns how many lines were looked at."""
        return len(self.lines) + len(self.refusals) + sum(count for _, count in self.passed)


@dataclass(slots=True)
class Collector:
    """Takes lines in one by one, keeps why others cannot be used, and counts those that give nobody a right."""

    lines: list[Line] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    passed: dict[str, int] = field(default_factory=dict)

    def add(self, line: Line) -> None:
        """Takes a line in; one without a principal or an entitlement, or with a name that is none, is refused."""
        for title, name in (("principal", line.principal), ("entitlement", line.entitlement)):
            if not name:
                self.refuse(line.place, f"names no {title}")
                return
            if is_formula(name):
                shown = printable(name, 60)
                self.refuse(
                    line.place, f"{shown!r} is no name of a {title}: a spreadsheet would calculate it"
                )
                return
        self.lines.append(line)

    def refuse(self, place: str, why: str) -> None:
        """Keeps why a line cannot be used."""
        self.refusals.append(Refusal(place, why))

    def skip(self, why: str) -> None:
        """Counts a line that gives nobody a right."""
        self.passed[why] = self.passed.get(why, 0) + 1

    def listing(self, kind: str) -> Listing:
        """Returns all that was taken in."""
        return Listing(kind, tuple(self.lines), tuple(self.refusals), tuple(self.passed.items()))


def name_of(value: str) -> str:
    """Returns a name as one harmless line of bounded length."""
    return text(value, LONGEST_NAME)


def is_formula(name: str) -> bool:
    """Tells whether a spreadsheet would calculate a name instead of showing it."""
    return _FORMULA.match(name) is not None
