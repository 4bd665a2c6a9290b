"""The clocks of a page of items as they are kept beside them: enough to say on each line how its promises stand.

They are read for a page at once and not worked out anew; `promised` works them out, and explains them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, select

from core.desk.clocks.model import ClockKind
from core.desk.tables import clock
from core.store.among import among, numbers
from core.store.plain_rows import plain_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

FOREVER = 2**62


class Stand(StrEnum):
    """How a promise stands at an instant, in the word that a line says it with."""

    RUNS = "runs"
    AT_RISK = "at risk"  # less than a fifth of it is left
    BROKEN = "broken"  # it was due, and is still to be kept
    PAUSED = "paused"
    KEPT = "kept"
    KEPT_LATE = "kept late"
    OVER = "over"  # nothing is promised any more


class KeptClock(NamedTuple):
    """One promise of an item, as it is kept. Instants in microseconds UTC; see `core.desk.tables.clock`."""

    kind: ClockKind
    agreement: str
    due: int | None
    risk_at: int | None
    met_at: int | None
    ended_at: int | None
    broken_at: int | None

    @property
    def is_pending(self) -> bool:
        """Tells whether it is still to be kept."""
        return self.met_at is None and self.ended_at is None

    def stand(self, at: int) -> Stand:
        """Returns how it stands at an instant (microseconds UTC)."""
        if self.ended_at is not None:
            return Stand.OVER
        if self.met_at is not None:
            is_late = self.broken_at is not None and self.kind is not ClockKind.UPDATE
            return Stand.KEPT_LATE if is_late else Stand.KEPT
        if self.due is None:
            return Stand.PAUSED
        if self.due <= at:
            return Stand.BROKEN
        return Stand.AT_RISK if self.risk_at is not None and self.risk_at <= at else Stand.RUNS


_COLUMNS = (
    clock.c.subject_id, clock.c.kind, clock.c.agreement, clock.c.due, clock.c.risk_at, clock.c.met_at,
    clock.c.ended_at, clock.c.broken_at,
)  # fmt: skip
_OF = select(*_COLUMNS).where(
    clock.c.subject_kind == bindparam("of_kind"), among(clock.c.subject_id, "of_ids")
)
_PLACED = {str(kind): (place, kind) for place, kind in enumerate(ClockKind)}


def kept_rows(connection: Connection, kind: str, ids: Iterable[int]) -> dict[int, list[Any]]:
    """Returns the rows of the clocks of items of a kind by number, for `kept_in`. At most some hundred items at once."""
    found: dict[int, list[Any]] = {}
    for row in plain_rows(connection, _OF, {"of_kind": kind, "of_ids": numbers(ids)}):
        found.setdefault(row[0], []).append(row)
    return found


def kept_in(rows: Iterable[Any]) -> tuple[KeptClock, ...]:
    """Returns the clocks in rows of `kept_rows`: answer, update, resolution."""
    placed = sorted((*_PLACED[name], *rest) for _, name, *rest in rows)
    return tuple(KeptClock(*clock) for _, *clock in placed)


def next_kept(clocks: Sequence[KeptClock]) -> KeptClock | None:
    """Returns the promise that is due next, of those that are still to be kept; one that is paused where none runs."""
    pending = [each for each in clocks if each.is_pending]
    return min(pending, key=lambda each: FOREVER if each.due is None else each.due, default=None)


def kept_of(clocks: Sequence[KeptClock], kind: ClockKind) -> KeptClock | None:
    """Returns the promise of a kind that is most urgent where several agreements make one; None where none does."""
    of_kind = [each for each in clocks if each.kind is kind]
    pending = next_kept(of_kind)
    return pending if pending is not None else (of_kind[-1] if of_kind else None)
