"""The words of problems: their states, which follows which, and when one is offered or suggested. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import NotPossible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from core.desk.model import Incident

RECURS = 3
"""So many incidents of one component within RECURS_WITHIN suggest a problem.

Two may be one fault that was mended badly, which reopening shows; a third says that mending it each time is not enough.
"""
RECURS_WITHIN = timedelta(days=7)
"""A week holds every weekday once: what comes with the week's work is in it, what comes with the quarter's is not."""


class ProblemState(StrEnum):
    """Where a problem stands, in the order of its life."""

    OPEN = "open"
    KNOWN_ERROR = "known error"  # its cause is known, and what to do until it is mended
    SOLVED = "solved"
    CLOSED = "closed"

    @property
    def is_unsolved(self) -> bool:
        """Tells whether its incidents may still come again."""
        return self in {ProblemState.OPEN, ProblemState.KNOWN_ERROR}


FOLLOWS: dict[ProblemState, frozenset[ProblemState]] = {
    ProblemState.OPEN: frozenset({ProblemState.KNOWN_ERROR, ProblemState.SOLVED, ProblemState.CLOSED}),
    ProblemState.KNOWN_ERROR: frozenset({ProblemState.SOLVED, ProblemState.CLOSED}),
    ProblemState.SOLVED: frozenset({ProblemState.CLOSED, ProblemState.OPEN, ProblemState.KNOWN_ERROR}),
    ProblemState.CLOSED: frozenset({ProblemState.OPEN, ProblemState.KNOWN_ERROR}),
}
"""Which state may follow which. Taking back is a compensating entry and not bound by this table."""

EDITABLE = ("title", "component", "service", "owner", "cause", "workaround")
"""The fields a person writes."""


def check_follows(problem: str, now: ProblemState, wanted: ProblemState) -> None:
    """Raises NotPossible when `wanted` may not follow `now`."""
    if wanted not in FOLLOWS[now]:
        allowed = ", ".join(sorted(FOLLOWS[now]))
        raise NotPossible(
            f"{problem} is {now}; it cannot become {wanted}", next_step=f"It can become: {allowed}"
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """What lies behind one or more incidents. Written P-12."""

    id: int
    version: int
    state: ProblemState
    title: str
    component: str
    service: str
    owner: str
    cause: str
    workaround: str  # what helps until it is mended
    solution: str  # how it was mended
    opened_at: datetime
    opened_by: str
    known_at: datetime | None = None
    solved_at: datetime | None = None
    solved_by: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""
    outcome: str = ""  # what was seen after it was solved, or why it was given up
    incidents: int = 0  # how many belong to it, where that was asked for

    @property
    def label(self) -> str:
        """Returns how people name it: P-12."""
        return f"P-{self.id}"

    @property
    def missing(self) -> tuple[str, ...]:
        """Returns what a known error needs and nobody has written yet, in the words of its form."""
        return tuple(
            name for name, text in (("cause", self.cause), ("workaround", self.workaround)) if not text
        )


def offered_for(incident: Incident, problems: Iterable[Problem]) -> list[Problem]:
    """Returns the known errors whose workaround helps with an incident that is not solved: its own, then those of its component.

    One of a component that another problem was found for is not offered: somebody looked, and knows better.
    """
    if not incident.state.is_unsolved:
        return []
    known = [each for each in problems if each.state is ProblemState.KNOWN_ERROR]
    if incident.problem is not None:
        return [each for each in known if each.id == incident.problem]
    mine = [each for each in known if incident.component and each.component == incident.component]
    return sorted(mine, key=lambda each: -each.id)


def recurring_in(
    incidents: Iterable[Incident], problems: Iterable[Problem], now: datetime
) -> list[Recurring]:
    """Returns the components that failed RECURS times or more within RECURS_WITHIN, and for which no problem is open, the worst first.

    An incident that somebody has linked to a problem does not count: of that the cause is looked for.
    """
    found: dict[str, list[Incident]] = {}
    for each in incidents:
        if each.component and each.problem is None and now - RECURS_WITHIN < each.opened_at <= now:
            found.setdefault(each.component, []).append(each)
    looked_at = {each.component for each in problems if each.state.is_unsolved}
    suggested = []
    for component, mine in found.items():
        if len(mine) >= RECURS and component not in looked_at:
            mine.sort(key=lambda each: each.id)
            suggested.append(Recurring(component, mine[-1].service, tuple(each.id for each in mine)))
    return sorted(suggested, key=lambda each: (-len(each.incidents), each.component))


@dataclass(frozen=True, slots=True)
class Recurring:
    """A component that fails again and again: how often within RECURS_WITHIN, and its newest incident.

    `incidents` are the numbers of those that belong to no problem, the oldest first.
    """

    component: str
    service: str
    incidents: tuple[int, ...]

    @property
    def words(self) -> str:
        """Returns what is to be said of it: how often, in which time, and that nobody looks for the cause."""
        days = RECURS_WITHIN.days
        return f"{len(self.incidents)} incidents of {self.component} in {days} days, and no problem is open for it"
