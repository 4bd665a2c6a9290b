"""Every write of monitoring: states with their entries and incidents, samples, and stopping on purpose."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update

from core.catalog.queries import declared_component
from core.catalog.tables import component
from core.desk import commands as desk
from core.journal.model import Subject
from core.monitoring.likeness import failure_of
from core.monitoring.model import Maintenance, State, Status, Stopped
from core.monitoring.queries import to_status
from core.monitoring.tables import component_state, probe_state, sample_minute, sample_open
from core.operations.windows.queries import planned_for
from core.printable import printable, printable_lines
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row

    from core.journal.appending import Recorded
    from core.store.work import Work


_SAME_MINUTE = delete(sample_minute).where(
    sample_minute.c.probe == bindparam("b_probe"), sample_minute.c.minute == bindparam("b_minute")
)
_SAME_PROBE = delete(probe_state).where(probe_state.c.number == bindparam("b_number"))
_UNREACHABLE_ELSEWHERE = (
    select(component_state.c.id, component_state.c.roots)
    .join(component, component.c.id == component_state.c.id)
    .where(component_state.c.state == State.UNREACHABLE, component.c.zone != bindparam("other_than"))
)
_SAME_COMPONENT = update(component_state).where(component_state.c.id == bindparam("b_id"))


@dataclass(frozen=True, slots=True)
class Change:
    """A component whose state differs: what it is now, and what an incident of it would be called."""

    now: Status
    service: str
    title: str
    severity: int
    affected: tuple[str, ...] = ()  # components unreachable behind it, after this change


@dataclass(frozen=True, slots=True)
class ProbeRecord:
    """What is kept of a probe: for people, and (`data`, JSON) for the agent that continues after a restart."""

    number: int
    component: str
    probe: str
    state: State
    summary: str
    detail: str
    metric: str
    unit: str
    seen_at: int
    data: str


def subject(component_id: str) -> Subject:
    """Returns the journal's subject of a component."""
    return Subject("component", component_id)


def record_changes(work: Work, changes: Sequence[Change], zone: str | None = None) -> list[Status]:
    """Writes new states with their entries, and opens, reopens or clears incidents; roots come first.

    With a `zone`, in a house of several, what is unreachable in the others counts as affected too. Returns the statuses as they now stand. A component that was stopped on purpose in the meantime keeps
    that state; its status is returned as it stands.
    """
    standing = {status.id: status for status in _statuses(work, [change.now.id for change in changes])}
    planned = _planned(work, changes)
    with_incident = desk.with_incident(work, [change.now.id for change in changes])
    recorded: dict[str, Recorded] = {}
    answer: list[Status] = []
    stored: list[Status] = []
    for change in sorted(changes, key=lambda c: len(c.now.roots)):
        before = standing.get(change.now.id)
        if before is not None and before.stopped is not None:
            answer.append(before)
            continue
        cause = next((recorded[root] for root in change.now.roots if root in recorded), None)
        now = replace(
            change.now,
            version=before.version + 1 if before else 1,
            maintenance=before.maintenance if before else None,
        )
        note = planned.get(now.id, "")
        recorded[now.id] = entry = _record_status(work, before, now, cause=cause, note=note)
        if not note:
            _tell_desk(work, before, change, entry, has_incident=now.id in with_incident, zone=zone)
        stored.append(now)
    _store_statuses(work, stored)
    return answer + stored


def _planned(work: Work, changes: Sequence[Change]) -> dict[str, str]:
    """Returns of which of these the failure is planned for, as a maintenance window says, with the words for their entries.

    Nobody is told of it. What recovers is told as ever: an incident from before the window goes on.
    """
    failing = [change.now for change in changes if change.now.is_down]
    if not failing:
        return {}
    found = planned_for(work.connection, [now.id for now in failing], work.now)
    return {id_: f"planned, {each.label} until {each.ends_at:%Y-%m-%d %H:%M}Z" for id_, each in found.items()}


