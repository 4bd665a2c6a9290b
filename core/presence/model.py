"""The words of presence: a console that is here, what it has open, and how it is seen to have gone."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.printable import printable
from core.pulse import Pulse
from core.timekeeping import EPOCH, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

BEAT_S = 30.0
"""How often a console that does nothing else says that it is still here."""
GONE_S = 75.0
"""Who has not been heard of for two and a half beats is no longer shown."""
LONGEST = 200
"""As many characters are kept of each part; a shared database refuses more."""

_DOING = {
    "component.release": "has watched again",
    "incident:new": "opens an incident on",
    "run.begin": "begins",
    "run.cancel": "ends",
    "run.skip": "skips a step of",
    "note": "writes a note on",
    "action": "writes",
    "action:new": "drafts a corrective action from",
    "problem": "writes",
    "problem:new": "opens a problem from",
    "problem.solve": "solves",
    "problem.close": "closes",
    "problem.reopen": "reopens",
    "major": "sees to",
    "action.close": "closes",
    "action.cancel": "gives up",
    "action.reopen": "reopens",
    "incident.resolve": "resolves",
    "incident.close": "closes",
    "incident.reopen": "reopens",
    "request.tell": "answers",
    "request.said": "writes on",
    "request.hand": "hands over",
    "request.wait": "has wait",
    "request.deliver": "delivers",
    "request.close": "closes",
    "request.cancel": "cancels",
    "request.refuse": "refuses",
    "request.admit": "lets in",
    "request.reopen": "reopens",
}
_KEEPS_BOTH = frozenset(
    {
        "action",
        "problem",
        "problem.solve",
        "problem.close",
        "problem.reopen",
        "action.close",
        "action.cancel",
        "action.reopen",
        "incident.resolve",
        "incident.close",
        "incident.reopen",
        "request.tell",
        "request.deliver",
        "request.close",
        "request.cancel",
        "request.refuse",
        "request.admit",
        "request.reopen",
    }
)
"""Where what two people write meets, and who saves later is shown both."""


@dataclass(frozen=True, slots=True)
class Open:
    """What a console has open: a view, the subject it shows (I-7), and where something is written.

    `editing` is the place of a draft: what is done, and to which subject (`incident.resolve:I-7`). All three may be
    empty.
    """

    view: str = ""
    subject: str = ""
    editing: str = ""

    def within_bounds(self) -> Open:
        """Returns it as it may be kept."""
        return Open(*(printable(text, LONGEST) for text in (self.view, self.subject, self.editing)))

    @property
    def words(self) -> str:
        """Returns view and subject in words: `incident I-7`, `board`; empty while nothing is open."""
        return " ".join(filter(None, (self.view, self.subject)))


def subject_written_in(place: str) -> str:
    """Returns the label of the subject that is written in at the place of a draft; empty where that is none."""
    return _taken_apart(place)[1]


def keeps_both(place: str) -> bool:
    """Tells whether what two people write at this place of a draft meets: who saves later is shown both texts."""
    return _taken_apart(place)[0] in _KEEPS_BOTH


def _taken_apart(place: str) -> tuple[str, str]:
    """Returns what is done at the place of a draft, and to which subject; both empty where it is none that others are told."""
    doing, _, subject = place.rpartition(":")
    known = doing if doing in _DOING else doing.partition("/")[0]  # which step, stands behind a stroke
    return (known, subject) if known in _DOING and subject else ("", "")


@dataclass(frozen=True, slots=True)
class Present:
    """A console that is here: who sits at it, from where, since when, and what is open there."""

    seat: str
    actor: str
    host: str
    open: Open
    since: datetime
    beat: datetime

    @property
    def shown(self) -> Present:
        """Returns what anybody is shown of it: all but its beat."""
        return replace(self, beat=EPOCH)

    @property
    def edited(self) -> str:
        """Returns the label of what is written in; empty when nothing that has one is."""
        return subject_written_in(self.open.editing)

    def has_open(self, label: str) -> bool:
        """Tells whether it has the subject of that label open, or writes in it."""
        return label in {self.open.subject, self.edited} - {""}

    def doing(self) -> str:
        """Returns what is written, in words: `resolves I-7`; empty when nothing is."""
        doing, subject = _taken_apart(self.open.editing)
        return f"{_DOING[doing]} {subject}" if subject else ""


def silent_s(each: Present, now: datetime) -> float:
    """Returns how long ago a console last said that it is here, for who can look but once and so must trust its clock."""
    return max((now - each.beat).total_seconds(), 0.0)


class Roll:
    """Who else is here, as one observer at `seat` sees it who looks again and again.

    A console is gone when its row is, or when its beat did not move for GONE_S on the observer's steady clock. How
    long that is, is judged at each look: an observer who cannot look knows of nobody that they left.
    """

    def __init__(
        self,
        seat: str,
        *,
        steady: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = utc_now,
    ) -> None:
        self._seat, self._steady, self._wall = seat, steady, wall
        self._pulses: dict[str, Pulse] = {}
        self.others: tuple[Present, ...] = ()

    def look(self, rows: Iterable[Present]) -> bool:
        """Takes in the rows that stand now; to be called at every look. Tells whether anything shown is different."""
        pulses: dict[str, Pulse] = {}
        here: list[Present] = []
        for row in rows:
            if row.seat == self._seat:
                continue
            pulse = pulses[row.seat] = self._pulses.get(row.seat) or Pulse(
                steady=self._steady, wall=self._wall
            )
            pulse.look(row.beat, row.beat)
            if pulse.silent_at_look_s < GONE_S:
                here.append(row.shown)
        self._pulses = pulses
        found = tuple(sorted(here, key=lambda each: (each.actor, each.since, each.seat)))
        if found == self.others:
            return False  # the same value stays the same: who shows it need not look again
        self.others = found
        return True


def with_open(others: Iterable[Present], label: str) -> list[Present]:
    """Returns who has a subject open, those who write in it first."""
    found = [each for each in others if each.has_open(label)]
    return sorted(found, key=lambda each: each.edited != label)


def writing_in(others: Iterable[Present], label: str) -> list[Present]:
    """Returns who writes in a subject."""
    return [each for each in others if label and each.edited == label]
