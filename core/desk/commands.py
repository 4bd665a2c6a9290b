"""Every write of the desk. People's verbs first; what the agent does, after them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select

from core.desk.clocks.keeping import set_clocks
from core.desk.clocks.promises import Item
from core.desk.major.model import check_stood_down
from core.desk.messages.incident_contact import tell_of_incident
from core.desk.model import Incident, IncidentState, check_follows, check_not_closed
from core.desk.queries import to_incident
from core.desk.revising import revise_incident
from core.desk.tables import incident
from core.errors import BadInput
from core.gate.commands import admit
from core.journal.model import Subject, Via
from core.journal.queries import beginning_of
from core.printable import printable
from core.sentences import LONGEST_NOTE, line_written, sentence_of, written
from core.store.rows import new_number, row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from core.gate.model import Consent
    from core.journal.appending import Recorded
    from core.store.work import Work

SEVERITIES = (1, 2, 3, 4)
AT_ONCE = 500
"""So many components are named in one question at most."""
LONGEST_TITLE = 200
_NOT_CLOSED = incident.c.state != IncidentState.CLOSED
_NOT_SOLVED = incident.c.state.not_in((IncidentState.RESOLVED, IncidentState.CLOSED))
_UNCLOSED = (
    select(incident)
    .where(incident.c.component == bindparam("of_component"), _NOT_CLOSED)
    .order_by(incident.c.id.desc())
    .limit(1)
    .with_for_update()
)


def subject(incident_id: int) -> Subject:
    """Returns the journal's subject of an incident."""
    return Subject("incident", str(incident_id))


def acknowledge_incident(work: Work, incident_id: int, seen: int | None = None) -> Incident:
    """Says that a person has seen it. Level 1, undoable.

    One that was resolved without anybody having looked stays resolved: only note is taken of it.
    """
    admit(work, "incident.acknowledge", [f"I-{incident_id}"])
    row = row_of(work, incident, "incident", incident_id, seen)
    after = _noted(work)
    if row.state != IncidentState.RESOLVED or row.acknowledged_at is not None:
        check_follows(f"I-{incident_id}", IncidentState(row.state), IncidentState.ACKNOWLEDGED)
        after["state"] = IncidentState.ACKNOWLEDGED
    return to_incident(revise_incident(work, row, "incident.acknowledged", after))


def take_incident(work: Work, incident_id: int, seen: int | None = None) -> Incident:
    """Makes the actor its owner, which is also taking note of it. Level 1, undoable; not once it is closed."""
    admit(work, "incident.take", [f"I-{incident_id}"])
    row = row_of(work, incident, "incident", incident_id, seen)
    check_not_closed(f"I-{incident_id}", IncidentState(row.state), "taken")
    after: dict[str, Any] = {"owner": work.actor}
    if row.acknowledged_at is None:
        after |= _noted(work)
    if row.state in {IncidentState.OPEN, IncidentState.REOPENED}:
        after["state"] = IncidentState.ACKNOWLEDGED
    return to_incident(revise_incident(work, row, "incident.taken", after))


def start_incident(work: Work, incident_id: int, seen: int | None = None) -> Incident:
    """Says that work on it has begun; takes note and ownership where nobody had. Level 1, undoable."""
    admit(work, "incident.start", [f"I-{incident_id}"])
    row = row_of(work, incident, "incident", incident_id, seen)
    check_follows(f"I-{incident_id}", IncidentState(row.state), IncidentState.IN_PROGRESS)
    after: dict[str, Any] = {"state": IncidentState.IN_PROGRESS, "owner": row.owner or work.actor}
    if row.acknowledged_at is None:
        after |= _noted(work)
    return to_incident(revise_incident(work, row, "incident.started", after))


def set_severity(work: Work, incident_id: int, severity: int, seen: int | None = None) -> Incident:
    """Sets its severity, 1 (worst) to 4. Level 1, undoable; not once it is closed. Raises BadInput for another number."""
    admit(work, "incident.severity", [f"I-{incident_id}"])
    if severity not in SEVERITIES:
        raise BadInput(f"severity {severity} does not exist", next_step="Choose 1 (worst), 2, 3 or 4")
    row = row_of(work, incident, "incident", incident_id, seen)
    check_not_closed(f"I-{incident_id}", IncidentState(row.state), "given another severity")
    return to_incident(revise_incident(work, row, "incident.severity_set", {"severity": severity}))


def note_incident(work: Work, incident_id: int, text: str) -> None:
    """Adds a note to its time line; a note binds to nothing seen, so that none is ever refused."""
    admit(work, "incident.note", [f"I-{incident_id}"])
    text = written(text, "note", LONGEST_NOTE)
    if not text:
        raise BadInput("the note is empty", next_step="Write what you saw or did")
    row_of(work, incident, "incident", incident_id)
    work.record("incident.noted", subject(incident_id), note=text)