def _tell_desk(
    work: Work,
    before: Status | None,
    change: Change,
    entry: Recorded,
    *,
    has_incident: bool,
    zone: str | None,
) -> None:
    now = change.now
    was_down = before is not None and before.is_down
    if now.is_down and not was_down:
        title = f"{change.title} is {now.state}: {now.summary}"
        desk.raise_for_failure(work, now.id, change.service, title, change.severity, cause=entry)
    elif now.is_down and before is not None and failure_of(before.summary) != failure_of(now.summary):
        desk.retitle_for_cause(work, now.id, f"{change.title} is {now.state}: {now.summary}", cause=entry)
    elif has_incident and now.confirmed and now.state in {State.OK, State.WARNING}:
        desk.clear_after_recovery(work, now.id, cause=entry, is_ok=now.state is State.OK)
    if now.is_down:
        set_affected(work, now.id, change.affected, zone=zone, cause=entry)


def set_affected(
    work: Work,
    component_id: str,
    affected: Iterable[str],
    *,
    zone: str | None = None,
    cause: Recorded | None = None,
) -> None:
    """Lists what is unreachable behind a component on its incident, where it has one.

    With a `zone`, `affected` is what is so there, and what the database says of other zones is added.
    """

    def everywhere() -> set[str]:
        elsewhere = _unreachable_elsewhere(work, component_id, zone) if zone is not None else ()
        return {*affected, *elsewhere}

    desk.set_affected(work, component_id, everywhere, cause=cause)


def _unreachable_elsewhere(work: Work, root: str, zone: str) -> Sequence[str]:
    rows = work.connection.execute(_UNREACHABLE_ELSEWHERE, {"other_than": zone})
    return [row.id for row in rows if root in json.loads(row.roots)]


def of_zone(work: Work, ids: Sequence[str], zone: str) -> set[str]:
    """Returns which of these components the zone holds now; until this work is done none of them leaves it."""
    found: set[str] = set()
    for start in range(0, len(ids), 500):
        asked = select(component.c.id).where(
            component.c.id.in_(ids[start : start + 500]), component.c.zone == zone
        )
        found.update(work.connection.scalars(asked.with_for_update(read=True, key_share=True)))
    return found


def stop_on_purpose(
    work: Work, component_id: str, reason: str, *, cause: Recorded | int | None = None
) -> Status:
    """Marks a component as stopped on purpose by the actor: it raises nothing until it is released."""
    stopped = Stopped(work.actor, printable(reason, 500), work.now)
    before = _status(work, component_id)
    after = replace(
        before, state=State.STOPPED, confirmed=True, flapping=False, since=work.now, roots=(), stopped=stopped,
        summary=f"stopped on purpose by {stopped.by}: {stopped.reason}",
    )  # fmt: skip
    _store_status(work, before if before.version else None, after, "component.stopped", cause=cause)
    return after


def release_stopped(
    work: Work, component_id: str, *, cause: Recorded | int | None = None, note: str = ""
) -> None:
    """Ends `stopped on purpose`: the component is pending until its probes have looked. Nothing where it is not stopped."""
    before = next(iter(_statuses(work, [component_id])), None)
    if before is None or before.stopped is None:
        return
    after = replace(
        before, state=State.PENDING, confirmed=True, since=work.now, stopped=None, summary="not looked at yet"
    )
    _store_status(work, before, after, "component.released", cause=cause, note=note)


def begin_maintenance(
    work: Work, component_ids: Sequence[str], maintenance: Maintenance, *, cause: Recorded | int | None = None
) -> None:
    """Marks components as in maintenance up to an instant; one that is already is so for this window from now on.

    They go on being looked at. A component that nobody ever looked at is pending, and in maintenance.
    """
    known = {status.id: status for status in _statuses(work, component_ids)}
    for id_ in sorted(component_ids):
        before = known.get(id_)
        after = replace(before or _status(work, id_), maintenance=maintenance)
        _store_status(work, before, after, "component.maintenance_began", cause=cause)


def end_maintenance(work: Work, component_ids: Sequence[str], *, cause: Recorded | int | None = None) -> None:
    """Takes the marks away. A failure that no incident stands for is to be confirmed anew, by looks taken from now on."""
    worked_on = desk.with_incident(work, component_ids, unsolved=True)
    for before in _statuses(work, component_ids):
        is_owed = before.is_down and before.id not in worked_on
        after = replace(before, maintenance=None, confirmed=before.confirmed and not is_owed)
        _store_status(work, before, after, "component.maintenance_ended", cause=cause)


def forget_components(work: Work, component_ids: Iterable[str]) -> None:
    """Removes the states of components that are declared no longer; their entries and samples stay."""
    for component_id in component_ids:
        done = work.connection.execute(delete(component_state).where(component_state.c.id == component_id))
        if done.rowcount:
            work.record("component.forgotten", subject(component_id))


