"""What is promised, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.clocks.kept import Stand, next_kept
from core.desk.clocks.promised import next_promise
from core.timekeeping import age, from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.desk.clocks.kept import KeptClock
    from core.desk.clocks.promised import Clock

AT_RISK = "!"
"""Stands before a promise of which little is left; one that is late says so in a word."""


def due_words(clocks: Sequence[Clock], now: datetime) -> str:
    """Returns the next promise and how long until it is due, or how late it is; empty where none is to be kept.

    Where all that are still to be kept stand still, it says that.
    """
    clock = next_promise(clocks)
    if clock is None:
        clock = next((each for each in reversed(clocks) if each.is_pending), None)
        return f"{clock.kind} paused" if clock is not None else ""
    sign = f"{AT_RISK} " if clock.is_at_risk(to_micros(now)) and not clock.is_late(to_micros(now)) else ""
    return f"{sign}{clock.kind} {until_due(clock, now)}"


def due_in_brief(clocks: Sequence[Clock], now: datetime) -> str:
    """Returns the same in twelve cells: `respond 28m`, `!respond 5m` at risk, `late respond`, `paused`."""
    clock, at = next_promise(clocks), to_micros(now)
    if clock is None:
        return "paused" if any(each.is_pending for each in clocks) else ""
    if clock.is_late(at):
        return f"late {clock.kind}"
    return f"{AT_RISK if clock.is_at_risk(at) else ''}{clock.kind} {until_due(clock, now)}"


def kept_in_brief(clocks: Sequence[KeptClock], now: datetime) -> tuple[str, Stand | None]:
    """Returns the next promise in at most twelve cells, and how it stands: `respond 28m`, `at risk 28m`, `broken 2h`, `paused`.

    Both are empty where nothing is to be kept.
    """
    clock = next_kept(clocks)
    if clock is None:
        return "", None
    stand, words = kept_words(clock, now)
    return (f"{clock.kind} {words}" if stand is Stand.RUNS else words), stand


def kept_words(clock: KeptClock, now: datetime) -> tuple[Stand, str]:
    """Returns how one promise stands and that in at most eleven cells: `28m`, `at risk 28m`, `broken 2h`, `kept`."""
    stand = clock.stand(to_micros(now))
    if clock.due is None or stand in {Stand.PAUSED, Stand.KEPT, Stand.KEPT_LATE, Stand.OVER}:
        return stand, str(stand)
    span = age(abs((from_micros(clock.due) - now).total_seconds()))
    return stand, span if stand is Stand.RUNS else f"{stand} {span}"


def until_due(clock: Clock, now: datetime) -> str:
    """Returns how long until a promise is due, how late it is, or that it stands still."""
    if clock.due is None:
        return "stands still"
    left = (from_micros(clock.due) - now).total_seconds()
    return age(left) if left > 0 else f"late {age(-left)}"


def promise_line(clock: Clock, now: datetime) -> str:
    """Returns one promise in a line: what, how it stands, by when, within what of whose hours, and by which agreement."""
    if clock.met_at is not None:
        stands = f"{clock.kind.done} {from_micros(clock.met_at):%a %d %b %H:%M}Z"
    elif clock.ended_at is not None:
        stands = f"{clock.kind} not promised since {from_micros(clock.ended_at):%a %d %b %H:%M}Z"
    elif clock.is_at_risk(to_micros(now)) and not clock.is_late(to_micros(now)):
        stands = f"{AT_RISK} {clock.kind} at risk, {until_due(clock, now)} left"
    else:
        stands = f"{clock.kind} {until_due(clock, now)}"
    due = f", due {from_micros(clock.due):%a %d %b %H:%M}Z" if clock.due is not None else ""
    late = f", broken {from_micros(clock.broken_at):%a %d %b %H:%M}Z" if clock.broken_at is not None else ""
    return f"{stands}{due}{late}: {exactly(clock.allowed_s)} {clock.hours.words}, {clock.agreement.title}"


def explained(clock: Clock, now: datetime) -> list[str]:
    """Returns the promise and each part of its time: from when to when, running or not, what it counts, and the sum.

    At the end stand its four figures, and which versions of the agreement and of the calendar they go by.
    """
    at = to_micros(now)
    lines = [promise_line(clock, now)]
    for part in clock.explain(at):
        segment = part.segment
        end = f"{from_micros(segment.end):%d %b %H:%M:%S}Z" if segment.end is not None else "now"
        counts = f"counts {exactly(part.counted / 1e6)}" if segment.runs else "stands still"
        span = f"{from_micros(segment.begin):%d %b %H:%M:%S}Z to {end}"
        lines.append(f"  {span:<38} {segment.why:<26} {counts:<20} in all {exactly(part.passed / 1e6)}")
        if segment.runs:
            until = segment.end if segment.end is not None else at
            lines += [f"    {day.words}" for day in clock.hours.changed_days(segment.begin, until)]
    lines += [f"  {ending_words(clock, now)}", f"  {version_words(clock)}"]
    return lines


def ending_words(clock: Clock, now: datetime) -> str:
    """Returns the four figures of a promise and what is left of it: `target 4h, elapsed 1h, paused 0s, due …: 3h left`."""
    at = to_micros(now)
    figures = clock.figures(at)
    due = (
        f"{from_micros(figures.due):%a %d %b %H:%M:%S}Z"
        if figures.due is not None
        else "not while it stands still"
    )
    return (
        f"target {exactly(figures.target_s)}, elapsed {exactly(figures.elapsed_s)}, paused {exactly(figures.paused_s)},"
        f" due {due}: {_rest(clock.left_s(at))}"
    )


def version_words(clock: Clock) -> str:
    """Returns which versions of the agreement and of its calendar a promise goes by."""
    terms = clock.terms
    agreement = f"agreement {terms.agreement.id} version {terms.version}"
    if terms.calendar is None:
        return f"{agreement}; it counts round the clock"
    return f"{agreement}, calendar {terms.calendar.id} version {terms.calendar_version}; hours are of {terms.calendar.zone}"


def exactly(seconds: float) -> str:
    """Returns a span to the second: `3d`, `4h 15m`, `9s`."""
    left, parts = round(seconds), []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0s"


def _rest(seconds: float) -> str:
    return f"{exactly(seconds)} left" if seconds >= 0 else f"{exactly(-seconds)} over"
