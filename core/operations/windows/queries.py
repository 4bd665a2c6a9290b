"""Every read of maintenance windows. It knows no other house's commands, for monitoring asks it what is planned."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.catalog.tables import component
from core.endings.model import Ending, Sort
from core.errors import NotFound
from core.operations.windows.model import LATE, Scope, Window, WindowState
from core.operations.windows.tables import maintenance_window
from core.timekeeping import from_micros, instant_or_none, to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

_C = maintenance_window.c
OPEN = (WindowState.COMING, WindowState.RUNNING)
MOST = 500
"""So many windows that are over are listed, the newest."""


def to_window(row: Any) -> Window:
    """Returns the value of a row of `maintenance_window`."""
    return Window(
        row.id, row.version, WindowState(row.state), scope_from(row.scope), row.owner, row.reason, row.zone,
        from_micros(row.begins_at), from_micros(row.ends_at), from_micros(row.made_at), row.made_by, row.every, row.at,
        row.length_s, row.last_on, instant_or_none(row.began_at), instant_or_none(row.ended_at), row.ended_by,
    )  # fmt: skip


def scope_from(text: str) -> Scope:
    """Returns what a window covers, as it is kept."""
    kept = json.loads(text)
    return Scope(*(tuple(kept.get(name, ())) for name in ("components", "services", "zones")))


def windows(connection: Connection, *, over: bool = False) -> list[Window]:
    """Returns those that hold or are to come, the first to begin first; with `over` also the others, the newest of them first."""
    query = select(maintenance_window).where(_C.state.in_(OPEN)).order_by(_C.begins_at, _C.id)
    found = [to_window(row) for row in connection.execute(query).all()]
    if over:
        ended = (
            select(maintenance_window).where(_C.state.not_in(OPEN)).order_by(_C.ends_at.desc(), _C.id.desc())
        )
        found += [to_window(row) for row in connection.execute(ended.limit(MOST)).all()]
    return found


def some_windows(connection: Connection, ids: Sequence[int]) -> list[Window]:
    """Returns the windows of these numbers."""
    rows = connection.execute(select(maintenance_window).where(_C.id.in_(ids))).all()
    return [to_window(row) for row in rows]


def one_window(connection: Connection, window_id: int) -> Window:
    """Returns one; raises NotFound."""
    found = some_windows(connection, [window_id])
    if not found:
        raise NotFound(f"there is no window W-{window_id}", next_step="watchfloor windows --all lists them")
    return found[0]


def planned_for(connection: Connection, ids: Iterable[str], now: datetime) -> dict[str, Window]:
    """Returns which of these components are in maintenance at an instant, each with the window of it that ends last.

    The windows themselves are asked, not what the board shows of them. One whose end is just past holds a little longer: its
    end is written within a second, and has what was found in it confirmed anew.
    """
    at = to_micros(now)
    query = select(maintenance_window).where(
        _C.state.in_(OPEN), _C.begins_at <= at, _C.ends_at > to_micros(now - LATE)
    )
    holding = [
        each for each in map(to_window, connection.execute(query).all())
        if each.ends_at > now or each.state is WindowState.RUNNING
    ]  # fmt: skip
    if not holding:
        return {}
    asked = sorted(ids)
    found: dict[str, Window] = {}
    for start in range(0, len(asked), 500):
        columns = select(component.c.id, component.c.service, component.c.zone)
        for row in connection.execute(columns.where(component.c.id.in_(asked[start : start + 500]))):
            covering = [each for each in holding if each.scope.holds(*row)]
            if covering:
                found[row.id] = max(covering, key=lambda each: (each.ends_at, -each.id))
    return found


def endings_until(connection: Connection, now: datetime, until: datetime) -> list[Ending]:
    """Returns the windows that hold or are to come and end by an instant; what nobody has ended stands among them."""
    query = select(maintenance_window).where(_C.state.in_(OPEN), _C.ends_at <= to_micros(until))
    found = map(to_window, connection.execute(query.order_by(_C.ends_at, _C.id)).all())
    return [
        Ending(
            Sort.WINDOW, each.label, f"raises no incident of {each.scope.short}", each.owner, each.reason, each.ends_at,
            begins_at=each.begins_at if each.state is WindowState.COMING else None,
        )
        for each in found
        if each.state is WindowState.RUNNING or each.ends_at > now
    ]  # fmt: skip