def open_incident(
    work: Work, component: str, service: str, title: str, severity: int, consent: Consent
) -> Incident:
    """Opens one by hand: what a person sees before any probe does. Level 2."""
    admit(work, "incident.open", [component or title], consent)
    title = line_written(title, "title", LONGEST_TITLE)
    if not title:
        raise BadInput("the incident needs a title", next_step="Say in one line what is wrong")
    if severity not in SEVERITIES:
        raise BadInput(f"severity {severity} does not exist", next_step="Choose 1 (worst), 2, 3 or 4")
    recorded = _insert(work, component, service, title, severity, affected=(), cause=None)
    return _now(work, int(recorded.subject.id))


def resolve_incident(
    work: Work, incident_id: int, text: str, consent: Consent, seen: int | None = None
) -> Incident:
    """Says that it is mended, and how. Level 2."""
    return _end(work, incident_id, seen, "incident.resolve", IncidentState.RESOLVED, text, consent)


def close_incident(
    work: Work, incident_id: int, text: str, consent: Consent, seen: int | None = None
) -> Incident:
    """Closes a resolved incident with its resolution. Level 2. Raises BadInput without one."""
    return _end(work, incident_id, seen, "incident.close", IncidentState.CLOSED, text, consent)


def reopen_incident(
    work: Work, incident_id: int, text: str, consent: Consent, seen: int | None = None
) -> Incident:
    """Opens it again, with the reason, which is taking note of it anew. Level 2."""
    admit(work, "incident.reopen", [f"I-{incident_id}"], consent)
    row = row_of(work, incident, "incident", incident_id, seen)
    check_follows(f"I-{incident_id}", IncidentState(row.state), IncidentState.REOPENED)
    text = sentence_of(text, "why it is opened again")
    after = {
        "state": IncidentState.REOPENED,
        "resolved_at": None,
        "closed_at": None,
        "closed_by": "",
        **_noted(work),
    }
    return to_incident(revise_incident(work, row, "incident.reopened", after, note=text))


def raise_for_failure(
    work: Work, component: str, service: str, title: str, severity: int, *, cause: Recorded | int | None
) -> int:
    """For the agent: a component is confirmed critical. Returns the number of the incident that now stands for it.

    One that is not closed is used again (reopened where it was resolved), with the present cause as its title;
    the former one is in its entries. A title that a person wrote stays: its entry says the cause. Otherwise a
    new one is opened. Who took note did so of the failure before: of this one nobody has yet, where it is reopened.
    """
    row = _unclosed(work, component)
    if row is None:
        return int(_insert(work, component, service, title, severity, affected=(), cause=cause).subject.id)
    after: dict[str, Any] = {"cleared_at": None, **_titled(work, row, title)}
    kind = "incident.failed_again"
    if row.state == IncidentState.RESOLVED:
        after |= {
            "state": IncidentState.REOPENED,
            "resolved_at": None,
            "acknowledged_at": None,
            "acknowledged_by": "",
        }
        kind = "incident.reopened"
    revise_incident(work, row, kind, after, note=title, cause=cause)
    return int(row.id)


def retitle_for_cause(work: Work, component: str, title: str, *, cause: Recorded | int | None) -> None:
    """For the agent: the component is still critical, for another reason. Its incident says the present one from now on.

    One that a person called resolved stays so: only a new failure opens it again.
    """
    row = _unclosed(work, component)
    if row is None or row.state == IncidentState.RESOLVED:
        return
    kind, after = "incident.cause_changed", _titled(work, row, title)
    if not after:
        work.record(kind, subject(row.id), note=printable(title, LONGEST_TITLE), cause=cause)
    elif after["title"] != row.title:
        revise_incident(work, row, kind, after, cause=cause)


def with_incident(work: Work, components: Sequence[str], *, unsolved: bool = False) -> set[str]:
    """Returns which of the components have an incident that is not closed; with `unsolved`, one that is not resolved either."""
    found: set[str] = set()
    wanted = _NOT_SOLVED if unsolved else _NOT_CLOSED
    for start in range(0, len(components), AT_ONCE):
        chunk = components[start : start + AT_ONCE]
        found.update(
            work.connection.scalars(
                select(incident.c.component).where(incident.c.component.in_(chunk), wanted)
            )
        )
    return found


