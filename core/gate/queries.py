"""Who may operate now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.endings.model import Ending, Sort
from core.gate.model import Operating
from core.gate.tables import operating
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def operating_at(connection: Connection, seat: str) -> Operating | None:
    """Returns what was last unlocked at `seat`, whether or not it has run out; None when never or locked again."""
    row = connection.execute(select(operating).where(operating.c.seat == seat)).first()
    if row is None:
        return None
    return _to_operating(row)


def unlocked_until(connection: Connection, now: datetime, until: datetime) -> list[Ending]:
    """Returns the seats in OPERATE now whose time is over by an instant."""
    query = select(operating).where(operating.c.until > to_micros(now), operating.c.until <= to_micros(until))
    found = [_to_operating(row) for row in connection.execute(query).all()]
    return [
        Ending(Sort.OPERATE, each.actor, f"may act on the service system from {each.seat}", each.actor, each.reason, each.until)
        for each in found
        if each.left_s(now)
    ]  # fmt: skip


def _to_operating(row: Any) -> Operating:
    return Operating(row.seat, row.actor, row.reason, from_micros(row.since), from_micros(row.until))
