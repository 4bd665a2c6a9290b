"""What the agent writes: the signals that a part of a log brought, and in the same transaction how far it was read."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update

from core.errors import Moved
from core.operations.queries import was_run_at
from core.printable import printable
from core.security.signals.model import (
    MOST_A_DAY,
    Raised,
    SignalState,
    among_others,
    grew,
    kept_samples,
    together_with,
)
from core.security.signals.reading.files import Position
from core.security.signals.reading.scanning import LONGEST_SAMPLE
from core.security.signals.reading.stamps import day_of
from core.security.signals.revising import beside, revise_signal, subject
from core.security.signals.rules import OF_WATCH, STARTED
from core.security.signals.suppressing import in_force
from core.security.signals.tables import log_reader, signal
from core.store.lease import beat
from core.store.rows import new_number
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from core.security.signals.rules import Rule
    from core.store.work import Work

DUTY = "signals"
LONGEST_TROUBLE = 500
_S = SignalState
_KNOWN = ("state", "severity", "rule", "title", "source", "place", "component", "whom", "day", "told", "owner", "why",
          "judged_by", "judged_at", "suppression", "incident", "count", "first_at", "last_at", "samples")  # fmt: skip


class From(NamedTuple):
    """Which log something was read in: its id, how people name it, and the component it is of."""

    source: str
    place: str
    component: str = ""


class Step(NamedTuple):
    """How far a log was read by a step, and what its reader counts. `before` is the step that was read from, 0 for none."""

    source: str
    before: int
    path: str
    place: Position
    windows: list[Any]
    lines: int = 0
    used: int = 0
    unkeyed: int = 0
    cut: int = 0
    wrong: int = 0
    off_s: float = 0.0
    trouble: str = ""


_OF_DAY = (
    select(signal)
    .where(
        signal.c.day == bindparam("of_day"), signal.c.rule == bindparam("of_rule"),
        signal.c.source == bindparam("of_source"),
    )
    .order_by(signal.c.id)
    .with_for_update()
)  # fmt: skip
_COUNTING_ON = (
    update(signal)
    .where(signal.c.id == bindparam("wanted"))
    .values({
        name: bindparam(name)
        for name in ("count", "first_at", "last_at", "samples", "grade", "newest", "words")
    })
)  # fmt: skip
OF_RUN = timedelta(minutes=2)
"""A start so soon before or after a run belongs to it: a service may take a while, and clocks differ."""
USUAL_OF = 0.2
"""How much a new gap between lines counts in the usual one."""


def take_in(work: Work, token: int, duty: str, origin: From, raised: Sequence[Raised], step: Step) -> int:
    """Writes what a part of a log brought, and that it was read; returns the number of the reader's step now.

    Raises LeaseLost when the duty went to another, Moved where the log was read on by somebody else: then nothing is written.
    """
    beat(work, duty, token)
    number = advance(work, step)
    taken = [each for each in raised if each.rule != STARTED.id or not _was_run(work, origin, each)]
    for under in dict.fromkeys(each.under for each in taken):
        of_under = [each for each in taken if each.under == under]
        raise_signals(work, From(under, under) if under else origin, of_under)
    work.is_quiet = not work.recorded
    return number


def _was_run(work: Work, origin: From, started: Raised) -> bool:
    """Tells whether a run on the log's component was under way when it was started, or had ended a moment before."""
    begin, end = from_micros(started.first) - OF_RUN, from_micros(started.last) + OF_RUN
    return was_run_at(work.connection, origin.component, begin, end)


def raise_signal(work: Work, origin: From, raised: Raised, *, cause: int | None = None) -> int:
    """Adds to the signal of that rule, log, subject and day, or makes it; returns its number."""
    (number,) = raise_signals(work, origin, [raised], cause=cause)
    return number


def raise_signals(
    work: Work, origin: From, raised: Sequence[Raised], *, cause: int | None = None
) -> list[int]:
    """Adds to the signal of each rule, log, subject and day, or makes it; returns the numbers of those signals."""
    groups: dict[tuple[str, str], dict[str, Raised]] = {}
    for each in raised:
        group = groups.setdefault((each.rule, day_of(each.last)), {})
        group[each.about] = together_with(group[each.about], each) if each.about in group else each
    numbers: list[int] = []
    counted_on: list[dict[str, Any]] = []
    for (rule, day), group in groups.items():
        values = {"of_day": day, "of_rule": rule, "of_source": origin.source}
        rows = {row.whom: row for row in work.connection.execute(_OF_DAY, values)}
        for each in _with_others(group, rows.keys()):
            row = rows.get(each.about)
            if row is None:
                numbers.append(_make(work, origin, each, day, cause))
            else:
                numbers.append(row.id)
                counted_on += _add(work, row, each, cause)
    if counted_on:
        work.connection.execute(_COUNTING_ON, counted_on)
    return numbers


def _with_others(group: Mapping[str, Raised], standing: AbstractSet[str]) -> list[Raised]:
    """Returns what is raised of a rule on a day: those beyond the most that stand by themselves are one, about others."""
    single, others, room = [], None, MOST_A_DAY - len(standing)
    for about, each in group.items():
        if about in standing or not about or room > 0:
            single.append(each)
            room -= about not in standing
        else:
            of_others = among_others(each)
            others = together_with(others, of_others) if others is not None else of_others
    return [*single, others] if others is not None else single


