"""Runs whose conductor is gone: they have a way out, `lost`, and nothing stays running for ever."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.journal.agent_wording import process_called
from core.operations.model import RunState
from core.operations.queries import ACTIVE
from core.operations.reports import end_run
from core.operations.tables import run
from core.pulse import Pulse
from core.timekeeping import from_micros, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime

    from core.store.work import Work

LOST_AFTER_S = 15.0
"""Without a sign of life for this long a run's conductor is gone."""


class Conductors:
    """The signs of life of the conductors of all runs that have not ended, as one observer sees them."""

    def __init__(
        self, *, steady: Callable[[], float] = time.monotonic, wall: Callable[[], datetime] = utc_now
    ) -> None:
        self._steady, self._wall = steady, wall
        self._pulses: dict[int, Pulse] = {}

    def look(self, signs: dict[int, tuple[Hashable, datetime]]) -> list[int]:
        """Takes in the last sign of each run that has not ended, and returns which of them are lost.

        None is at its first look: the clock may have been set since its sign was given.
        """
        known, self._pulses = self._pulses, {}
        for number, (sign, at) in signs.items():
            self._pulses[number] = known.get(number) or Pulse(steady=self._steady, wall=self._wall)
            self._pulses[number].look(sign, at)
        return [n for n in signs if n in known and self._pulses[n].silent_at_look_s >= LOST_AFTER_S]


def lose_runs(work: Work, seen: Conductors) -> list[int]:
    """Marks as lost every run whose conductor was seen to give no sign of life for LOST_AFTER_S; returns their numbers."""
    rows = work.connection.execute(
        select(run.c.id, run.c.conductor, run.c.beat_at, run.c.created_at).where(run.c.state.in_(ACTIVE))
    ).all()
    signs: dict[int, tuple[Hashable, datetime]] = {
        row.id: ((row.conductor, row.beat_at), from_micros(row.beat_at or row.created_at)) for row in rows
    }
    lost = set(seen.look(signs))
    for row in rows:
        if row.id in lost:
            who = process_called(row.conductor) or "no process"
            reason = "has given no sign of life" if row.conductor else "took it up"
            text = f"{who} {reason}; what it began may still be running: look before you repeat it"
            end_run(work, row.id, RunState.LOST, text)
    return [row.id for row in rows if row.id in lost]
