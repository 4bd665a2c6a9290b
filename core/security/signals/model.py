"""The words of signals: how grave one is, where it stands, which state follows which, and what a reader of logs is to say. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from core.counting import counted
from core.errors import NotPossible

if TYPE_CHECKING:
    from datetime import date, datetime

MOST_SUPPRESSED_DAYS = 366
"""So far ahead a signal is suppressed at most: an end beyond that is none."""
USUAL_SUPPRESSED_DAYS = 7
MOST_SAMPLES = 8
"""So many lines are kept of a signal as its evidence: the first ones and the last."""
MOST_A_DAY = 50
"""So many signals of one rule in one log stand by themselves on a day; what comes beyond goes into one."""
MOST_WHOLES = 16
"""So many addresses of a group are told apart when it is asked whether each of them is suppressed."""
OTHERS = "(others)"
"""What that one is about."""


class Severity(StrEnum):
    """How grave a signal is, gravest first. What is only counted is info."""

    CRITICAL = "critical"
    HIGH = "high"
    LOW = "low"
    INFO = "info"

    @property
    def grade(self) -> int:
        """Returns its place: 0 is the gravest."""
        return _GRADES[self]

    @property
    def of_incident(self) -> int:
        """Returns the severity of an incident that is made of such a signal: 1 worst … 4."""
        return _GRADES[self] + 1


_GRADES = {severity: place for place, severity in enumerate(Severity)}


class SignalState(StrEnum):
    """Where a signal stands."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"  # somebody judged it, with a reason
    SUPPRESSED = "suppressed"  # until an instant, by somebody, for a reason
    INCIDENT = "incident"

    @property
    def is_open(self) -> bool:
        """Tells whether somebody still has to judge it."""
        return self is SignalState.NEW


_S = SignalState
FOLLOWS: dict[SignalState, frozenset[SignalState]] = {
    _S.NEW: frozenset({_S.ACKNOWLEDGED, _S.SUPPRESSED, _S.INCIDENT}),
    _S.ACKNOWLEDGED: frozenset({_S.NEW, _S.SUPPRESSED, _S.INCIDENT}),
    _S.SUPPRESSED: frozenset({_S.NEW, _S.SUPPRESSED, _S.INCIDENT}),
    _S.INCIDENT: frozenset(),
}
"""What follows what. Where an incident is made of it, the incident is what is worked on: that is its way out."""


def check_follows(signal: str, now: SignalState, wanted: SignalState) -> None:
    """Raises NotPossible when `wanted` may not follow `now`."""
    follows = FOLLOWS[now]
    if wanted not in follows:
        step = f"It can become: {', '.join(sorted(follows))}" if follows else "Work on its incident"
        raise NotPossible(f"{signal} is {now}; it cannot become {wanted}", next_step=step)


class Raised(NamedTuple):
    """What a reading brings for one signal: by which rule, about whom or what, on which day, how often, and some of its lines.

    `wholes` are the addresses it came from, where it is about a group of addresses (`few_of`).
    """

    rule: str
    severity: Severity
    title: str
    about: str
    times: int
    first: int  # microseconds UTC
    last: int
    samples: tuple[str, ...]
    under: str = ""  # what it stands under instead of the log it was read in: several of them
    wholes: frozenset[str] = frozenset()


def few_of(about: str, wholes: frozenset[str]) -> frozenset[str]:
    """Returns the addresses of a group while they are few; else the group itself, which stands for all."""
    return wholes if len(wholes) <= MOST_WHOLES else frozenset((about,))


def among_others(raised: Raised) -> Raised:
    """Returns what was raised as a part of what is beyond MOST_A_DAY: its samples say whom each is about."""
    return raised._replace(about=OTHERS, samples=tuple(f"{raised.about}: {each}" for each in raised.samples))


def grew(told: int, count: int) -> bool:
    """Tells whether a count is to be told of again: at 10, 100, 1000 … times one."""
    return len(str(count)) > len(str(told))


def kept_samples(before: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the lines that are kept of those before and those that came: the first ones, and the last."""
    every = [*before, *(line for line in more if line not in before)]
    if len(every) <= MOST_SAMPLES:
        return tuple(every)
    first = MOST_SAMPLES // 2
    return (*every[:first], *every[first - MOST_SAMPLES :])


def kept_words(found: Signal) -> str:
    """Returns how many of the lines that showed it are kept, beside which its count says how often it was seen."""
    return f"{counted(len(found.samples), 'line')} kept" if found.samples else "no line is kept"


def together_with(before: Raised, more: Raised) -> Raised:
    """Returns what two readings bring for one signal."""
    return before._replace(
        times=before.times + more.times,
        first=min(before.first, more.first),
        last=max(before.last, more.last),
        samples=kept_samples(before.samples, more.samples),
        wholes=few_of(before.about, before.wholes | more.wholes),
    )


@dataclass(frozen=True, slots=True)
class Signal:
    """A sign of a breach, grouped: one rule, one log, one subject, one day. Written SG-12."""

    id: int
    version: int
    state: SignalState
    severity: Severity
    rule: str
    title: str
    source: str  # the log it was read in
    place: str  # how people name that log
    component: str
    about: str  # an address, an account, or nothing: the log itself
    day: date
    count: int
    told: int  # the count that the journal told last
    first_at: datetime
    last_at: datetime
    samples: tuple[str, ...]
    owner: str = ""
    why: str = ""
    judged_by: str = ""
    judged_at: datetime | None = None
    suppression: int | None = None
    incident: int | None = None

    @property
    def label(self) -> str:
        """Returns how people name it: SG-12."""
        return f"SG-{self.id}"

    @property
    def standing(self) -> str:
        """Returns its state in words, with what it led to."""
        if self.state is SignalState.INCIDENT and self.incident is not None:
            return f"incident I-{self.incident}"
        if self.state is SignalState.SUPPRESSED and self.suppression is not None:
            return f"suppressed by SU-{self.suppression}"
        return str(self.state)


@dataclass(frozen=True, slots=True)
class Suppression:
    """Signals of one rule in one log about one subject count on, and are shown to nobody, until an instant. Written SU-3."""

    id: int
    version: int
    state: str  # "in force", "ended"
    rule: str
    source: str
    about: str
    owner: str
    reason: str
    begins_at: datetime
    ends_at: datetime
    made_by: str
    ended_at: datetime | None = None
    ended_by: str = ""

    @property
    def label(self) -> str:
        """Returns how people name it: SU-3."""
        return f"SU-{self.id}"
