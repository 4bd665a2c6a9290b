"""Leases: each always-on duty is held by one process at a time.

The holder beats; every write it makes names its token, so that a holder that was paused and replaced
cannot write (a fencing token: M. Kleppmann, How to do distributed locking, 2016). A lease is dead when
it was given up, or when its beat has not moved for LOST_S on a clock of the observer that nobody sets.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    Named,
    Table,
    Text,
    TypedColumns,
    bindparam,
    insert,
    or_,
    select,
    update,
)

from core.errors import Unavailable
from core.journal.model import Subject
from core.pulse import Pulse
from core.store.metadata import metadata
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection

    from core.store.work import Work

BEAT_S = 1.0
LOST_S = 6.0


class LeaseColumns(TypedColumns):
    """Columns of `lease`: one row a duty; instants in microseconds UTC, `info` a JSON object for people."""

    duty: Named[str] = Column(Text, primary_key=True)
    holder: Named[str] = Column(Text)
    token: Named[int] = Column(Integer)
    beat_at: Named[int] = Column(BigInteger)
    until: Named[int] = Column(BigInteger)
    info: Named[str] = Column(Text)


lease = Table("lease", metadata, LeaseColumns)
_OF_DUTY = select(lease).where(lease.c.duty == bindparam("of_duty"))
_OF_DUTY_AND_PARTS = (
    select(lease)
    .where(or_(lease.c.duty == bindparam("of_duty"), lease.c.duty.like(bindparam("parts"))))
    .order_by(lease.c.duty)
)


class LeaseLost(Unavailable):
    """Another process holds the duty now; this one must stop working at it."""

    title = "Replaced"


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds a duty, under which token, and when it last gave a sign of life by its own clock."""

    duty: str
    holder: str
    token: int
    beat_at: datetime
    until: datetime
    info: dict[str, Any]

    @property
    def is_given_up(self) -> bool:
        """Tells whether its holder ended it."""
        return self.until <= self.beat_at

    @property
    def holder_in_words(self) -> str:
        """Returns which process holds it, as people find it."""
        host, pid = self.info.get("host"), self.info.get("pid")
        return f"process {pid} on {host}" if host and pid else f"held by {self.holder}"


class LeaseSight:
    """A duty's lease as one observer sees it, who looks again and again."""

    def __init__(self, pulse: Pulse | None = None) -> None:
        self._pulse = pulse or Pulse()
        self._dead_token: int | None = None
        self.held: Lease | None = None

    def look(self, held: Lease | None) -> None:
        """Takes in the lease that stands now; to be called at every look."""
        self.held = held
        if held is not None:
            self._pulse.look((held.token, held.beat_at, held.until), held.beat_at)

    def note_death(self) -> None:
        """Notes that the observer knows otherwise that the holder is dead: its silence need not be waited for."""
        if self.held is not None:
            self._dead_token = self.held.token

    @property
    def is_known_dead(self) -> bool:
        """Tells whether the holder is one whose death was noted."""
        return self.held is not None and self.held.token == self._dead_token

    @property
    def stands(self) -> bool:
        """Tells whether its holder is at work: not given up, beating, and not only said to beat in the future."""
        return (
            self.held is not None
            and not self.held.is_given_up
            and not self.is_known_dead
            and not self._pulse.is_doubtful
            and self._pulse.silent_s < LOST_S
        )

    @property
    def is_doubtful(self) -> bool:
        """Tells whether only another look can tell: what is known is one beat, ahead of the observer's clock."""
        return self.held is not None and not self.held.is_given_up and self._pulse.is_doubtful

    @property
    def silent_s(self) -> float | None:
        """Returns the age of the last beat in seconds; None when nobody ever held the duty."""
        return self._pulse.silent_s if self.held is not None else None


def lease_of(connection: Connection, duty: str) -> Lease | None:
    """Returns the lease of a duty, live or not; None when nobody ever held it."""
    row = connection.execute(_OF_DUTY, {"of_duty": duty}).first()
    return None if row is None else _lease(row)


def leases(connection: Connection, duty: str) -> list[Lease]:
    """Returns the leases of a duty and of its parts (`duty:part`), live or not, by duty."""
    return [_lease(row) for row in connection.execute(_OF_DUTY_AND_PARTS, _parts(duty))]


