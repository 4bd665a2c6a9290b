"""The words of requests for access: their states as data, and what one is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from core.errors import NotPossible

if TYPE_CHECKING:
    from datetime import date, datetime

MOST_DAYS = 14
"""Access that is asked for holds for so many days at most; it can be asked for again then."""
WAITS_H = 8
"""So many hours a request waits for an answer: one shift. What nobody answers in time is not granted."""


class AskState(StrEnum):
    """Where a request for access stands."""

    ASKED = "asked"
    APPROVED = "approved"  # until its last day
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "not answered"
    ENDED = "ended"


_S = AskState
FOLLOWS: dict[AskState, frozenset[AskState]] = {
    _S.ASKED: frozenset({_S.APPROVED, _S.DECLINED, _S.WITHDRAWN, _S.EXPIRED}),
    _S.APPROVED: frozenset({_S.ENDED}),
    _S.DECLINED: frozenset(),
    _S.WITHDRAWN: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.ENDED: frozenset(),
}
OPEN = tuple(state for state in AskState if FOLLOWS[state])


def check_follows(label: str, now: AskState, wanted: AskState) -> None:
    """Raises NotPossible when `wanted` may not follow `now`."""
    if wanted not in FOLLOWS[now]:
        raise NotPossible(f"{label} is {now}; it cannot become {wanted}", next_step="Nothing was changed")


class Wish(NamedTuple):
    """What is asked for: who is to have which right of a source on what, by which name there, why, and for how many days."""

    person: str
    source: str
    principal: str
    entitlement: str
    on: str
    reason: str
    days: int = 1


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """A request for access. Written AQ-7. `ends_on` is the last day on which what was approved holds."""

    id: int
    version: int
    state: AskState
    wish: Wish
    asked_at: datetime
    asked_by: str
    next_at: datetime | None
    ends_on: date | None
    grant: int | None
    decided_at: datetime | None
    decided_by: str
    why: str
    ended_at: datetime | None

    @property
    def label(self) -> str:
        """Returns how people name it: AQ-7."""
        return f"AQ-{self.id}"

    @property
    def in_words(self) -> str:
        """Returns what is asked for, in a line."""
        wish = self.wish
        return f"{wish.person} as {wish.principal}: {wish.entitlement} on {wish.on} of {wish.source}"

    @property
    def standing(self) -> str:
        """Returns its state in words, with the day on which what was approved ends."""
        return f"approved until {self.ends_on}" if self.state is AskState.APPROVED else str(self.state)
