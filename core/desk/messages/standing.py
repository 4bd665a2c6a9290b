"""How the sending stands, in three numbers. Light: every console looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from core.desk.messages.model import TO_DECIDE, MessageState
from core.desk.messages.tables import message
from core.timekeeping import age, from_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

LATE_S = 120.0
"""A message that waits for longer goes out late, and every console says so."""


class Outbox(NamedTuple):
    """How the sending stands: since when the oldest unsent message waits (None: nothing waits), and counts."""

    oldest_at: datetime | None = None
    waiting: int = 0
    undelivered: int = 0
    unknown: int = 0

    def late_s(self, now: datetime) -> float | None:
        """Returns for how many seconds the oldest message waits, where that is late; None where nothing is."""
        waits = (now - self.oldest_at).total_seconds() if self.oldest_at is not None else 0.0
        return waits if waits > LATE_S else None

    def trouble(self, now: datetime) -> str:
        """Returns in a line what every console says: that messages go out late, that somebody must decide; empty for neither."""
        late_s, to_decide = self.late_s(now), self.undelivered + self.unknown
        words = [] if late_s is None else [f"{self.waiting} unsent, the oldest for {age(late_s)}"]
        if to_decide:
            words.append(f"{to_decide} to decide about")
        return f"messages: {'; '.join(words)} (:messages)" if words else ""


def outbox(connection: Connection) -> Outbox:
    """Returns how the sending stands."""
    query = select(message.c.state, func.count(), func.min(message.c.created_at)).where(
        message.c.state.in_((MessageState.WAITING, *TO_DECIDE))
    )
    found = {row[0]: (row[1], row[2]) for row in connection.execute(query.group_by(message.c.state)).all()}
    waiting, oldest = found.get(MessageState.WAITING, (0, None))
    return Outbox(
        None if oldest is None else from_micros(oldest), waiting,
        *(found.get(state, (0, None))[0] for state in (MessageState.UNDELIVERED, MessageState.UNKNOWN)),
    )  # fmt: skip
