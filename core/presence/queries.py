"""Every read of presence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core.presence.model import Open, Present
from core.presence.tables import presence
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ALL = select(presence).order_by(presence.c.seat)


def everyone(connection: Connection) -> tuple[Present, ...]:
    """Returns every console that said it is here and has not said that it left; the dead among them tells `Roll`."""
    return tuple(
        Present(
            row.seat, row.actor, row.host, Open(row.view, row.subject, row.editing), from_micros(row.since),
            from_micros(row.beat),
        )
        for row in connection.execute(_ALL).all()
    )  # fmt: skip
