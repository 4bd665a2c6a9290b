"""A filter as a tree: what an item has to be. Pure values, each printed as it would be typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.desk.finding.fields import Kind

UNITS: Final = {"m": 60, "h": 3600, "d": 86400, "w": 604800}
NOBODY: Final = ""
ME: Final = "\0me"
"""The name that stands for whoever looks."""


class Op(StrEnum):
    """How a value is compared."""

    IS = ":"
    EXACTLY = "="
    BELOW = "<"
    UPTO = "<="
    ABOVE = ">"
    FROM = ">="


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without a part: everything."""

    parts: tuple[Tree, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """One of at least two parts holds."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Tree


@dataclass(frozen=True, slots=True)
class Said:
    """These folded words stand one behind the other in its texts."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """Its state is one of those that these words stand for."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """What that word of `FLAGS` says is so."""

    word: str


@dataclass(frozen=True, slots=True)
class Name:
    """A field begins with one of the values, or is exactly one of them; NOBODY: it is empty; ME: it is who looks."""

    field: str
    values: tuple[str, ...]
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A number compares so with one of the values; of several values it is one."""

    field: str
    op: Op
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """It is the item with that label: R-7."""

    kind: Kind
    number: int


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time before or after now; minutes, hours, days or weeks."""

    amount: int
    unit: str
    is_other_way: bool = False

    @property
    def length(self) -> timedelta:
        """Returns its length, negative where it counts the other way."""
        return timedelta(seconds=UNITS[self.unit] * self.amount * (-1 if self.is_other_way else 1))

    def __str__(self) -> str:
        return f"{'-' if self.is_other_way else ''}{self.amount}{self.unit}"


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or a minute of it, in UTC."""

    at: datetime
    is_minute: bool = False

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%M}" if self.is_minute else f"{self.at:%Y-%m-%d}"


class Word(StrEnum):
    """An instant or a day in one word."""

    NOW = "now"
    TODAY = "today"
    YESTERDAY = "yesterday"
    TOMORROW = "tomorrow"
    NONE = "none"


Moment = Span | Day | Word


@dataclass(frozen=True, slots=True)
class When:
    """An instant compares so with a moment; with `last`, it lies from the one to the other, both of them in it."""

    field: str
    op: Op
    moment: Moment
    last: Moment | None = None


Tree = All | Either | Not | Said | State | Flag | Name | Number | Label | When
EVERYTHING: Final = All()


def stretch(moment: Moment, now: datetime) -> tuple[datetime, datetime]:
    """Returns the beginning and the end (not in it) of what a moment names: a day, a minute, or an instant."""
    match moment:
        case Day(at, is_minute):
            return at, at + (timedelta(minutes=1) if is_minute else timedelta(days=1))
        case Span():
            raise TypeError(moment)
        case Word.NOW:
            return now, now + timedelta(microseconds=1)
        case _:
            day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            day += timedelta(days={Word.YESTERDAY: -1, Word.TOMORROW: 1}.get(moment, 0))
            return day, day + timedelta(days=1)
