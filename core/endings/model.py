"""The words of endings: something that weakens control, whose it is, why, and when it ends. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple


class Sort(StrEnum):
    """How control is weakened."""

    RISK = "accepted risk"
    GRANT = "grant"
    SUPPRESSION = "suppression"
    SNOOZE = "snooze"
    OPERATE = "OPERATE"
    WINDOW = "maintenance"
    THRESHOLD = "threshold"
    TRAINING = "training"


class Standing(StrEnum):
    """Where it stands at an instant."""

    PAST = "ended, still in force"  # its end has come, and nobody has undone it
    ENDLESS = "in force, without end"
    HOLDS = "in force"
    COMING = "not yet"
    VALID = "still valid"
    EXPIRED = "expired, not renewed"  # nothing of it is in force: what it is asked for is


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that weakens control until an instant; `ends_at` None: nobody has said an end, and it needs one."""

    sort: Sort
    subject: str  # as people call it: F-118, R-12
    what: str
    owner: str
    reason: str
    ends_at: datetime | None
    begins_at: datetime | None = None  # where it is still to begin

    def is_past(self, now: datetime) -> bool:
        """Tells whether its end has come, and control is weakened all the same."""
        return self.ends_at is not None and self.ends_at <= now

    def needs_somebody(self, now: datetime) -> bool:
        """Tells whether it does not end by itself any more: its end has come, or there is none."""
        return self.ends_at is None or self.is_past(now)

    def standing(self, now: datetime) -> Standing:
        """Returns where it stands at an instant."""
        if self.begins_at is not None and self.begins_at > now:
            return Standing.COMING
        if self.sort is Sort.TRAINING:
            return Standing.EXPIRED if self.is_past(now) else Standing.VALID
        if self.ends_at is None:
            return Standing.ENDLESS
        return Standing.PAST if self.is_past(now) else Standing.HOLDS

    @property
    def end(self) -> str:
        """Returns when it ends in words, in UTC."""
        return f"{self.ends_at:%Y-%m-%d %H:%M}Z" if self.ends_at else "no end is set"


class Weakening(NamedTuple):
    """What weakens control until a day, as houses have it that count in days: `ends_on` is the last day on which it holds."""

    subject: str
    title: str
    owner: str
    reason: str
    ends_on: date


def end_of(day: date) -> datetime:
    """Returns the instant at which something ends whose last day is this: midnight UTC after it."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def in_order(ending: Ending) -> tuple[bool, datetime, Sort, str]:
    """Returns its place: what has no end before all, then the first to end."""
    ends_at = ending.ends_at
    return ends_at is not None, ends_at or datetime.min.replace(tzinfo=UTC), ending.sort, ending.subject
