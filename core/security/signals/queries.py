"""Every read of signals, but for pages of the list and for how the readers of logs stand."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.errors import NotFound
from core.security.signals.model import Severity, Signal, SignalState, Suppression
from core.security.signals.tables import signal
from core.timekeeping import from_micros, instant_or_none

if TYPE_CHECKING:
    from sqlalchemy import Connection


def to_signal(row: Any) -> Signal:
    """Returns the value of a row of `signal`."""
    return Signal(
        id=row.id, version=row.version, state=SignalState(row.state), severity=Severity(row.severity), rule=row.rule,
        title=row.title, source=row.source, place=row.place, component=row.component, about=row.whom,
        day=date.fromisoformat(row.day), count=row.count, told=row.told, first_at=from_micros(row.first_at),
        last_at=from_micros(row.last_at), samples=tuple(json.loads(row.samples)), owner=row.owner, why=row.why,
        judged_by=row.judged_by, judged_at=instant_or_none(row.judged_at), suppression=row.suppression, incident=row.incident,
    )  # fmt: skip


def to_suppression(row: Any) -> Suppression:
    """Returns the value of a row of `suppression`."""
    return Suppression(
        id=row.id, version=row.version, state=row.state, rule=row.rule, source=row.source, about=row.whom, owner=row.owner,
        reason=row.reason, begins_at=from_micros(row.begins_at), ends_at=from_micros(row.ends_at), made_by=row.made_by,
        ended_at=instant_or_none(row.ended_at), ended_by=row.ended_by,
    )  # fmt: skip


def one_signal(connection: Connection, signal_id: int) -> Signal:
    """Returns one signal; raises NotFound."""
    row = connection.execute(select(signal).where(signal.c.id == signal_id)).first()
    if row is None:
        raise NotFound(
            f"there is no signal SG-{signal_id}", next_step="watchfloor signals --view all lists them"
        )
    return to_signal(row)
