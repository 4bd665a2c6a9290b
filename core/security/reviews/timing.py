"""When a stage ends, what is done before it does, and when a review comes again. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.security.reviews.plans import ESCALATED_DAYS, REMINDERS


class StepKind(StrEnum):
    """What the agent does of a stage when its time has come."""

    REMIND = "remind"
    ESCALATE = "escalate"
    CLOSE = "close"


class Step(NamedTuple):
    """One of them: its instant, what it is, and how many days are left then."""

    at: datetime
    kind: StepKind
    left: int


def due_of(begun: datetime, days: int, zone: str) -> datetime:
    """Returns when a stage ends that began then: at the end of its last day, in the zone. Instants are in UTC."""
    local = ZoneInfo(zone)
    last = begun.astimezone(local).date() + timedelta(days=days)
    return datetime.combine(last + timedelta(days=1), time(), local).astimezone(UTC)


def steps_of(begun: datetime, due: datetime, zone: str, *, is_last_call: bool = False) -> list[Step]:
    """Returns what is done of a stage, in order; what would lie before its beginning is left out.

    In the last call nobody is left to escalate to.
    """
    local = ZoneInfo(zone)
    last = due.astimezone(local).date() - timedelta(days=1)

    def morning(left: int) -> datetime:
        return datetime.combine(last - timedelta(days=left), time(8), local).astimezone(UTC)

    steps = [Step(morning(left), StepKind.REMIND, left) for left in REMINDERS]
    if not is_last_call:
        steps.append(Step(morning(ESCALATED_DAYS), StepKind.ESCALATE, ESCALATED_DAYS))
    steps.append(Step(due, StepKind.CLOSE, 0))
    return sorted((each for each in steps if each.at > begun), key=lambda each: each.at)


def next_day(scheduled: date, months: int, after: date) -> date:
    """Returns when a review comes again: the first of its scheduled day + 1, 2, 3 ... periods that lies after a day.

    Counted from the scheduled day, so that a period is never shortened, and a review that ended late has no past date.
    """
    periods = 1
    while (found := _months_on(scheduled, periods * months)) <= after:
        periods += 1
    return found


def _months_on(day: date, months: int) -> date:
    """Returns the same day so many months on; where that month is shorter, its last one."""
    total = day.year * 12 + day.month - 1 + months
    year, month = total // 12, total % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
