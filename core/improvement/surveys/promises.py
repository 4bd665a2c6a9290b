"""Which promises of a request were kept, set beside what its requester answered."""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, bindparam, case, func, or_, select

from core.desk.clocks.model import ClockKind
from core.desk.tables import clock
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection


class HowKept(StrEnum):
    """How what was promised of a request was kept, all agreements and clocks together."""

    ALL = "all kept"
    BROKEN = "one broken"
    NOTHING = "nothing promised"


class Promise(NamedTuple):
    """One promise of a request: whose, about what, and when it was broken first, be it made good later; None where it was not."""

    agreement: str
    kind: ClockKind
    broken_at: datetime | None
    is_pending: bool

    @property
    def words(self) -> str:
        """Returns it in words: `resolve broken 2026-03-02 14:00Z`."""
        if self.broken_at is not None:
            return f"{self.kind} broken {self.broken_at:%Y-%m-%d %H:%M}Z"
        return f"{self.kind} {'not broken so far' if self.is_pending else 'kept'}"


_PENDING = and_(clock.c.met_at.is_(None), clock.c.ended_at.is_(None))
BROKEN = or_(
    clock.c.broken_at.is_not(None),
    and_(_PENDING, clock.c.due <= bindparam("now")),
    and_(~_PENDING, clock.c.next_at.is_not(None)),
)
"""Whether a kept clock was broken by `now`. Of one that is over only a breach can still be owed to the journal."""
_BROKEN_AT = case(
    (BROKEN, func.coalesce(clock.c.broken_at, case((_PENDING, clock.c.due), else_=clock.c.next_at)))
)
_OF_REQUEST = select(
    clock.c.agreement, clock.c.kind, _BROKEN_AT.label("broken_at"), _PENDING.label("is_pending")
).where(clock.c.subject_kind == "request", clock.c.subject_id == bindparam("of_id"))
_PLACES = {kind: place for place, kind in enumerate(ClockKind)}
COUNTED = (
    select(
        clock.c.subject_id,
        func.count().label("promised"),
        func.count(clock.c.kind).filter(BROKEN).label("broken"),
    )
    .where(clock.c.subject_kind == "request")
    .group_by(clock.c.subject_id)
)
"""Of each request of which something is promised how many promises there are, and how many of them were broken by `now`."""


def how_kept(promised: int | None, broken: int | None) -> HowKept:
    """Returns how so many promises were kept, of which so many were broken."""
    if not promised:
        return HowKept.NOTHING
    return HowKept.BROKEN if broken else HowKept.ALL


def promises_kept(connection: Connection, request_id: int, now: datetime) -> tuple[Promise, ...]:
    """Returns the promises of a request as they are kept beside it, by agreement: answer, update, resolution."""
    rows = connection.execute(_OF_REQUEST, {"of_id": request_id, "now": to_micros(now)}).all()
    return tuple(
        sorted((_promise(row) for row in rows), key=lambda each: (each.agreement, _PLACES[each.kind]))
    )


def promises_words(promises: Iterable[Promise]) -> str:
    """Returns which promises were kept, by agreement: `gold: respond kept, resolve broken 2026-03-02 14:00Z`."""
    by_agreement: dict[str, list[str]] = defaultdict(list)
    for each in promises:
        by_agreement[each.agreement].append(each.words)
    return "; ".join(f"{name}: {', '.join(words)}" for name, words in by_agreement.items()) or HowKept.NOTHING


def _promise(row: Any) -> Promise:
    broken_at = None if row.broken_at is None else from_micros(row.broken_at)
    return Promise(row.agreement, ClockKind(row.kind), broken_at, bool(row.is_pending))
