"""The words of training: what somebody completed, until when it is valid, and how they stand on a day. Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

SOON = timedelta(days=30)
"""What expires within so long is told beforehand."""


class TrainingState(StrEnum):
    """How somebody stands with a training on a day, the worst first."""

    MISSING = "missing"
    EXPIRED = "expired"
    EXPIRES_SOON = "expires soon"
    VALID = "valid"

    @property
    def is_good(self) -> bool:
        """Tells whether they have it."""
        return self in {TrainingState.VALID, TrainingState.EXPIRES_SOON}


@dataclass(frozen=True, slots=True)
class Completion:
    """That somebody completed a training on a day. Written TR-7. What was withdrawn never counted."""

    id: int
    version: int
    person: str  # id of declared staff
    training: str
    on: date
    evidence: str
    recorded_by: str
    recorded_at: datetime
    withdrawn_by: str = ""
    withdrawn_why: str = ""

    @property
    def label(self) -> str:
        """Returns how people name it: TR-7."""
        return f"TR-{self.id}"

    @property
    def is_withdrawn(self) -> bool:
        """Tells whether it was withdrawn."""
        return bool(self.withdrawn_by)


class Standing(NamedTuple):
    """How somebody stands with a training: `expires` is the first day on which it is valid no longer; None for never."""

    state: TrainingState
    expires: date | None = None
    by: Completion | None = None

    @property
    def words(self) -> str:
        """Returns it in words: `valid until 2026-09-30`, `expired 2026-10-01`, `missing`."""
        if self.state is TrainingState.EXPIRED:
            return f"expired {self.expires}"
        if self.state is TrainingState.MISSING or self.expires is None:
            return str(self.state)
        until = f"until {self.expires - timedelta(days=1)}"
        return f"valid {until}" if self.state is TrainingState.VALID else f"expires soon, valid {until}"


def expires_on(on: date, months: int | None) -> date | None:
    """Returns the first day on which what was completed is valid no longer; None where it is valid for ever.

    The same day of the month so many months later; where that month has none, its last day.
    """
    if months is None:
        return None
    turns, month = divmod(on.month - 1 + months, 12)
    year = on.year + turns
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def standing(completions: Iterable[Completion], months: int | None, today: date) -> Standing:
    """Returns how somebody stands with a training on a day, by what they completed of it up to then."""
    counted = [each for each in completions if not each.is_withdrawn and each.on <= today]
    if not counted:
        return Standing(TrainingState.MISSING)
    newest = max(counted, key=lambda each: (each.on, each.id))
    expires = expires_on(newest.on, months)
    if expires is None:
        return Standing(TrainingState.VALID, None, newest)
    if expires <= today:
        return Standing(TrainingState.EXPIRED, expires, newest)
    soon = expires - today <= SOON
    return Standing(TrainingState.EXPIRES_SOON if soon else TrainingState.VALID, expires, newest)
