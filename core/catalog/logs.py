"""What is declared of logs, as frozen values: where one is, how it is written, and what is looked for in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LogKind = Literal["auth", "postgresql", "web", "generic"]
LogFormat = Literal["lines", "journal"]
Level = Literal["info", "low", "high", "critical"]


@dataclass(frozen=True, slots=True)
class LogPattern:
    """What is looked for in a log beside what its kind knows: a regular expression, and from how many on it is a signal.

    `by` is a named group of the expression: each of its values is counted by itself. Empty: all are counted together.
    """

    name: str
    match: str
    contains: str = ""  # what each of its lines holds, letter by letter: looked for first, for it is cheap
    level: Level = "low"
    count: int = 1
    within_s: float = 600.0
    by: str = ""
    across: bool = False  # counted over all logs of the zone that have a pattern of this name, and say so


@dataclass(frozen=True, slots=True)
class SigmaText:
    """A Sigma rule as written. Its meaning is core.security.signals' business."""

    id: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class LogSource:
    """A log that an agent reads for signs of a breach."""

    id: str
    title: str
    kind: LogKind
    path: str
    format: LogFormat = "lines"
    component: str = ""  # whose log it is; incidents are opened about it
    host: str = ""
    zone: str = ""  # whose agent reads it; empty: the one at home
    time_zone: str = "UTC"  # of stamps that name none
    usual_gap_s: float = 0.0  # between two lines, as it is usual; 0: as it was measured
    unit: str = ""  # the unit of the component: its start without a run is a signal
    patterns: tuple[LogPattern, ...] = ()

    @property
    def name(self) -> str:
        """Returns how people name it: its title, and where it is from."""
        place = self.host or self.component
        return f"{self.title} of {place}" if place else self.title
