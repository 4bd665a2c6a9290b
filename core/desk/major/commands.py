"""Every write of major incidents. All of it stands on the incident's own row and time line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from core.catalog.nearest import did_you_mean, listed
from core.desk.major.model import (
    CADENCE_S,
    LEAST_CADENCE_S,
    MOST_CADENCE_S,
    REVIEW_WITHIN,
    ROLES,
    Review,
    roles_in,
)
from core.desk.model import IncidentState, check_not_closed
from core.desk.queries import to_incident
from core.desk.revising import revise_incident
from core.desk.tables import incident
from core.errors import BadInput, NotPossible
from core.gate.commands import admit
from core.improvement.commands import record_action
from core.improvement.model import Origin
from core.improvement.queries import owners
from core.journal.model import Subject
from core.sentences import line_written, sentence_of, written
from core.store.rows import row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from core.desk.model import Incident
    from core.gate.model import Consent
    from core.store.work import Work

LONGEST_NAME = 80


def declare_major(
    work: Work, incident_id: int, consent: Consent, *, commander: str = "", roles: Mapping[str, str] | None = None,
    update_every_s: float = CADENCE_S, text: str = "", seen: int | None = None,
) -> Incident:  # fmt: skip
    """Declares an incident a major one. Level 2, undoable. Without a name the actor commands; `text` is why.

    Who waits is told every `update_every_s` seconds from now on, which its update clock goes by, round the clock. Raises
    BadInput for a rhythm beyond LEAST_CADENCE_S and MOST_CADENCE_S, a role that there is not, or a person who is not staff.
    """
    admit(work, "incident.declare", [f"I-{incident_id}"], consent)
    row = row_of(work, incident, "incident", incident_id, seen)
    check_not_closed(f"I-{incident_id}", IncidentState(row.state), "declared a major incident")
    if row.state == IncidentState.RESOLVED:
        raise NotPossible(f"I-{incident_id} is resolved", next_step="Open it again first, with the reason")
    if row.declared_at is not None and row.stood_down_at is None:
        raise NotPossible(f"I-{incident_id} is a major incident already", next_step="Nothing was changed")
    after: dict[str, Any] = {
        "declared_at": to_micros(work.now), "stood_down_at": None, "commander": _person(work, commander or work.actor),
        "roles": _roles(work, {}, roles or {}), "update_every_s": _cadence(update_every_s), "review": None,
        "review_owner": None, "review_due": None, "review_outcome": None, "review_action": None,
    }  # fmt: skip
    if row.acknowledged_at is None:
        after |= {"acknowledged_at": to_micros(work.now), "acknowledged_by": work.actor}
    if row.state in {IncidentState.OPEN, IncidentState.REOPENED}:
        after["state"] = IncidentState.ACKNOWLEDGED
    note = written(text, "why it is a major one")
    return to_incident(revise_incident(work, row, "incident.declared", after, note=note))


def change_command(
    work: Work, incident_id: int, *, commander: str = "", roles: Mapping[str, str] | None = None,
    update_every_s: float | None = None, text: str = "", seen: int | None = None,
) -> Incident:  # fmt: skip
    """Hands command over, gives roles (an empty name gives one up), or sets another rhythm. Level 1, undoable.

    What is not said stays; `text` is what who takes over needs to know. Raises NotPossible where it is no major incident.
    """
    admit(work, "incident.command", [f"I-{incident_id}"])
    row = _on(work, incident_id, seen)
    after: dict[str, Any] = {}
    if commander:
        after["commander"] = _person(work, commander)
    if roles:
        after["roles"] = _roles(work, roles_in(row.roles), roles)
    if update_every_s is not None:
        after["update_every_s"] = _cadence(update_every_s)
    note = written(text, "what who takes over must know")
    if all(getattr(row, name) == value for name, value in after.items()):
        raise BadInput("nothing would change", next_step="Say who commands, a role, or another rhythm")
    return to_incident(revise_incident(work, row, "incident.command_changed", after, note=note))


def stand_down(
    work: Work, incident_id: int, text: str, consent: Consent, *, owner: str = "", due: date | None = None,
    seen: int | None = None,
) -> Incident:  # fmt: skip
    """Says that it is no major incident any more, and why; its review is owed from now on. Level 2, undoable.

    The review is its `owner`'s (without a name its commander's), `due` on a day from today on (REVIEW_WITHIN from now
    without one). Its update clock goes by its agreement again. Raises BadInput without a text.
    """
    admit(work, "incident.stand_down", [f"I-{incident_id}"], consent)
    row = _on(work, incident_id, seen)
    why = sentence_of(text, "why it is over")
    due = due or (work.now + REVIEW_WITHIN).date()
    if due < work.now.date():
        raise BadInput(f"{due} is past", where="due", next_step="Say a day from today on")
    after = {
        "stood_down_at": to_micros(work.now), "update_every_s": None, "review": Review.OWED,
        "review_owner": _person(work, owner or row.commander), "review_due": due.isoformat(),
    }  # fmt: skip
    return to_incident(revise_incident(work, row, "incident.stood_down", after, note=why))


def close_review(
    work: Work, incident_id: int, text: str, consent: Consent, *, action: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> Incident:  # fmt: skip
    """Says that its review was held, and what came of it: that becomes a corrective action. Level 2.

    `action` gives fields of the corrective action that are known already; its deviation is the incident, its owner and cause,
    unless said otherwise, the review's owner and outcome.
    """
    admit(work, "incident.review", [f"I-{incident_id}"], consent)
    row = _owed(work, incident_id, seen)
    outcome = sentence_of(text, "what the review found")
    fields = {
        "deviation": f"I-{row.id}, a major incident: {row.title}",
        "cause": outcome,
        "owner": row.review_owner,
    }
    opened = record_action(
        work,
        {**fields, **(action or {})},
        about=Subject("incident", str(row.id)),
        origin=Origin.REVIEW,
        component=row.component,
    )
    after = {"review": Review.HELD, "review_outcome": outcome, "review_action": opened.id}
    return to_incident(revise_incident(work, row, "incident.reviewed", after, cause=work.recorded[-1]))


def waive_review(
    work: Work, incident_id: int, reason: str, consent: Consent, seen: int | None = None
) -> Incident:
    """Says that there will be no review, and why not. Level 2, a lead's."""
    admit(work, "incident.waive_review", [f"I-{incident_id}"], consent)
    row = _owed(work, incident_id, seen)
    after = {"review": Review.WAIVED, "review_outcome": sentence_of(reason, "why there is no review")}
    return to_incident(revise_incident(work, row, "incident.review_waived", after))


