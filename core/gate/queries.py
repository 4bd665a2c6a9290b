"""Who may operate now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core.gate.model import Operating
from core.gate.tables import operating
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from sqlalchemy import Connection


def operating_at(connection: Connection, seat: str) -> Operating | None:
    """Returns what was last unlocked at `seat`, whether or not it has run out; None when never or locked again."""
    row = connection.execute(select(operating).where(operating.c.seat == seat)).first()
    if row is None:
        return None
    return Operating(row.seat, row.actor, row.reason, from_micros(row.since), from_micros(row.until))
