"""The clocks of an agreement: how much of what was promised has passed, and when it is due. Pure.

A clock is its segments: from when to when it ran or stood still, and why. It counts only the hours of its agreement.
Everything is worked out from them anew, so that the same is found live, after a crash and looking back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.desk.hours.service_hours import ServiceHours


class ClockKind(StrEnum):
    """What a clock is about."""

    RESPOND = "respond"
    UPDATE = "update"  # who waits is told how it stands; begins anew with each telling
    RESOLVE = "resolve"

    @property
    def done(self) -> str:
        """Returns what is said of it once it was done."""
        return _DONE[self]


_DONE = {ClockKind.RESPOND: "answered", ClockKind.UPDATE: "no update is owed", ClockKind.RESOLVE: "resolved"}


class Segment(NamedTuple):
    """From `begin` up to `end` (microseconds UTC; None while it lasts) a clock ran or stood still, and why."""

    begin: int
    end: int | None
    runs: bool
    why: str


@dataclass(frozen=True, slots=True)
class Part:
    """A segment as it counts: how much of the hours lies in it, and how much has passed with it; microseconds.

    `stood` is how much of the hours lies in one in which the clock stood still.
    """

    segment: Segment
    counted: int
    passed: int
    stood: int = 0


def elapsed(segments: Sequence[Segment], hours: ServiceHours, at: int) -> int:
    """Returns how many microseconds of the hours the clock has run by `at`."""
    parts = explain(segments, hours, at)
    return parts[-1].passed if parts else 0


def explain(segments: Sequence[Segment], hours: ServiceHours, at: int) -> list[Part]:
    """Returns every segment that had begun by `at`, with what it counts and the sum up to it."""
    parts: list[Part] = []
    passed = 0
    for segment in segments:
        if segment.begin >= at and parts:
            break
        end = at if segment.end is None else min(segment.end, at)
        length = hours.length(segment.begin, end)
        counted, stood = (length, 0) if segment.runs else (0, length)
        passed += counted
        parts.append(Part(segment, counted, passed, stood))
    return parts


def due_at(allowed: int, segments: Sequence[Segment], hours: ServiceHours) -> int | None:
    """Returns when `allowed` microseconds of the hours will have, or had, passed; None while it stands still, or for never.

    That the last segment goes on as it is, is supposed.
    """
    left = allowed
    for segment in segments:
        if not segment.runs:
            continue
        due = hours.after(segment.begin, left)
        if segment.end is None:
            return due
        if due is not None and due <= segment.end:
            return due
        left -= hours.length(segment.begin, segment.end)
    return None
