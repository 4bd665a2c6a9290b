"""Every read of presence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core.presence.model import LONGEST, Open, Present
from core.presence.tables import presence
from core.printable import printable
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ALL = select(presence).order_by(presence.c.seat)


def everyone(connection: Connection) -> tuple[Present, ...]:
    """Returns every console that said it is here and has not said that it left; the dead among them tells `Roll`."""
    return tuple(
        Present(
            row.seat, printable(row.actor, LONGEST), printable(row.host, LONGEST),
            Open(row.view, row.subject, row.editing).within_bounds(), from_micros(row.since), from_micros(row.beat),
        )
        for row in connection.execute(_ALL).all()
    )  # fmt: skip
