"""What the always-on part is behind with, for every console: a journal that does not hold, clocks and escalations that run late.

The duties say what troubles them in their leases, of which no entry tells. Lateness is judged by what is due: whoever
keeps the duty beats on while a pass takes too long.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from core.desk.clocks import announcing
from core.desk.escalation import paging
from core.journal import seals
from core.security.signals.model import SignalState
from core.security.signals.rules import BROKEN
from core.security.signals.tables import signal
from core.store.lease import leases_of
from core.timekeeping import age, from_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_BROKEN = (
    select(signal.c.id, signal.c.samples)
    .where(
        signal.c.state == SignalState.NEW, signal.c.grade == BROKEN.level.grade, signal.c.rule == BROKEN.id
    )
    .order_by(signal.c.newest)
    .limit(1)
)
LATE_S = 60.0
"""What was due so long ago and is not done is late: a look comes every second."""


class OwnWatch(NamedTuple):
    """Why the journal is not sealed or does not hold (empty: nothing hinders it), and since when the oldest clock and escalation step are due.

    These are None where none is due or nobody keeps that duty: that no agent is in force is said elsewhere.
    """

    unsealed: str = ""
    broken: str = ""
    clock_due: datetime | None = None
    step_due: datetime | None = None

    def late(self, now: datetime) -> list[str]:
        """Returns in words what runs late."""
        due = (("clocks", self.clock_due), ("escalations", self.step_due))
        behind = ((what, (now - at).total_seconds()) for what, at in due if at is not None)
        return [
            f"{what} are late: what was due {age(late_s)} ago is not done yet (watchfloor agents)"
            for what, late_s in behind
            if late_s > LATE_S
        ]


def own_watch(connection: Connection) -> OwnWatch:
    """Returns how the always-on part keeps up."""
    held = leases_of(connection, (seals.DUTY, announcing.DUTY, paging.DUTY))
    sealing = held.get(seals.DUTY)
    due = [
        asks(connection) if duty in held and not held[duty].is_given_up else None
        for duty, asks in ((announcing.DUTY, announcing.next_due), (paging.DUTY, paging.next_due))
    ]
    clock_due, step_due = (None if at is None else from_micros(at) for at in due)
    unsealed = str(sealing.info.get("trouble") or "") if sealing else ""
    return OwnWatch(unsealed, _broken(connection, unsealed), clock_due, step_due)


def _broken(connection: Connection, unsealed: str) -> str:
    """Returns what the newest signal of a broken journal says that nobody has judged, where the sealing does not say the same."""
    row = connection.execute(_BROKEN).first()
    if row is None:
        return ""
    what = json.loads(row.samples)[-1]
    return "" if unsealed.endswith(what) else f"SG-{row.id}: the journal does not hold: {what}"
