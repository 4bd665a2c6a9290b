"""How the readers of logs stand: a reader that sees nothing for long is stale, never clean."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.catalog.logs import LogSource
from core.catalog.queries import declared_log_sources
from core.counting import counted
from core.security.signals.reading.files import Position
from core.security.signals.tables import log_reader
from core.timekeeping import age, from_micros

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

STALE_TIMES = 10
"""A log is silent for longer than usual once no line came for so many times its usual gap."""
LEAST_STALE_S = 60.0
UNSEEN_S = 3600.0
"""A log in which no line was ever seen is stale after so long."""
UNREAD_S = 15.0
"""A log that was not looked at for so long is not being read."""
OFF_S = 60.0
OWN = LogSource("journal", "Watchfloor's journal", "generic", "")
"""What Watchfloor itself writes down is read as a log is."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How far a log was read, and what its reader counted so far. `is_at_work`: some agent has ever read it."""

    source: str
    name: str
    path: str
    usual_gap_s: float
    is_at_work: bool = False
    step: int = 0
    begun_at: datetime | None = None
    read_at: datetime | None = None
    line_at: datetime | None = None
    lines: int = 0
    used: int = 0
    unkeyed: int = 0
    cut: int = 0
    wrong: int = 0
    off_s: float = 0.0
    trouble: str = ""
    is_own: bool = False  # the journal: silence is nothing unusual in it

    @property
    def stale_s(self) -> float:
        """Returns after how many seconds of silence it is stale."""
        if not self.usual_gap_s:
            return UNSEEN_S
        return max(STALE_TIMES * self.usual_gap_s, LEAST_STALE_S)

    def silent_s(self, now: datetime) -> float:
        """Returns for how many seconds no line came."""
        since = self.line_at or self.begun_at or now
        return max((now - since).total_seconds(), 0.0)

    def is_silent(self, now: datetime) -> bool:
        """Tells whether no line came for much longer than usual."""
        return self.is_at_work and not self.is_own and self.silent_s(now) > self.stale_s

    def is_stale(self, now: datetime) -> bool:
        """Tells whether nothing can be concluded from its silence: not read, not readable, or silent for much longer than usual."""
        return not self.is_read(now) or bool(self.trouble) or self.is_silent(now)

    def is_read(self, now: datetime) -> bool:
        """Tells whether an agent looks at it."""
        return self.read_at is not None and (now - self.read_at).total_seconds() <= UNREAD_S

    def words(self, now: datetime) -> str:
        """Returns how it stands in one sentence: `auth of shop-1: no line for 3h, usually every 4m: STALE`."""
        return f"{self.name}: {self._standing(now)}"

    def _standing(self, now: datetime) -> str:
        if self.read_at is None:
            return "no agent has read it yet: STALE"
        if not self.is_read(now):
            return f"not read for {age((now - self.read_at).total_seconds())}: STALE"
        if self.trouble:
            return f"{self.trouble}: STALE"
        usual = f", usually every {age(self.usual_gap_s)}" if self.usual_gap_s >= 1 else ""
        if self.is_silent(now):
            what = "no line for" if self.line_at else "no line seen in"
            return f"{what} {age(self.silent_s(now))}{usual}: STALE"
        off = f", its clock is off by {_off(self.off_s)}" if abs(self.off_s) > OFF_S else ""
        if self.is_own:
            return "looked through to its end"
        if self.line_at is None:
            return f"no line yet{off}"
        return f"a line {age(self.silent_s(now))} ago{usual}{off}"

    def figures(self) -> str:
        """Returns what it counted: how much it read, how much of that was of use, and what was wrong with the rest."""
        said = [f"read {counted(self.lines, 'line')}, used {self.used}"]
        for count, what in (
            (self.unkeyed, "lacked what a rule counts by"), (self.cut, "cut, for they were too long"), (self.wrong, "with bytes that are no UTF-8"),
        ):  # fmt: skip
            if count:
                said.append(f"{count} {what}")
        return ", ".join(said)


def readers(connection: Connection) -> list[Reader]:
    """Returns the reader of every log that is declared, by id; last that of the journal, once an agent has looked through it."""
    rows = {row.source: row for row in connection.execute(select(log_reader)).all()}
    found = [_reader(source, rows.get(source.id)) for source in declared_log_sources(connection).values()]
    if OWN.id in rows:
        found.append(replace(_reader(OWN, rows[OWN.id]), is_own=True))
    return found


def is_looked_through(connection: Connection, now: datetime) -> bool:
    """Tells whether an agent looks through the journal at an instant, so that what is written into it is told."""
    row = connection.execute(select(log_reader).where(log_reader.c.source == OWN.id)).first()
    return row is not None and _reader(OWN, row).is_read(now)


def _reader(source: LogSource, row: Any) -> Reader:
    if row is None:
        return Reader(source.id, source.name, source.path, source.usual_gap_s)
    return Reader(
        source.id, source.name, source.path, source.usual_gap_s or row.gap_s, True, row.step, from_micros(row.begun_at),
        from_micros(row.read_at), None if row.line_at is None else from_micros(row.line_at), row.lines, row.used, row.unkeyed, row.cut,
        row.wrong, row.off_s, row.trouble,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a reader stands: the number of its last step, the path it read, its place there, and its windows."""

    step: int
    path: str
    place: Position
    windows: list[Any]


def kept_of(connection: Connection, source: str) -> Kept | None:
    """Returns where the reader of a log stands; None where nobody has read it."""
    row = connection.execute(select(log_reader).where(log_reader.c.source == source)).first()
    if row is None:
        return None
    known = json.loads(row.place)
    fields: Mapping[str, Any] = {name: known[name] for name in Position.__slots__ if name in known}
    return Kept(row.step, row.path, Position(**fields), json.loads(row.windows))


def _off(seconds: float) -> str:
    return f"{age(abs(seconds))} {'ahead' if seconds > 0 else 'behind'}"
