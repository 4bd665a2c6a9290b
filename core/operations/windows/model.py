"""The words of maintenance windows: what they cover, where they stand, how long they may be. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from core.counting import counted
from core.timekeeping import age

if TYPE_CHECKING:
    from datetime import datetime

LONG = timedelta(hours=24)
"""What lasts longer, or comes again and again, is a lead's to plan."""
LONGEST = timedelta(days=31)
AHEAD = timedelta(days=366)
"""So far ahead a window may begin, and so long a recurring one may go on: then it is planned anew."""
PAST = timedelta(minutes=1)
"""So much before now one may begin: nothing is planned after the fact."""
LATE = timedelta(seconds=30)
"""An agent begins and ends windows within a second or two. What is later than this is said to be late."""
HOME = "home"
"""How people name the zone whose name is empty."""


class WindowState(StrEnum):
    """Where a window stands, in the order of its life."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"
    CANCELLED = "cancelled"
    MISSED = "missed"

    @property
    def is_open(self) -> bool:
        """Tells whether it holds now or may still come to."""
        return self in {WindowState.COMING, WindowState.RUNNING}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a window covers: components by id, and all of a service or of a zone, as declared at each moment of it."""

    components: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()

    def holds(self, component: str, service: str, zone: str) -> bool:
        """Tells whether a component is covered."""
        return component in self.components or service in self.services or (zone or HOME) in self.zones

    @property
    def words(self) -> str:
        """Returns it for people: `db-main, db-spare`, `service shop`, `zone ams`."""
        parts = [
            ", ".join(self.components),
            *(f"service {name}" for name in self.services),
            *(f"zone {name}" for name in self.zones),
        ]
        return ", ".join(filter(None, parts))

    @property
    def short(self) -> str:
        """Returns it in few letters: the first of several components stands for them, with how many more there are."""
        if len(self.components) > 1 and not self.services and not self.zones:
            return f"{self.components[0]} and {len(self.components) - 1} more"
        return self.words


@dataclass(frozen=True, slots=True)
class Window:
    """A maintenance window. Of a recurring one, `begins_at` and `ends_at` are the present occurrence's, else the next one's."""

    id: int
    version: int
    state: WindowState
    scope: Scope
    owner: str
    reason: str
    zone: str  # the IANA zone in which it was said
    begins_at: datetime
    ends_at: datetime
    made_at: datetime
    made_by: str
    every: str = ""  # how it recurs, as `recurrence` reads it; empty for once
    at: str = ""  # the local time at which a recurring one begins: 22:00
    length_s: int = 0  # how long each time of a recurring one is
    last_on: str = ""  # the last day on which a recurring one may begin
    began_at: datetime | None = None  # when this time of it was begun
    ended_at: datetime | None = None  # when the last time of it was ended, or the window cancelled
    ended_by: str = ""

    @property
    def label(self) -> str:
        """Returns how people name it: W-3."""
        return f"W-{self.id}"

    @property
    def recurs(self) -> bool:
        """Tells whether it comes again."""
        return bool(self.every)

    @property
    def over_at(self) -> datetime:
        """Returns when it was over, or is to be: one may be ended before its time."""
        return min(self.ended_at, self.ends_at) if self.ended_at is not None else self.ends_at

    def left(self, now: datetime) -> str:
        """Returns in how long it begins, or ends, `-3m` where that is past; nothing for one that is over."""
        if not self.state.is_open:
            return ""
        to = self.ends_at if self.begins_at <= now else self.begins_at
        seconds = (to - now).total_seconds()
        return age(seconds) if seconds >= 0 else f"-{age(-seconds)}"

    @property
    def rule(self) -> str:
        """Returns how it recurs, for people; empty for once."""
        return f"{self.every} at {self.at} {self.zone}, last on {self.last_on}" if self.recurs else ""

    def standing(self, now: datetime) -> str:
        """Returns where it stands, with what must not be overlooked: an agent that is not there neither begins nor ends it."""
        if self.state is WindowState.COMING and now - self.begins_at > LATE:
            return "not begun, no agent"
        if self.state is WindowState.RUNNING and now - self.ends_at > LATE:
            return "not ended, no agent"
        return str(self.state)


@dataclass(frozen=True, slots=True)
class Touched:
    """What a window would touch: shown before it is planned."""

    components: tuple[str, ...]
    services: tuple[str, ...]
    cut_off: tuple[str, ...]  # components that need these, and would be unreachable without them
    incidents: tuple[str, ...] = ()  # labels of incidents that stand for these and go on

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Returns it as lines of name and text."""
        lines = [
            ("covers", f"{counted(len(self.components), 'component')}: {_listed(self.components)}"),
            ("services", _listed(self.services) or "none"),
            ("behind", f"{_listed(self.cut_off)} would be unreachable" if self.cut_off else "nothing else needs them"),
        ]  # fmt: skip
        if self.incidents:
            lines.append(
                ("incident", f"{_listed(self.incidents)} goes on: what was there before is not planned")
            )
        return lines


def _listed(names: tuple[str, ...], most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def is_for_a_lead(length: timedelta, every: str = "") -> bool:
    """Tells whether only a lead may plan it: what lasts long, or comes again and again. A shared database looks at the same."""
    return bool(every) or length > LONG
