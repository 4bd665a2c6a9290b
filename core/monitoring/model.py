"""The words of monitoring: states, readings, and what is known of a probe and of a component.

Pure values only. The rules over them are `ranges`, `evaluation`, `flapping` and `reachability`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class State(StrEnum):
    """The state of a component or of one probe."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"
    STOPPED = "stopped"
    PENDING = "pending"

    @property
    def severity(self) -> int:
        """Returns how bad it is: 0 good … 5 worst; the order in which a board shows states and the worst of several is found."""
        return _SEVERITY[self]


# Checkmk's order (ok < pending < warning < unknown < critical) with ours between: what was stopped on
# purpose is not a fault, what is unreachable has its fault elsewhere.
_SEVERITY = {
    State.OK: 0,
    State.STOPPED: 1,
    State.PENDING: 1,
    State.WARNING: 2,
    State.UNREACHABLE: 3,
    State.UNKNOWN: 4,
    State.CRITICAL: 5,
}


MATCHES = "matches"
"""The metric of a `file` probe: how many lines with its pattern were written within its time."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of a reading. Limits are range texts as the source gave them (perfdata), empty if none."""

    name: str
    value: float
    unit: str = ""  # s, ms, %, B, MB, c (a counter) or empty
    warning: str = ""
    critical: str = ""
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one run of a probe found, before thresholds.

    `verdict` is OK, WARNING, CRITICAL or UNKNOWN: what the probe itself says. `summary` is one
    printable line in an operator's words; `detail` printable lines, at most 64 KiB. The first
    metric is the one drawn. `phases` are seconds of each part (dns, connect, tls, first_byte, total).
    """

    verdict: State
    summary: str
    metrics: tuple[Metric, ...] = ()
    detail: str = ""
    phases: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Stopped:
    """A component is down on purpose: who said so, why, and since when."""

    by: str
    reason: str
    at: datetime


def is_put_in_doubt(status: Status) -> bool:
    """Tells whether a failure was told of that is to be confirmed, by looks taken after it was told."""
    return status.state is State.CRITICAL and not status.confirmed and status.stopped is None


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A component is in maintenance: in which window, by its number, and until when."""

    window: int
    until: datetime

    @property
    def label(self) -> str:
        """Returns how people name the window: W-3."""
        return f"W-{self.window}"


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of a component now.

    `roots` names the components that are down before it, when it is unreachable. While it is in maintenance its state is what
    its probes find, and raises nothing.
    """

    id: str
    version: int
    state: State
    confirmed: bool
    since: datetime
    summary: str
    flapping: bool = False
    roots: tuple[str, ...] = ()
    stopped: Stopped | None = None
    maintenance: Maintenance | None = None

    @property
    def is_down(self) -> bool:
        """Tells whether its failure is certain: confirmed critical, opening an incident."""
        return self.state is State.CRITICAL and self.confirmed
