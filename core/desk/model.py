"""The words of the desk: incidents, their states, and which follows which."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import NotPossible

if TYPE_CHECKING:
    from datetime import datetime

    from core.desk.clocks.promised import Clock
    from core.desk.major.model import Major


class IncidentState(StrEnum):
    """Where an incident stands, in the order of its life."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in progress"
    REOPENED = "reopened"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def is_unsolved(self) -> bool:
        """Tells whether somebody still has to mend something."""
        return self not in {IncidentState.RESOLVED, IncidentState.CLOSED}


FOLLOWS: dict[IncidentState, frozenset[IncidentState]] = {
    IncidentState.OPEN: frozenset(
        {IncidentState.ACKNOWLEDGED, IncidentState.IN_PROGRESS, IncidentState.RESOLVED}
    ),
    IncidentState.ACKNOWLEDGED: frozenset({IncidentState.IN_PROGRESS, IncidentState.RESOLVED}),
    IncidentState.IN_PROGRESS: frozenset({IncidentState.RESOLVED}),
    IncidentState.REOPENED: frozenset(
        {IncidentState.ACKNOWLEDGED, IncidentState.IN_PROGRESS, IncidentState.RESOLVED}
    ),
    IncidentState.RESOLVED: frozenset({IncidentState.CLOSED, IncidentState.REOPENED}),
    IncidentState.CLOSED: frozenset({IncidentState.REOPENED}),
}
"""Which state may follow which. Taking back is a compensating entry and not bound by this table."""


def check_follows(incident: str, now: IncidentState, wanted: IncidentState) -> None:
    """Raises NotPossible when `wanted` may not follow `now`."""
    if wanted not in FOLLOWS[now]:
        allowed = ", ".join(sorted(FOLLOWS[now]))
        raise NotPossible(
            f"{incident} is {now}; it cannot become {wanted}", next_step=f"It can become: {allowed}"
        )


def check_not_closed(incident: str, now: IncidentState, done: str) -> None:
    """Raises NotPossible when the incident is closed, for what is `done` only to one that is not."""
    if now is IncidentState.CLOSED:
        raise NotPossible(
            f"{incident} is closed; it cannot be {done}", next_step="Open it again first, with the reason"
        )


@dataclass(frozen=True, slots=True)
class Incident:
    """An interruption or degradation of a service, or the threat of one. Written I-207."""

    id: int
    version: int
    state: IncidentState
    severity: int  # 1 worst … 4
    component: str
    service: str
    title: str
    opened_at: datetime
    opened_by: str
    owner: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    cleared_at: datetime | None = None  # its component recovered
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    resolution: str = ""
    told_at: datetime | None = None  # who waits was told last how it stands
    due: datetime | None = None  # when the next of its promises is due
    affected: tuple[str, ...] = ()  # components that are unreachable behind its own
    clocks: tuple[Clock, ...] = ()  # what agreements promise of it, where that was asked for
    problem: int | None = None  # the number of the problem it comes from
    major: Major | None = None  # since it was declared a major incident, also after that was over

    @property
    def label(self) -> str:
        """Returns how people name it: I-207."""
        return f"I-{self.id}"

    @property
    def is_major(self) -> bool:
        """Tells whether it is a major incident now: declared, and not stood down."""
        return self.major is not None and self.major.is_on

    @property
    def was_looked_at(self) -> bool:
        """Tells whether a person took note of its present failure; False on a resolved one: cleared, but nobody looked."""
        return self.acknowledged_at is not None

    @property
    def standing(self) -> str:
        """Returns its state in words, with what must not be overlooked."""
        if self.state is IncidentState.RESOLVED and not self.was_looked_at:
            return "cleared, nobody looked"
        if self.state.is_unsolved and self.cleared_at is not None:
            return f"{self.state}, cleared"
        return str(self.state)
