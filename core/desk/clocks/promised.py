"""What an agreement promises of one item, incident or request: its clocks, from what the journal told of it. Pure.

The response clock runs until somebody took note, and never stands still. The clock of the next update begins anew each
time who waits is told how it stands. The clock of the resolution stands still while the item is done, and goes on where
it left off when it is reopened. All go by the hours and targets of the agreement that was in force when it was opened.
A priority that is set later sets another target, from the beginning; a promise that was broken before that stays broken.
While it is a major incident, the next update is due as its commander said, whatever was agreed: from the declaring on, and
round the clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from core.desk.agreements.targets import RISK
from core.desk.clocks.model import ClockKind, Part, Segment, due_at, elapsed, explain
from core.desk.clocks.told import Life, Phase
from core.desk.hours.service_hours import ServiceHours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.catalog.model import Agreement
    from core.desk.agreements.targets import Terms
    from core.desk.clocks.told import Standing, Told

EVER = 2**62
"""Later than any instant, and earlier than any number that a database could not hold."""
OWN = "whoever asked has it in hand"


class Owed(NamedTuple):
    """What the journal is still to be told of a clock: from when on (microseconds UTC), and whether it is a breach."""

    at: int
    is_breach: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise: by when, and how it stands. Instants in microseconds UTC.

    `due` is None while it stands still, and for hours that never come. `met_at` is when it was kept or, late, done;
    `ended_at` when nothing was promised any more. `broken_at` is when it was broken first, under whichever priority was
    in force then. `segments` are those since the last telling, of the next update. `owes` is what is to be said of it as things
    stand, some of it still to come.
    """

    kind: ClockKind
    terms: Terms
    allowed_s: float
    due: int | None
    segments: tuple[Segment, ...]
    met_at: int | None = None
    ended_at: int | None = None
    broken_at: int | None = None
    risk_at: int | None = None
    warned_at: int | None = None
    said: tuple[int, ...] = ()
    owes: tuple[Owed, ...] = ()
    crosses_at: int | None = None

    @property
    def agreement(self) -> Agreement:
        """Returns whose promise it is."""
        return self.terms.agreement

    @property
    def hours(self) -> ServiceHours:
        """Returns in which hours it counts."""
        return self.terms.hours

    @property
    def is_pending(self) -> bool:
        """Tells whether it is still to be kept."""
        return self.met_at is None and self.ended_at is None

    def is_late(self, at: int) -> bool:
        """Tells whether it is still to be kept although it was due."""
        return self.is_pending and self.due is not None and self.due <= at

    def is_at_risk(self, at: int) -> bool:
        """Tells whether little is left of it: less than a fifth."""
        return self.is_pending and self.due is not None and self.risk_at is not None and self.risk_at <= at

    def left_s(self, at: int) -> float:
        """Returns how many seconds of its hours are left at an instant; less than none where it is late."""
        return self.allowed_s - elapsed(self.segments, self.hours, at) / 1e6

    def figures(self, at: int) -> Figures:
        """Returns the four figures of a promise at an instant; the time since it was done is no pause."""
        parts = self.explain(at)
        paused = sum(part.stood for part in (parts if self.is_pending else parts[:-1]))
        return Figures(self.allowed_s, parts[-1].passed / 1e6 if parts else 0.0, paused / 1e6, self.due)

    def after_saying(self, owed: Sequence[Owed], at: int) -> Clock:
        """Returns it as it is once that was said of it at an instant."""
        said = self.said + tuple(each.at for each in owed if each.is_breach)
        left = [each for each in self.owes if each not in owed]
        if self.crosses_at in said:  # of what is broken it is not said any more that it is at risk
            left = [each for each in left if each.is_breach]
        warned_at = self.warned_at if all(each.is_breach for each in owed) else at
        return replace(
            self,
            said=said,
            owes=tuple(left),
            warned_at=warned_at,
            broken_at=min(said, default=self.broken_at),
        )

    def explain(self, at: int) -> list[Part]:
        """Returns every segment with what it counts, up to an instant."""
        return explain(self.segments, self.hours, at)


class Figures(NamedTuple):
    """What a promise comes to at an instant: seconds of its hours, and when it is due (microseconds UTC)."""

    target_s: float
    elapsed_s: float
    paused_s: float
    due: int | None


class _Aim(NamedTuple):
    """From an instant on a priority was in force, and time counted from another.

    `every_s` is how often who waits is told of a major incident, from `rhythm_from` on; 0 where it is none.
    """

    at: int
    priority: int
    counts_from: int
    every_s: int = 0
    rhythm_from: int = 0

    def hours(self, terms: Terms) -> ServiceHours:
        """Returns in which hours it counts: a major incident's rhythm goes on through the night."""
        return ServiceHours() if self.every_s else terms.hours