def add_samples(work: Work, samples: Sequence[tuple[int, int, float | None, int]]) -> None:
    """Adds samples (probe number, milliseconds UTC, value, severity) to the open hour."""
    if samples:
        work.connection.execute(
            insert(sample_open),
            [{"probe": p, "at": at, "value": value, "state": state} for p, at, value, state in samples],
        )


def add_minutes(work: Work, rows: Sequence[dict[str, Any]]) -> None:
    """Adds finished minutes (columns of `sample_minute`); one that is there already (a restart) is replaced."""
    if rows:
        rows = list(
            {(row["probe"], row["minute"]): row for row in rows}.values()
        )  # a clock set back writes one twice
        keys = [{"b_probe": row["probe"], "b_minute": row["minute"]} for row in rows]
        work.connection.execute(_SAME_MINUTE, keys)
        work.connection.execute(insert(sample_minute), rows)


def keep_probes(work: Work, records: Sequence[ProbeRecord]) -> None:
    """Keeps the state of probes whose state changed, or was last kept a while ago."""
    rows = [
        {
            "number": record.number, "component": record.component, "probe": record.probe, "state": record.state,
            "summary": printable(record.summary, 500), "detail": printable_lines(record.detail),
            "metric": record.metric, "unit": record.unit, "seen_at": record.seen_at, "data": record.data,
        }
        for record in records
    ]  # fmt: skip
    if rows:
        work.connection.execute(_SAME_PROBE, [{"b_number": row["number"]} for row in rows])
        work.connection.execute(insert(probe_state), rows)


def _statuses(work: Work, ids: Sequence[str]) -> list[Status]:
    """Returns what is known of these, which nobody else changes before this work is done."""
    rows: list[Row[Any]] = []
    named = sorted(ids)  # whoever takes several takes them in one order
    for start in range(0, len(named), 500):
        some = component_state.c.id.in_(named[start : start + 500])
        asked = select(component_state).where(some).order_by(component_state.c.id).with_for_update()
        rows += work.connection.execute(asked).all()
    return [to_status(row) for row in rows]


def _status(work: Work, component_id: str) -> Status:
    """Returns what is known of a declared component: pending, at version 0, where nobody ever looked at it."""
    found = _statuses(work, [component_id])
    if found:
        return found[0]
    declared_component(work.connection, component_id)
    return Status(component_id, 0, State.PENDING, True, work.now, "not looked at yet")


def _fields(status: Status) -> dict[str, Any]:
    stopped, maintenance = status.stopped, status.maintenance
    return {
        "state": status.state, "confirmed": status.confirmed, "flapping": status.flapping,
        "since": to_micros(status.since), "summary": printable(status.summary, 500),
        "roots": json.dumps(list(status.roots)),
        "stopped_by": stopped.by if stopped else "", "stopped_reason": stopped.reason if stopped else "",
        "stopped_at": to_micros(stopped.at) if stopped else None,
        "window_id": maintenance.window if maintenance else None,
        "window_until": to_micros(maintenance.until) if maintenance else None,
    }  # fmt: skip


def _store_status(
    work: Work,
    before: Status | None,
    after: Status,
    kind: str,
    *,
    cause: Recorded | int | None,
    note: str = "",
) -> Recorded:
    _store_statuses(work, [replace(after, version=before.version + 1 if before else 1)])
    return _record_status(work, before, after, kind, cause=cause, note=note)


def _store_statuses(work: Work, statuses: Sequence[Status]) -> None:
    """Writes the rows of statuses; one of version 1 is new."""
    new = [{"id": status.id, "version": 1, **_fields(status)} for status in statuses if status.version == 1]
    held = [
        {"b_id": status.id, "version": status.version, **_fields(status)}
        for status in statuses
        if status.version > 1
    ]
    if new:
        work.connection.execute(insert(component_state), new)
    if held:
        work.connection.execute(_SAME_COMPONENT, held)


def _record_status(
    work: Work,
    before: Status | None,
    after: Status,
    kind: str = "component.changed",
    *,
    cause: Recorded | int | None,
    note: str = "",
) -> Recorded:
    new = _fields(after)
    old = _fields(before) if before else dict.fromkeys(new)
    changes = {name: (old[name], value) for name, value in new.items()}
    return work.record(kind, subject(after.id), changes, cause=cause, note=note)
