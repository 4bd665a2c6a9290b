"""What would have happened: the values kept of a probe, judged by other ranges with the function that judges live. Pure, but for one read.

Of a look the first measure's value is kept, and what the probe itself said; other measures cannot be tried out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from core.catalog.queries import declared_component
from core.errors import BadInput
from core.monitoring.evaluation import ProbeState, evaluate
from core.monitoring.model import Metric, Reading, State
from core.monitoring.queries import samples_between
from core.monitoring.revisions.queries import probe_named
from core.monitoring.tables import probe_state
from core.timekeeping import age, to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.model import Probe, Threshold
    from core.monitoring.packing import Point
    from core.monitoring.revisions.model import Name

MOST = 20_000
"""So many values are tried out at most, the newest: some 60 ms."""
MOST_HOURS = 31 * 24
"""So far back they are looked for at most."""
HOUR_MS = 3_600_000
_DAY_MS = 24 * HOUR_MS
_VERDICT = {state.severity: state for state in (State.OK, State.WARNING, State.UNKNOWN, State.CRITICAL)}


@dataclass(frozen=True, slots=True)
class Values:
    """What is kept of a probe: its values, and which measure they are of; `is_cut` where there are older ones that were asked for, too."""

    probe: Probe
    metric: str
    unit: str
    points: Sequence[Point] = ()
    is_cut: bool = False

    @property
    def span(self) -> str:
        """Returns in words how much time lies between the first and the last of them."""
        return age((self.points[-1][0] - self.points[0][0]) / 1000) if self.points else "0s"

    def are_of(self, metric: str) -> bool:
        """Tells whether the values are of that measure."""
        return self.metric == metric


class Trial(NamedTuple):
    """What values come to by some ranges: how many there are, how many of them a warning or critical, and how often either was confirmed."""

    looks: int
    warning: int
    critical: int
    warnings_confirmed: int
    criticals_confirmed: int

    def share(self, count: int) -> float:
        """Returns which part of all looks that is."""
        return count / self.looks if self.looks else 0.0


class Figures(NamedTuple):
    """The values themselves."""

    number: int
    lowest: float
    middle: float
    highest: float


def values_of(connection: Connection, name: Name, now: datetime, hours: float = 24) -> Values:
    """Returns what is kept of the probe of a threshold from the last hours, the newest MOST at most.

    Raises NotFound, or BadInput where it is damaged, or asked for no time or for more than MOST_HOURS.
    """
    if not 0 < hours <= MOST_HOURS:
        raise BadInput(
            f"{hours:g} hours of values cannot be tried", where="hours",
            next_step=f"Say from 1 up to {MOST_HOURS}: that is {MOST_HOURS // 24} days",
        )  # fmt: skip
    probe = probe_named(declared_component(connection, name.component), name.probe)
    row = connection.execute(
        select(probe_state.c.number, probe_state.c.metric, probe_state.c.unit).where(
            probe_state.c.component == name.component, probe_state.c.probe == name.probe
        )
    ).first()
    until = to_micros(now) // 1000 + 1
    since = until - int(hours * HOUR_MS)
    if row is None:
        return Values(probe, "", "")
    points = _newest(connection, row.number, since, until)
    return Values(probe, row.metric, row.unit, points[-MOST:], is_cut=len(points) > MOST)


def _newest(connection: Connection, number: int, since: int, until: int) -> list[Point]:
    """Returns the samples of some last days, the oldest first: of so many days as it takes to have more than MOST."""
    found: list[Point] = []
    while since < until and len(found) <= MOST:
        begin = max(since, until - _DAY_MS)
        found = [*samples_between(connection, number, since=begin, until=until), *found]
        until = begin
    return found


def figures(values: Values) -> Figures | None:
    """Returns the lowest, the middle and the highest value; None where there is none."""
    known = [value for _, value, _ in values.points if value is not None]
    return Figures(len(known), min(known), median(known), max(known)) if known else None


def tried(values: Values, threshold: Threshold) -> Trial:
    """Returns what the values would have come to by these ranges alone, from a state that nothing is known of."""
    probe = replace(values.probe, thresholds=(threshold,))
    state = ProbeState()
    counts = {State.WARNING: 0, State.CRITICAL: 0}
    confirmed = dict(counts)
    looks = 0
    for at, value, severity in values.points:
        if value is None:
            continue  # it gave no value: that is no matter of ranges
        reading = Reading(
            _VERDICT.get(severity, State.OK), "", (Metric(threshold.metric, value, values.unit),)
        )
        before, state = state, evaluate(state, reading, probe, at * 1000).state
        looks += 1
        if state.raw in counts:
            counts[state.raw] += 1
        if (
            state.confirmed
            and state.state in confirmed
            and (before.state, before.confirmed) != (state.state, True)
        ):
            confirmed[state.state] += 1
    return Trial(
        looks,
        counts[State.WARNING],
        counts[State.CRITICAL],
        confirmed[State.WARNING],
        confirmed[State.CRITICAL],
    )
