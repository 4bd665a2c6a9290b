"""What the always-on part is behind with, for every console: a journal that does not hold, clocks and escalations that run late.

The duties say what troubles them in their leases, of which no entry tells. Lateness is judged by what is due: whoever
keeps the duty beats on while a pass takes too long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.desk.clocks import announcing
from core.desk.escalation import paging
from core.journal import seals
from core.store.lease import leases_of
from core.timekeeping import age, from_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

LATE_S = 60.0
"""What was due so long ago and is not done is late: a look comes every second."""


class OwnWatch(NamedTuple):
    """Why the journal is not sealed (empty: nothing hinders it), and since when the oldest clock and escalation step are due.

    These are None where none is due or nobody keeps that duty: that no agent is in force is said elsewhere.
    """

    unsealed: str = ""
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
    return OwnWatch(str(sealing.info.get("trouble") or "") if sealing else "", clock_due, step_due)