def _make(work: Work, origin: From, raised: Raised, day: str, cause: int | None) -> int:
    suppressed = in_force(work.connection, raised.rule, origin.source, raised.about, work.now, raised.wholes)
    number = new_number(work, signal)
    values: dict[str, Any] = {
        "state": _S.SUPPRESSED if suppressed else _S.NEW, "severity": raised.severity, "rule": raised.rule, "title": raised.title,
        "source": origin.source, "place": origin.place, "component": origin.component, "whom": raised.about, "day": day,
        "count": raised.times, "told": raised.times, "first_at": raised.first, "last_at": raised.last,
        "samples": json.dumps(list(raised.samples), ensure_ascii=False), "owner": "", "why": "", "judged_by": "", "judged_at": None,
        "suppression": suppressed.id if suppressed else None, "incident": None,
    }  # fmt: skip
    work.connection.execute(insert(signal).values(id=number, version=1, **values, **beside(number, values)))
    changes = {name: (None, values[name]) for name in _KNOWN}
    work.record("signal.seen", subject(number), changes, cause=cause)
    return number


def _add(work: Work, row: Any, raised: Raised, cause: int | None) -> list[dict[str, Any]]:
    """Counts on; tells of it where the count has grown tenfold, and has it judged anew where it had been.

    What says that the watch itself sees nothing is judged anew each time. Returns what is still to be set by `_COUNTING_ON`.
    """
    count = row.count + raised.times
    samples = kept_samples(tuple(json.loads(row.samples)), raised.samples)
    after: dict[str, Any] = {
        "count": count, "first_at": min(row.first_at, raised.first), "last_at": max(row.last_at, raised.last),
        "samples": json.dumps(list(samples), ensure_ascii=False),
    }  # fmt: skip
    has_grown = grew(row.told, count)
    if row.state == _S.SUPPRESSED and not in_force(
        work.connection, row.rule, row.source, row.whom, work.now, raised.wholes
    ):
        revise_signal(
            work,
            row,
            "signal.returned",
            {**after, "state": _S.NEW, "suppression": None, "told": count},
            cause=cause,
        )
    elif row.state == _S.ACKNOWLEDGED and (has_grown or row.rule in OF_WATCH):
        revise_signal(work, row, "signal.returned", {**after, "state": _S.NEW, "told": count}, cause=cause)
    elif has_grown:
        revise_signal(work, row, "signal.grew", {**after, "told": count}, cause=cause)
    else:
        return [{"wanted": row.id, **after, **beside(row.id, {**row._asdict(), **after})}]
    return []


def advance(work: Work, step: Step) -> int:
    """Notes how far a log was read. Raises Moved where it was not read from the step that is kept."""
    now = to_micros(work.now)
    row = work.connection.execute(
        select(log_reader).where(log_reader.c.source == step.source).with_for_update()
    ).first()
    if (row.step if row is not None else 0) != step.before:
        raise Moved(f"the log {step.source} was read on by somebody else", next_step="It is read from there")
    values: dict[str, Any] = {
        "step": step.before + 1, "path": step.path, "place": json.dumps(asdict(step.place)),
        "windows": json.dumps(step.windows), "read_at": now, "off_s": step.off_s, "trouble": step.trouble,
    }  # fmt: skip
    counts = {name: getattr(step, name) for name in ("lines", "used", "unkeyed", "cut", "wrong")}
    if row is None:
        values |= counts | {"begun_at": now, "line_at": now if step.lines else None, "gap_s": 0.0}
        work.connection.execute(insert(log_reader).values(source=step.source, **values))
        return step.before + 1
    values |= {name: getattr(row, name) + count for name, count in counts.items()}
    if step.lines:
        values |= {"line_at": now, "gap_s": _usual(row, now)}
    work.connection.execute(update(log_reader).where(log_reader.c.source == step.source).values(**values))
    return step.before + 1


def _usual(row: Any, now: int) -> float:
    """Returns the usual gap between lines, with the one that has just ended."""
    if row.line_at is None:
        return 0.0
    gap_s = max(now - row.line_at, 0) / 1_000_000
    return gap_s if not row.gap_s else float(row.gap_s + USUAL_OF * (gap_s - row.gap_s))


def note_read(work: Work, token: int, duty: str, sources: Sequence[str]) -> None:
    """Notes that logs were looked at and held nothing new. Raises LeaseLost when the duty went to another."""
    beat(work, duty, token)
    if sources:
        work.connection.execute(
            update(log_reader)
            .where(log_reader.c.source.in_(list(sources)))
            .values(read_at=to_micros(work.now))
        )
    work.is_quiet = True


def note_trouble(work: Work, token: int, duty: str, source: str, path: str, trouble: str) -> None:
    """Notes why a log cannot be read on; how far it was read stays. Raises LeaseLost when the duty went to another."""
    beat(work, duty, token)
    now = to_micros(work.now)
    values = {"trouble": printable(trouble, LONGEST_TROUBLE), "read_at": now}
    noted = work.connection.execute(update(log_reader).where(log_reader.c.source == source).values(**values))
    if not noted.rowcount and path:
        values |= {"path": path, "place": json.dumps(asdict(Position())), "windows": "[]", "begun_at": now}
        zeros = dict.fromkeys(("step", "gap_s", "lines", "used", "unkeyed", "cut", "wrong", "off_s"), 0)
        work.connection.execute(insert(log_reader).values(source=source, **zeros, **values))
    work.is_quiet = True


def note_silent(work: Work, token: int, duty: str, origin: From, raised: Raised) -> int:
    """Raises that a log has fallen silent; returns the signal's number. Raises LeaseLost when the duty went to another."""
    beat(work, duty, token)
    return raise_signal(work, origin, raised)


def raised_by(rule: Rule, at: int, about: str, sample: str) -> Raised:
    """Returns what one sighting at an instant (microseconds UTC) brings by a rule that no log is counted by."""
    return Raised(rule.id, rule.level, rule.title, about, 1, at, at, (printable(sample, LONGEST_SAMPLE),))
