"""The words of grants: how one stands between what was granted here and what its source shows, and what may follow. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from core.counting import counted
from core.errors import NotPossible

if TYPE_CHECKING:
    from datetime import datetime

MOST_GRANTED_DAYS = 366
"""So far ahead a grant lasts at most: an end beyond that is none."""
USUAL_GRANTED_DAYS = 90
MOST_IGNORED_DAYS = 90
"""So long a difference is left alone at most; it can be left alone again then."""
REMOVAL_DAYS = 7
"""In so many days what is to be removed is to be gone from its source."""
UNUSED_DAYS = 90
"""A right that was not used for so long counts as unused."""


_BEFORE_NAMES = ("group ", "member of ", "role ")
"""What entitlements begin with that are named after something: a pattern may leave it out."""


def is_called(entitlement: str, pattern: str) -> bool:
    """Tells whether a pattern (`*` stands for anything, in any case) means an entitlement: `group dba` by that, or by `dba`."""
    whole, wanted = entitlement.lower(), pattern.strip().lower()
    bare = next((whole.removeprefix(each) for each in _BEFORE_NAMES if whole.startswith(each)), whole)
    return fnmatchcase(whole, wanted) or fnmatchcase(bare, wanted)


class Standing(StrEnum):
    """How a grant stands: what was granted here against what the last good reading of its source shows."""

    FOUND = "found, not granted"
    MISSING = "granted, not found"
    REMOVING = "to be removed"  # decided here; the source still shows it
    IGNORED = "ignored"  # a difference that is left alone until a day
    GRANTED = "granted"  # and found
    ENDED = "ended"  # neither granted nor found

    @property
    def is_open(self) -> bool:
        """Tells whether it is in force somewhere, or to be decided."""
        return self is not Standing.ENDED


TO_DECIDE = (Standing.FOUND, Standing.MISSING)
OPEN = tuple(standing for standing in Standing if standing.is_open)


class Right(NamedTuple):
    """What a grant is known by: one principal of a source has one entitlement on one thing (`service:orders`, `host:shop-1`)."""

    source: str
    principal: str
    entitlement: str
    on: str


@dataclass(frozen=True, slots=True)
class Grant:
    """One right that somebody has, or is said to have. Written G-118.

    `owner`, `reason`, `granted_by` and `expires` (the last day on which it holds) are of what was granted here, or what the
    source says of it where nobody has granted it here. `due` is the day on which its standing calls again: until when a
    difference is left alone, or by when what is to be removed is to be gone.
    """

    id: int
    version: int
    standing: Standing
    source: str
    principal: str
    person: str  # id of declared staff, or empty: nobody is known to go by that
    entitlement: str
    on: str
    is_privileged: bool
    owner: str
    reason: str
    granted_by: str
    since: date | None
    expires: date | None
    last_used: datetime | None  # None where the source does not know
    said: str  # what the source says besides: a full name, the comment of a key
    is_granted: bool
    is_found: bool
    found_at: datetime | None  # when a source first showed it
    due: date | None
    why: str  # what was said with the last decision on a difference
    decided_by: str
    decided_at: datetime | None
    ended_at: datetime | None

    @property
    def label(self) -> str:
        """Returns how people name it: G-118."""
        return f"G-{self.id}"

    @property
    def right(self) -> Right:
        """Returns what it is known by."""
        return Right(self.source, self.principal, self.entitlement, self.on)

    @property
    def in_words(self) -> str:
        """Returns who has what where: `alice has admin on service:orders`."""
        return f"{self.principal} has {self.entitlement} on {self.on}"

    @property
    def standing_in_words(self) -> str:
        """Returns how it stands, with the day on which that calls again."""
        if self.due is not None and self.standing is Standing.IGNORED:
            return f"ignored until {self.due}"
        if self.due is not None and self.standing is Standing.REMOVING:
            return f"to be removed by {self.due}"
        return str(self.standing)

    def is_late(self, today: date) -> bool:
        """Tells whether what is to be removed should have been gone before `today`."""
        return self.standing is Standing.REMOVING and self.due is not None and self.due < today

    def is_unused(self, today: date) -> bool:
        """Tells whether its source knows that nobody used it for UNUSED_DAYS."""
        return (
            self.is_found
            and self.last_used is not None
            and self.last_used.date() < today - timedelta(days=UNUSED_DAYS)
        )


@dataclass(frozen=True, slots=True)
class Source:
    """Where grants are read from, and how its last reading went."""

    id: str
    kind: str
    about: str  # what it speaks of: a component, a host or a service
    path: str  # where it lies: a file, an address, a command's name; empty for our own staff
    owner: str
    every_s: float | None  # None: read only when somebody imports it
    read_at: datetime | None
    good_at: datetime | None
    trouble: str  # why the last reading changed nothing; empty where it was good
    listed: int  # how many grants its last good reading had
    is_declared: bool
    refused: int = 0  # how many lines that reading could not use: what it lacks is not taken for gone then
    refusal: str = ""  # the first of these, where it stands and why

    @property
    def read_in_words(self) -> str:
        """Returns when it was last read with success: what is shown of it is from then."""
        return f"{self.good_at:%Y-%m-%d %H:%M}Z" if self.good_at else "never"

    @property
    def went_in_words(self) -> str:
        """Returns how it went the last time that it was tried."""
        if self.trouble:
            at = f" at {self.read_at:%Y-%m-%d %H:%M}Z" if self.read_at else ""
            return f"failed{at}: {self.trouble}"
        if self.refused:
            more = ", the first" if self.refused > 1 else ""
            return f"{counted(self.refused, 'line')} refused{more}: {self.refusal}"
        return "good" if self.good_at else "not read yet"


def standing_of(*, is_granted: bool, is_found: bool) -> Standing:
    """Returns how a grant stands on which nothing is decided but what is granted."""
    if is_granted:
        return Standing.GRANTED if is_found else Standing.MISSING
    return Standing.FOUND if is_found else Standing.ENDED


def found_now(standing: Standing, *, is_granted: bool) -> Standing:
    """Returns how a grant stands once its source shows it: one that had ended is a difference again."""
    if is_granted:
        return Standing.GRANTED
    return Standing.FOUND if standing is Standing.ENDED else standing


def gone_now(standing: Standing, *, is_granted: bool) -> Standing:
    """Returns how a grant stands once its source no longer shows it: what was granted here does not end by that."""
    if standing is Standing.REMOVING or not is_granted:
        return Standing.ENDED
    return standing if standing is Standing.IGNORED else Standing.MISSING


_S = Standing
FOLLOWS: dict[Standing, frozenset[Standing]] = {
    _S.FOUND: frozenset({_S.GRANTED, _S.REMOVING, _S.IGNORED}),
    _S.MISSING: frozenset({_S.MISSING, _S.ENDED, _S.IGNORED}),
    _S.REMOVING: frozenset({_S.GRANTED, _S.REMOVING}),
    _S.IGNORED: frozenset({_S.GRANTED, _S.MISSING, _S.REMOVING, _S.ENDED, _S.IGNORED}),
    _S.GRANTED: frozenset({_S.GRANTED, _S.REMOVING}),
    _S.ENDED: frozenset(),
}
"""What a decision may make of each standing. What readings make of it is said by `found_now` and `gone_now`."""


def check_follows(label: str, now: Standing, wanted: Standing) -> None:
    """Raises NotPossible when no decision makes `wanted` of `now`."""
    if wanted in FOLLOWS[now]:
        return
    if now is Standing.ENDED:
        raise NotPossible(
            f"{label} has ended: its source does not show it",
            next_step="Where somebody gets the right again, the next reading of the source shows it",
        )
    raise NotPossible(
        f"{label} is {now}; it cannot become {wanted}",
        next_step=f"It can become: {', '.join(sorted(FOLLOWS[now]))}",
    )
