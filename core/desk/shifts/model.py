"""What changed since somebody last looked, and what one shift tells the next. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from core.journal.wording import first_line, label

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from core.journal.model import Entry


@dataclass(slots=True)
class Changed:
    """What happened to one item since: its title, each thing in words, and when the last of it was."""

    about: str
    number: int
    title: str = ""
    is_new: bool = False
    state: tuple[str, str] | None = None
    priority: tuple[int, int] | None = None
    owner: tuple[str, str] | None = None
    said: list[str] = field(default_factory=list)
    broken: int = 0
    at_risk: int = 0
    notes: int = 0
    at: datetime | None = None
    seq: int = 0
    who: dict[str, None] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Returns how people name the item."""
        return label(self.about, str(self.number))

    @property
    def words(self) -> str:
        """Returns what happened, the worst first."""
        found = []
        if self.broken:
            found.append(f"broke {self.broken} promise{'s' if self.broken > 1 else ''}")
        elif self.at_risk:
            found.append("at risk")
        if self.is_new:
            found.append("opened")
        if self.state and self.state[0] != self.state[1]:
            found.append(f"{self.state[0]} → {self.state[1]}" if self.state[0] else self.state[1])
        if self.priority and self.priority[0] != self.priority[1]:
            found.append(f"priority {self.priority[0]} → {self.priority[1]}")
        if self.owner and self.owner[0] != self.owner[1]:
            found.append(f"owner {self.owner[0] or 'nobody'} → {self.owner[1] or 'nobody'}")
        if self.said:
            times = f" {len(self.said)} times" if len(self.said) > 1 else ""
            found.append(f"its requester said{times}: {first_line(self.said[-1])}")
        if self.notes:
            found.append(f"{self.notes} note{'s' if self.notes > 1 else ''}")
        return "; ".join(found)


_UNTOLD = ("message_", "clocks_mended", "survey_asked", "survey_expired")


def changes(entries: Iterable[Entry], person: str) -> list[Changed]:
    """Returns what happened to each request and incident in these entries (oldest first), but for what the person did.

    Broken promises come first, then what requesters said, then the newest. An item to which only the person did
    something is left out, and one that ended as it began.
    """
    found: dict[tuple[str, str], Changed] = {}
    for entry in entries:
        what = entry.kind.partition(".")[2]
        if (
            entry.subject.kind not in {"request", "incident"}
            or not entry.subject.id.isdecimal()
            or what.startswith(_UNTOLD)
        ):
            continue
        item = found.setdefault(
            (entry.subject.kind, entry.subject.id), Changed(entry.subject.kind, int(entry.subject.id))
        )
        _take_in(item, entry, what, is_own=entry.actor == person)
    told = [item for item in found.values() if item.who and item.words]
    return sorted(told, key=lambda item: (not item.broken, not item.said, -item.seq))


def _take_in(item: Changed, entry: Entry, what: str, *, is_own: bool) -> None:
    """Own changes are followed, for what others did begins from them, but they are no news."""
    item.title = str(entry.after("title", item.title))
    grade = "priority" if entry.subject.kind == "request" else "severity"
    for name, key in (("state", "state"), (grade, "priority"), ("owner", "owner")):
        if name not in entry.changes:
            continue
        before, now = entry.changes[name]
        was = getattr(item, key)
        if is_own:
            begins = now  # where the person left it
        elif was is not None:
            begins = was[0]
        else:
            begins = now if before is None else before
        setattr(item, key, (begins, now))
    if is_own:
        return
    item.who[entry.actor] = None
    item.at, item.seq = entry.at, entry.seq
    if what == "opened":
        item.is_new = True
        item.state = item.owner = item.priority = None
    elif what == "said":
        item.said.append(entry.note)
    elif what == "breached":
        item.broken += 1
    elif what == "at_risk":
        item.at_risk += 1
    elif what in {"noted", "told"}:
        item.notes += 1


class Topic(StrEnum):
    """What a line of a handover is about, in the order in which they are told."""

    MAJOR = "major"
    BROKEN = "broken promise"
    AT_RISK = "at risk"
    DUE = "due next shift"
    WAITING = "waiting ends"
    RUN = "run"
    QUIET = "not watched"
    NOBODY = "nobody's"
    DONE = "this shift"
    WORDS = "in own words"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a handover; `about` is the label of what it is about, empty for a sum. Accepted: by whom, and when."""

    number: int
    topic: Topic
    about: str
    text: str
    by: str = ""
    accepted_by: str = ""
    accepted_at: datetime | None = None


class HandoverState(StrEnum):
    """Where a handover stands."""

    OPEN = "open"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Handover:
    """What one shift tells the next. Written HO-7. It is taken when its last line is accepted, never before."""

    id: int
    version: int
    state: HandoverState
    begun_at: datetime
    begun_by: str
    since: datetime  # of what was opened and closed
    until: datetime  # the end of the shift that comes
    upto: int  # the journal's entry up to which it was computed
    lines: tuple[Line, ...]
    ended_at: datetime | None = None
    ended_by: str = ""

    @property
    def label(self) -> str:
        """Returns how people name it: HO-7."""
        return f"HO-{self.id}"

    @property
    def open_lines(self) -> tuple[Line, ...]:
        """Returns the lines that nobody has accepted."""
        return tuple(line for line in self.lines if line.accepted_at is None)
