"""An agreement in words: what it covers, for whom, when, and what it promises. Pure."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from core.catalog.days import parse_days_off, time_of_day
from core.catalog.hours import WEEKDAYS
from core.counting import counted
from core.desk.agreements.coverage import priority_of, promise_of
from core.desk.agreements.coverage_words import askers, deliverers, series
from core.desk.clocks.due_words import exactly
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from core.catalog.model import Agreement, Calendar, FormField, Promise, RequestType
    from core.desk.agreements.coverage import AgreementVersion, InForce
    from core.desk.hours.service_hours import ServiceHours

_NEXT = 3  # holidays that are still to come
_AHEAD_DAYS = 400
_DAY = 86_400_000_000
Line = tuple[str, str]
"""What it is about, and the words; the first is empty where a line goes on with the one before."""


def hours_words(hours: ServiceHours, at: datetime) -> str:
    """Returns whether the hours run at an instant and until when: `open until Fri 27 Nov 17:00Z`."""
    standing = hours.standing(to_micros(at))
    if standing.is_open:
        return f"open until {_instant(standing.until)}" if standing.until is not None else "always open"
    opens = f", opens {_instant(standing.until)}" if standing.until is not None else ""
    return f"closed{': ' * bool(standing.why)}{standing.why}{opens}"


def target_words(promise: Promise) -> str:
    """Returns what is promised: `respond 15m, update 1h, resolve 4h`."""
    update = f", update {exactly(promise.update_s)}" if promise.update_s is not None else ""
    return f"respond {exactly(promise.respond_s)}{update}, resolve {exactly(promise.resolve_s)}"


def agreement_lines(version: AgreementVersion, in_force: InForce, at: datetime) -> list[Line]:
    """Returns everything an agreement says, a line for each thing."""
    agreement = version.agreement
    customer = in_force.customers.get(agreement.customer)
    named = f" ({customer.title})" if customer is not None and customer.title != customer.id else ""
    lines = [
        ("agreement", f"{agreement.id}: {agreement.title}"),
        ("customer", agreement.customer + named),
        ("version", f"in force since {from_micros(version.since):%Y-%m-%d %H:%M}Z{_dates(agreement)}"),
        ("covers", ", ".join(agreement.services)),
        *_hours(version, at),
        ("may ask", askers(agreement, in_force.groups)),
        ("else", "it is held for a lead to decide" if agreement.outside == "hold" else "it is refused"),
        ("may deliver", deliverers(agreement.may_deliver) or "every operator"),
    ]
    targets = sorted(agreement.targets, key=lambda each: each.priority)
    lines += [("promises", f"priority {each.priority}: {target_words(each)}") for each in targets]
    if not targets:
        lines.append(("promises", "nothing"))
    lines += [("waiting", text) for text in _pauses(agreement)]
    size = len(agreement.priority)
    urgencies = ", ".join(map(str, range(1, size + 1)))
    for impact, row in enumerate(agreement.priority, 1):
        lines.append(("priority", f"impact {impact}, by urgency {urgencies}: {', '.join(map(str, row))}"))
    for item in agreement.request_types:
        lines += _type(agreement, item)
    return [("" if n and lines[n - 1][0] == name else name, text) for n, (name, text) in enumerate(lines)]


def _dates(agreement: Agreement) -> str:
    begins = f" from {agreement.begins}" if agreement.begins else ""
    ends = f" until {agreement.ends}, that day included" if agreement.ends else ""
    return f"; covers{begins}{ends}" if begins or ends else ""


def _hours(version: AgreementVersion, at: datetime) -> Iterator[Line]:
    calendar = version.calendar
    if calendar is None:
        yield "hours", "round the clock"
        return
    yield "hours", f"{calendar.id}, {calendar.zone}: {week_words(calendar)}"
    yield "hours", f"now {hours_words(version.hours, at)}"
    if calendar.country:
        part = f", {calendar.subdivision}" if calendar.subdivision else ""
        yield "hours", f"public holidays of {calendar.country}{part}"
    now = to_micros(at)
    coming = version.hours.changed_days(now, now + _AHEAD_DAYS * _DAY)[:_NEXT]
    for day in coming:
        yield "hours", day.words
    own = sum(1 for line in calendar.holidays if parse_days_off(line).is_yearly)
    if own:
        yield "hours", f"{counted(own, 'day off', 'days off')} of every year"


def week_words(calendar: Calendar) -> str:
    """Returns the weekly hours, days alike together: `mon-fri 08:00-18:00; sat 09:00-12:00`."""
    by_day = [
        " ".join(f"{time_of_day(b)}-{time_of_day(e)}" for day, b, e in calendar.hours if day == weekday)
        for weekday in range(7)
    ]
    parts = []
    for text, days in groupby(range(7), key=lambda weekday: by_day[weekday]):
        names = [WEEKDAYS[day] for day in days]
        if text:
            parts.append(f"{names[0]}-{names[-1]} {text}" if len(names) > 1 else f"{names[0]} {text}")
    return "; ".join(parts)


def _pauses(agreement: Agreement) -> Iterator[str]:
    for whom, clocks in (
        ("on the customer", agreement.pauses.customer),
        ("on a supplier", agreement.pauses.supplier),
        ("until a date", agreement.pauses.until),
    ):
        stop = series(clocks) if clocks else "no clock"
        yield f"{whom}: {stop} stand{'' if len(clocks) > 1 else 's'} still"


def _type(agreement: Agreement, item: RequestType) -> Iterator[Line]:
    yield "request", f"{item.id}: {item.title}, of {item.service}"
    for entry in item.fields:
        yield "request", f"  tells {field_words(entry)}"
    if item.approval is not None:
        yield "request", f"  approved by {item.approval.count} of {deliverers(item.approval.by)}"
    if item.procedure:
        yield "request", f"  carried out by {item.procedure}"
    if item.may_run:
        yield "request", f"  may be served by {series(item.may_run)}, too"
    for text in item.checklist:
        word = "may be ticked off" if text in item.may_stay_open else "to be ticked off"
        yield "request", f"  {word}: {text}"
    priority = priority_of(agreement, item.impact, item.urgency)
    promise = promise_of(agreement, priority, item)
    promised = target_words(promise) if promise is not None else "nothing is promised"
    yield "request", f"  impact {item.impact}, urgency {item.urgency}: priority {priority}, {promised}"


def field_words(entry: FormField) -> str:
    """Returns a field of a form in words: `size, a number from 1 to 50, required`."""
    parts = [f"{entry.name}, a {entry.kind}"]
    if entry.choices:
        parts[0] += f" of {', '.join(entry.choices)}"
    unit = " characters" if entry.kind == "text" else ""
    if entry.least is not None:
        parts[0] += f" from {_bound(entry.least)}"
    if entry.most is not None:
        parts[0] += f" to {_bound(entry.most)}{unit}"
    if entry.pattern:
        parts.append(f"matching {entry.pattern}")
    if entry.required:
        parts.append("required")
    return ", ".join(parts)


def _bound(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _instant(at: int | None) -> str:
    return "never" if at is None else f"{from_micros(at):%a %d %b %H:%M}Z"
