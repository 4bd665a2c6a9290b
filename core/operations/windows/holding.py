"""Beginning and ending windows, and marking what they cover. The agent does it in time; people's own commands do it at once.

What is marked follows from the windows that hold: it is compared and set right, so that nothing is lost and nothing is done
twice, whoever was killed in between.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core.journal.model import Subject
from core.monitoring.commands import begin_maintenance, end_maintenance
from core.monitoring.model import Maintenance
from core.monitoring.tables import component_state
from core.operations.windows.model import LATE, WindowState
from core.operations.windows.queries import OPEN, to_window
from core.operations.windows.recurrence import next_time, rule_of
from core.operations.windows.scope import covered_by
from core.operations.windows.tables import maintenance_window
from core.store.lease import beat
from core.store.rows import revise
from core.timekeeping import age, from_micros, to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.journal.appending import Recorded
    from core.operations.windows.model import Window
    from core.operations.windows.recurrence import Span
    from core.store.work import Work

DUTY = "windows"
AT_ONCE = 200
"""So many windows and components change in one transaction of the agent."""
_C, _S = maintenance_window.c, component_state.c


def subject(window_id: int) -> Subject:
    """Returns the journal's subject of a window."""
    return Subject("window", str(window_id))


def begin(work: Work, row: Any) -> None:
    """Has a window hold from now on."""
    late = work.now - from_micros(row.begins_at)
    note = f"begun {age(late.total_seconds())} late" if late > LATE else ""
    after = {"state": WindowState.RUNNING, "began_at": to_micros(work.now)}
    revise(work, maintenance_window, row, "window.began", after, subject=subject(row.id), note=note)


def end(work: Work, row: Any, *, note: str = "", by: str = "") -> None:
    """Ends this time of a window; one that recurs is to come again, until its last day."""
    late = work.now - from_micros(row.ends_at)
    if not note and late > LATE:
        note = f"ended {age(late.total_seconds())} late"
    advance(work, row, "window.ended", note, by=by)


def miss(work: Work, row: Any) -> None:
    """Says of a window whose time went by without anybody beginning it that it did not hold."""
    advance(work, row, "window.missed", "no agent was there to begin it", by="")


def advance(work: Work, row: Any, kind: str, note: str, *, by: str) -> None:
    """Leaves this time of a window behind: the next one that is still to end is to come, or it is over."""
    coming = _next(row, work.now)
    after: dict[str, Any]
    if coming is None:
        over = {"window.missed": WindowState.MISSED, "window.skipped": WindowState.CANCELLED}
        after = {"state": over.get(kind, WindowState.OVER), "ended_at": to_micros(work.now), "ended_by": by}
    else:
        begins_at, ends_at = coming
        after = {
            "state": WindowState.COMING, "began_at": None, "begins_at": to_micros(begins_at), "ends_at": to_micros(ends_at),
        }  # fmt: skip
    revise(work, maintenance_window, row, kind, after, subject=subject(row.id), note=note)


def _next(row: Any, now: datetime) -> Span | None:
    """Returns the next time of a window after its present one that is not over yet; None where there is none."""
    if not row.every:
        return None
    length, after = timedelta(seconds=row.length_s), from_micros(row.begins_at)
    rule, last = rule_of(row.every), date.fromisoformat(row.last_on)
    return next_time(rule, row.at, row.zone, length, last, max(after, now - length))


def settle(work: Work, at_most: int) -> bool:
    """Marks what the windows that hold cover, and takes away the marks of what none covers; tells whether more is left."""
    marks, ends = _differing(work.connection)
    left = at_most
    for window, ids in sorted(marks.items(), key=lambda each: each[0].id):
        some, left = ids[: max(left, 0)], left - len(ids)
        if some:
            until = Maintenance(window.id, window.ends_at)
            begin_maintenance(work, some, until, cause=_told(work, window.id))
    for window_id, ids in sorted(ends.items()):
        some, left = ids[: max(left, 0)], left - len(ids)
        if some:
            end_maintenance(work, some, cause=_told(work, window_id))
    return left < 0


def _told(work: Work, window_id: int) -> Recorded | None:
    """Returns what this work has just recorded of a window; None where it was recorded before."""
    return next((each for each in reversed(work.recorded) if each.subject == subject(window_id)), None)


def _differing(connection: Connection) -> tuple[dict[Window, list[str]], dict[int, list[str]]]:
    """Returns the components to be marked, by the window they are in, and those whose mark of which window is to go."""
    running = [
        to_window(row)
        for row in connection.execute(select(maintenance_window).where(_C.state == WindowState.RUNNING))
    ]
    wanted = {
        name: max((running[place] for place in places), key=lambda each: (each.ends_at, -each.id))
        for name, places in covered_by(connection, [each.scope for each in running]).items()
    }
    marked = select(_S.id, _S.window_id, _S.window_until).where(_S.window_id.is_not(None)).order_by(_S.id)
    held = {row.id: (row.window_id, row.window_until) for row in connection.execute(marked)}
    marks: defaultdict[Window, list[str]] = defaultdict(list)
    for name, window in wanted.items():
        if held.get(name) != (window.id, to_micros(window.ends_at)):
            marks[window].append(name)
    ends: defaultdict[int, list[str]] = defaultdict(list)
    for name, (window_id, _) in held.items():
        if name not in wanted:
            ends[window_id].append(name)
    return marks, ends


# The agent's part


def is_window_due(connection: Connection, now: datetime) -> bool:
    """Tells whether a window is to begin or to end by now."""
    at = to_micros(now)
    begins = connection.scalar(select(func.min(_C.begins_at)).where(_C.state == WindowState.COMING))
    ends = connection.scalar(select(func.min(_C.ends_at)).where(_C.state == WindowState.RUNNING))
    return (begins is not None and begins <= at) or (ends is not None and ends <= at)


def is_unsettled(connection: Connection) -> bool:
    """Tells whether what is marked is not what the windows that hold cover."""
    marks, ends = _differing(connection)
    return bool(marks or ends)


def keep_windows(work: Work, token: int, at_most: int = AT_ONCE) -> bool:
    """Begins and ends what is due, and sets the marks right; tells whether there may be more.

    Raises LeaseLost when the duty went to another.
    """
    beat(work, DUTY, token)
    at = to_micros(work.now)
    is_due = ((_C.state == WindowState.COMING) & (_C.begins_at <= at)) | (
        (_C.state == WindowState.RUNNING) & (_C.ends_at <= at)
    )
    query = select(maintenance_window).where(_C.state.in_(OPEN), is_due).order_by(_C.ends_at, _C.id)
    rows = work.connection.execute(query.limit(at_most).with_for_update()).all()
    for row in rows:
        if row.state == WindowState.RUNNING:
            end(work, row)
        elif row.ends_at <= at:
            miss(work, row)
        else:
            begin(work, row)
    is_more = settle(work, at_most)
    work.is_quiet = not work.recorded
    return is_more or len(rows) == at_most