def clear_after_recovery(
    work: Work, component: str, *, cause: Recorded | int | None, is_ok: bool = True
) -> None:
    """For the agent: the component is no longer critical, so its incident is resolved; closing it stays a person's.

    The entry's note says what is true of it: recovered, or with `is_ok` False only no longer critical.
    """
    row = _unclosed(work, component)
    if row is None or row.state == IncidentState.RESOLVED:
        return
    micros = to_micros(work.now)
    words = "its component recovered" if is_ok else "its component is no longer critical, but not ok"
    after = {"state": IncidentState.RESOLVED, "cleared_at": micros, "resolved_at": micros, "affected": "[]"}
    revise_incident(work, row, "incident.cleared", after, note=words, cause=cause)


def set_affected(
    work: Work, component: str, affected: Callable[[], Iterable[str]], *, cause: Recorded | int | None
) -> None:
    """For the agent: lists what is unreachable behind the component on its incident, where it has one to mend.

    `affected` is asked once the incident is held: of several agents each then sees what the one before it wrote.
    """
    row = _unclosed(work, component)
    if row is None or row.state == IncidentState.RESOLVED:
        return
    text = json.dumps(sorted(affected()))
    if row.affected != text:
        revise_incident(work, row, "incident.affected", {"affected": text}, cause=cause)


def tell_of_thresholds(work: Work, component: str, words: str, *, cause: Recorded | int | None) -> None:
    """Says on the time line of a component's incident by what the component is judged from now on; nothing where it has none."""
    row = _unclosed(work, component)
    if row is not None:
        work.record("incident.judged_otherwise", subject(row.id), note=printable(words, 1000), cause=cause)


def _unclosed(work: Work, component: str) -> Any:
    return work.connection.execute(_UNCLOSED, {"of_component": component}).first()


def _titled(work: Work, row: Any, title: str) -> dict[str, Any]:
    """Returns the title that the agent gives an incident: none to one that a person has named.

    Which of several agents opened it makes no difference.
    """
    if row.opened_by != work.actor:
        opened = beginning_of(work.connection, subject(row.id))
        if opened is None or opened.via is not Via.AGENT:
            return {}
    return {"title": printable(title, LONGEST_TITLE)}


def _insert(
    work: Work,
    component: str,
    service: str,
    title: str,
    severity: int,
    *,
    affected: Iterable[str],
    cause: Recorded | int | None,
) -> Recorded:
    number = new_number(work, incident)
    values: dict[str, Any] = {
        "state": IncidentState.OPEN, "severity": severity, "component": component, "service": service,
        "title": printable(title, LONGEST_TITLE), "opened_at": to_micros(work.now), "opened_by": work.actor, "owner": "",
        "acknowledged_at": None, "acknowledged_by": "", "cleared_at": None, "resolved_at": None,
        "closed_at": None, "closed_by": "", "resolution": "", "affected": json.dumps(sorted(affected)), "told_at": None,
    }  # fmt: skip
    work.connection.execute(insert(incident).values(id=number, version=1, **values))
    changes = {name: (None, value) for name, value in values.items()}
    recorded = work.record("incident.opened", subject(number), changes, cause=cause)
    set_clocks(work, Item("incident", number, service, values["opened_at"]), is_new=True)
    return recorded


def _noted(work: Work) -> dict[str, Any]:
    """Returns that the actor takes note of an incident now."""
    return {"acknowledged_at": to_micros(work.now), "acknowledged_by": work.actor}


def _end(
    work: Work,
    incident_id: int,
    seen: int | None,
    verb: str,
    wanted: IncidentState,
    text: str,
    consent: Consent,
) -> Incident:
    admit(work, verb, [f"I-{incident_id}"], consent)
    row = row_of(work, incident, "incident", incident_id, seen)
    check_follows(f"I-{incident_id}", IncidentState(row.state), wanted)
    if wanted is IncidentState.CLOSED:
        check_stood_down(row)
    micros = to_micros(work.now)
    after: dict[str, Any] = {"state": wanted, "resolution": sentence_of(text, "how it was resolved")}
    if row.acknowledged_at is None:
        after |= _noted(work)
    if wanted is IncidentState.CLOSED:
        after |= {"closed_at": micros, "closed_by": work.actor}
    else:
        after["resolved_at"] = micros
    kind = "incident.closed" if wanted is IncidentState.CLOSED else "incident.resolved"
    ended = to_incident(revise_incident(work, row, kind, after))
    if (
        row.told_at is not None and ended.resolution != row.resolution
    ):  # who was told of it is told how it ended, once
        tell_of_incident(work, ended, str(wanted), ended.resolution)
    return ended


def _now(work: Work, incident_id: int) -> Incident:
    return to_incident(work.connection.execute(select(incident).where(incident.c.id == incident_id)).one())