def _on(work: Work, incident_id: int, seen: int | None) -> Any:
    row = row_of(work, incident, "incident", incident_id, seen)
    if row.declared_at is None or row.stood_down_at is not None:
        raise NotPossible(f"I-{incident_id} is no major incident", next_step="Declare it one first")
    return row


def _owed(work: Work, incident_id: int, seen: int | None) -> Any:
    row = row_of(work, incident, "incident", incident_id, seen)
    if row.review != Review.OWED:
        raise NotPossible(
            f"no review of I-{incident_id} is owed" + (f": it was {row.review}" if row.review else ""),
            next_step="Nothing was changed",
        )
    return row


def _cadence(seconds: float) -> int:
    if not LEAST_CADENCE_S <= seconds <= MOST_CADENCE_S or seconds % 60:
        raise BadInput(
            f"who waits cannot be told every {seconds:g} s", where="update cadence",
            next_step=f"Choose whole minutes, from {LEAST_CADENCE_S // 60} to {MOST_CADENCE_S // 60}",
        )  # fmt: skip
    return int(seconds)


def _roles(work: Work, held: Mapping[str, str], given: Mapping[str, str]) -> str:
    strange = next((role for role in given if role not in ROLES), None)
    if strange is not None:
        raise BadInput(
            f"there is no role {strange!r}", next_step=did_you_mean(strange, ROLES, f"Roles: {listed(ROLES)}")
        )
    roles = dict(held) | {role: _person(work, who) if who.strip() else "" for role, who in given.items()}
    return json.dumps({role: roles[role] for role in ROLES if roles.get(role)})


def _person(work: Work, name: str) -> str:
    """Returns a name that the declared staff knows by id or login; where none is declared, whatever was said. Raises BadInput."""
    name = line_written(name, "name", LONGEST_NAME)
    names = owners(work.connection)
    if names and name not in names and name != work.actor:
        raise BadInput(
            f"{name!r} is not declared as staff",
            next_step=did_you_mean(name, names, f"Staff: {listed(names)}"),
        )
    return name