_Stood = list[tuple["Told", "Standing"]]
"""What was told, each with how the item stood after it."""


class _Cycle(NamedTuple):
    """From one telling up to the next."""

    begin: int
    end: int


def clocks_of(
    terms: Terms, told: Sequence[Told], now: int, addresses: dict[str, str] | None = None
) -> tuple[Clock, ...]:
    """Returns the clocks that an agreement has for an item of which this was `told`, the oldest first.

    None where the agreement never promised anything for a priority that it had. `addresses` are those of the staff, by
    login: who has in hand what they asked for themselves is promised nothing.
    """
    life = Life(addresses or {})
    stood = [(each, life.take_in(each)) for each in told]
    found = (_clock(kind, terms, stood, _aims(kind, terms, told), now) for kind in ClockKind)
    return tuple(clock for clock in found if clock is not None)


def next_promise(clocks: Sequence[Clock]) -> Clock | None:
    """Returns the promise that is due next of all that are still to be kept; None where none is."""
    pending = [clock for clock in clocks if clock.is_pending and clock.due is not None]
    return min(pending, key=lambda clock: clock.due or 0, default=None)


def _clock(kind: ClockKind, terms: Terms, stood: _Stood, aims: Sequence[_Aim], now: int) -> Clock | None:
    told = [each for each, _ in stood]
    request_type = next((each.type for each in reversed(told) if each.type), "")
    allowed = [aim.every_s or terms.allowed_s(kind, aim.priority, request_type) for aim in aims]
    promised = [(aim, each) for aim, each in zip(aims, allowed, strict=True) if each is not None]
    if not promised:
        return None
    aimed, allowed_s = promised[-1]
    met_at, ended_at = _ends(kind, stood, terms.until)
    if allowed[-1] is None:
        lapsed = next(
            aim.at for n, aim in enumerate(aims) if not any(each is not None for each in allowed[n:])
        )
        ended_at = min(lapsed, ended_at or EVER)
    life = _life(stood, terms.stands_still_for(kind), never_done=kind is ClockKind.RESPOND)
    cycles = _cycles(kind, told)
    until = min(EVER if met_at is None else met_at, EVER if ended_at is None else ended_at)
    crossed = [_crossed(terms, life, aims, allowed, cycle, until) for cycle in cycles]
    segments = _of_aim(aims[-1], life, cycles[-1])
    hours = aimed.hours(terms)
    due = due_at(_micros(allowed_s), segments, hours)
    risk_at = due_at(_micros(allowed_s * RISK), segments, hours)
    said, warned_at = _said(kind, terms, told, since=max(aims[-1].at, cycles[-1].begin))
    crossings = [each for each in crossed if each is not None]
    owes = [Owed(each, is_breach=True) for each in crossings if each not in said]
    is_pending = until == EVER
    if (
        is_pending
        and warned_at is None
        and risk_at is not None
        and risk_at < (EVER if crossed[-1] is None else crossed[-1])
    ) and crossed[-1] not in said:
        owes.append(Owed(risk_at, is_breach=False))
    shown = _shown(kind, segments, met_at if met_at is not None else ended_at)
    broken = min([each for each in crossings if each < now] + list(said), default=None)
    held = terms._replace(hours=hours, calendar_version=0) if aimed.every_s else terms
    return Clock(
        kind, held, allowed_s, due, shown, met_at, ended_at, broken, risk_at, warned_at, said, tuple(sorted(owes)), crossed[-1],
    )  # fmt: skip


def _shown(kind: ClockKind, segments: tuple[Segment, ...], over_at: int | None) -> tuple[Segment, ...]:
    """Returns the segments up to the answer, which ends what runs without ever standing still."""
    if kind is not ClockKind.RESPOND or over_at is None:
        return segments
    return tuple(
        each if each.end is not None and each.end <= over_at else each._replace(end=over_at)
        for each in segments
        if each.begin < over_at or each is segments[0]
    )


def _aims(kind: ClockKind, terms: Terms, told: Sequence[Told]) -> list[_Aim]:
    """Returns which priority, and for updates which rhythm, was in force from when on, in order; none before the item came under this agreement."""
    found: list[_Aim] = []
    counts_from = told[0].at if told else 0
    for each in told:
        every_s = each.every_s if kind is ClockKind.UPDATE else None
        is_news = each.priority is not None or each.counts_from is not None or every_s is not None
        if each.at >= terms.until or not is_news or (each.priority is None and not found):
            continue
        counts_from = counts_from if each.counts_from is None else min(each.counts_from, told[0].at)
        before = found[-1] if found else _Aim(0, 0, 0)
        priority = before.priority if each.priority is None else each.priority
        every_s = before.every_s if every_s is None else every_s
        rhythm_from = (before.rhythm_from or each.at) if every_s else 0
        found.append(_Aim(max(each.at, terms.begun), priority, counts_from, every_s, rhythm_from))
    return found