def leases_of(connection: Connection, duties: Collection[str]) -> dict[str, Lease]:
    """Returns the leases of some duties, live or not, by duty; nothing of one that nobody ever held."""
    rows = connection.execute(select(lease).where(lease.c.duty.in_(duties))).all()
    return {row.duty: _lease(row) for row in rows}


def wait_for_holders(work: Work, duty: str) -> None:
    """Waits for what the holders of a duty and of its parts are writing now: each begins with its beat."""
    work.connection.execute(_OF_DUTY_AND_PARTS.with_for_update(), _parts(duty)).all()


def _parts(duty: str) -> dict[str, str]:
    return {"of_duty": duty, "parts": f"{duty}:%"}


def _locked(work: Work, duty: str) -> Lease | None:
    """Returns the lease of a duty, which nobody else takes before this work is done."""
    row = work.connection.execute(_OF_DUTY.with_for_update(), {"of_duty": duty}).first()
    return None if row is None else _lease(row)


def _lease(row: Any) -> Lease:
    return Lease(
        row.duty,
        row.holder,
        row.token,
        from_micros(row.beat_at),
        from_micros(row.until),
        json.loads(row.info),
    )


def take_lease(
    work: Work, duty: str, holder: str, *, over: Lease | None = None, info: dict[str, Any] | None = None
) -> int:
    """Takes a duty and returns the new token.

    `info` says of the holder what people want to know. A lease that was not given up is taken only when it is
    `over`: the one the caller watched and saw dead, and which has not beaten since. Raises Unavailable when
    another holds it.
    """
    held = _locked(work, duty)
    if held is not None and not held.is_given_up and not _is_same(held, over):
        raise Unavailable(
            f"{duty} is already at work, {held.holder_in_words}",
            next_step="Nothing was started. This duty is free as soon as that one ends",
        )
    token = held.token + 1 if held else 1
    values = _beat_values(work.now) | {"holder": holder, "token": token, "info": json.dumps(info or {})}
    if held is None:
        work.connection.execute(insert(lease).values(duty=duty, **values))
    else:
        work.connection.execute(update(lease).where(lease.c.duty == duty).values(**values))
    silent = held.holder if held is not None and not held.is_given_up else None
    work.record(
        "lease.taken", Subject("lease", duty),
        {
            "holder": (held.holder if held else None, holder), "token": (held.token if held else None, token),
            "over": (None, silent),
        },
    )  # fmt: skip
    return token


def beat(work: Work, duty: str, token: int, info: dict[str, Any] | None = None) -> None:
    """Gives the sign of life, with figures for people; raises LeaseLost when the duty went to another."""
    values = _beat_values(work.now)
    if info is not None:
        values["info"] = json.dumps(info)
    done = work.connection.execute(
        update(lease).where(lease.c.duty == duty, lease.c.token == token).values(**values)
    )
    if done.rowcount != 1:
        raise _lost(duty)


def last_beat_info(work: Work, duty: str, token: int) -> dict[str, Any]:
    """Returns what the holder with that token said with its last beat, once a beat that is just being written is.

    Raises LeaseLost when the duty went to another.
    """
    held = _locked(work, duty)
    if held is None or held.token != token:
        raise _lost(duty)
    return held.info


def give_up_lease(work: Work, duty: str, token: int) -> None:
    """Ends the own lease at once, so that a successor need not wait."""
    held, now = _locked(work, duty), to_micros(work.now)
    if held is None or held.token != token:
        return
    work.connection.execute(update(lease).where(lease.c.duty == duty).values(beat_at=now, until=now))
    work.record("lease.given_up", Subject("lease", duty), {"until": (to_micros(held.until), now)})


def _lost(duty: str) -> LeaseLost:
    return LeaseLost(f"another process has taken over {duty}", next_step="This one ends; nothing is lost")


def _is_same(held: Lease, other: Lease | None) -> bool:
    return other is not None and (held.token, held.beat_at) == (other.token, other.beat_at)


def _beat_values(now: datetime) -> dict[str, Any]:
    return {"beat_at": to_micros(now), "until": to_micros(now + timedelta(seconds=LOST_S))}