def _ends(kind: ClockKind, stood: _Stood, left_at: int) -> tuple[int | None, int | None]:
    """Returns when a promise was kept, and when it was over without that; None for what is not so.

    At `left_at` the item came under another agreement, which has promised it since.
    """
    met_at: int | None = None
    ended_at: int | None = None
    for told, standing in stood:
        if told.at >= left_at:
            break
        ended_at = (told.at if ended_at is None else ended_at) if standing.phase is Phase.OVER else None
        if kind is ClockKind.RESPOND:
            # Who ends it has taken note of it; one that recovered by itself needs no answer any more.
            if (told.is_noted or standing.phase is Phase.DONE) and met_at is None:
                met_at = told.at
            elif told.is_noted is False:
                met_at = None
        elif standing.phase is Phase.DONE:
            met_at = told.at if met_at is None else met_at
        elif standing.phase is not Phase.OVER:
            met_at = None
    if met_at is not None:
        return met_at, None
    if ended_at is None and left_at < EVER:
        ended_at = left_at
    return met_at, ended_at


def _life(stood: _Stood, pauses: frozenset[str], *, never_done: bool) -> tuple[Segment, ...]:
    """Returns when the clock ran and when it stood still, from the opening on; parts of which the same is said are one."""
    segments: list[Segment] = []

    def end(standing: Standing, begun: int, at: int | None) -> None:
        segment = _segment(begun, at, standing, pauses, never_done=never_done)
        if segments and segments[-1][2:] == segment[2:]:
            segment = segment._replace(begin=segments.pop().begin)
        segments.append(segment)

    (first, standing), *rest = stood
    begun = first.at
    for told, then in rest:
        if then._replace(why="") != standing._replace(why=""):
            end(standing, begun, told.at)
            begun, standing = told.at, then
    end(standing, begun, None)
    return tuple(segments)


def _segment(
    begin: int, end: int | None, standing: Standing, pauses: frozenset[str], *, never_done: bool
) -> Segment:
    is_own = standing.is_own
    if never_done:
        return Segment(begin, end, not is_own, OWN if is_own else "until note is taken")
    is_open = standing.phase is Phase.RUNS or (
        standing.phase is Phase.WAITS and standing.waits_for not in pauses
    )
    return Segment(begin, end, is_open and not is_own, OWN if is_open and is_own else standing.why)


def _cycles(kind: ClockKind, told: Sequence[Told]) -> list[_Cycle]:
    begins = [told[0].at]
    if kind is ClockKind.UPDATE:
        begins += [each.at for each in told[1:] if each.is_status_told]
    return [_Cycle(begin, end) for begin, end in zip(begins, [*begins[1:], EVER], strict=True)]


def _of_aim(aim: _Aim, life: tuple[Segment, ...], cycle: _Cycle) -> tuple[Segment, ...]:
    """Returns the segments that count: those of the cycle, and before the first what an older item brought with it."""
    begun, begin = life[0].begin, max(cycle.begin, aim.rhythm_from)
    if begin <= begun:
        older = (
            (Segment(aim.counts_from, begun, True, "of the older one"),) if aim.counts_from < begun else ()
        )
        return (*older, *life)
    return tuple(
        each._replace(begin=max(each.begin, begin)) for each in life if each.end is None or each.end > begin
    )


def _crossed(
    terms: Terms,
    life: tuple[Segment, ...],
    aims: Sequence[_Aim],
    allowed: Sequence[float | None],
    cycle: _Cycle,
    until: int,
) -> int | None:
    """Returns when the promise was, or as things stand will be, broken first in a cycle: while a priority was in force, by its own target."""
    ends = [aim.at for aim in aims[1:]] + [EVER]
    for aim, allowed_s, end in zip(aims, allowed, ends, strict=True):
        if allowed_s is None:
            continue
        due = due_at(_micros(allowed_s), _of_aim(aim, life, cycle), aim.hours(terms))
        if due is not None and max(due, aim.at) < min(end, cycle.end, until):
            return max(due, aim.at)
    return None


def _said(
    kind: ClockKind, terms: Terms, told: Sequence[Told], since: int
) -> tuple[tuple[int, ...], int | None]:
    """Returns which breaches were said, by their instants, and when it was last said to be at risk; None if not `since`."""
    mine = [
        (each.at, each.said)
        for each in told
        if each.said is not None and (each.said.clock, each.said.agreement) == (kind, terms.agreement.id)
    ]
    breaches = tuple(said.due for _, said in mine if said.is_breach)
    return breaches, max((at for at, said in mine if not said.is_breach and at >= since), default=None)


def _micros(seconds: float) -> int:
    return int(seconds * 1_000_000)
