"""What people write of corrective actions: opened, revised, carried out, shown by evidence, given up, opened again.

Approval and the check of effectiveness are beside it, in `checking`; what the agent does, in `watching` and `reminding`.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from core.catalog.nearest import did_you_mean, listed
from core.catalog.queries import (
    declared_causes,
    declared_components,
    declared_rules,
    declared_services,
    declared_staff,
)
from core.errors import BadInput, NotPossible
from core.gate.commands import admit
from core.improvement.model import (
    DAYS,
    EDITABLE,
    MOST_EVIDENCE,
    MOST_WHYS,
    PEOPLE,
    VOIDS_APPROVAL,
    ActionState,
    CorrectiveAction,
    Origin,
    check_follows,
    origin_of,
)
from core.improvement.queries import names_of, owners, to_action
from core.improvement.recurring import Measure, measure_in, usual_measure
from core.improvement.tables import corrective_action
from core.journal.model import Subject
from core.sentences import line_written, sentence_of, written
from core.store.rows import new_number, revise, row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection

    from core.gate.model import Consent
    from core.journal.appending import Recorded
    from core.store.work import Work

LONGEST_PATH = 1000
SHA256_SIGNS = 64


def subject(action_id: int) -> Subject:
    """Returns the journal's subject of a corrective action."""
    return Subject("action", str(action_id))


def draft_action(
    work: Work,
    fields: Mapping[str, str],
    *,
    about: Subject | None = None,
    component: str = "",
    cause: Recorded | int | None = None,
) -> CorrectiveAction:
    """Opens a corrective action. `fields` are texts of EDITABLE (days as YYYY-MM-DD). Level 1, undoable.

    `about` is what it comes from, whatever that is; `cause` the entry that led here. Only the deviation must be written
    now; closing asks for the rest.
    """
    admit(work, "action.draft", [component or "corrective action"])
    return record_action(work, fields, about=about, component=component, cause=cause)


def record_action(
    work: Work,
    fields: Mapping[str, str],
    *,
    about: Subject | None = None,
    origin: Origin | None = None,
    component: str = "",
    service: str = "",
    cause: Recorded | int | None = None,
) -> CorrectiveAction:
    """Opens a corrective action, whoever does: a person, or what asks for one. Raises BadInput.

    `origin` is given where the subject alone does not say it; `component` and `service` are those it is about, of which
    the journal is asked whether they fail again where no other measure is written.
    """
    origin = origin or origin_of(about)
    rules = declared_rules(work.connection)
    values = _checked(work.connection, fields, {})
    if not values.get("deviation"):
        raise BadInput("the deviation is not written", next_step="Say in one sentence what went wrong")
    if not values.get("measure"):
        values["measure"] = str(usual_measure(origin, about, component, service))
    number = new_number(work, corrective_action)
    is_incident = about is not None and about.kind == "incident" and about.id.isdecimal()
    row: dict[str, Any] = {name: values.get(name, "") for name in EDITABLE} | {
        "state": ActionState.OPEN, "incident": int(about.id) if about and is_incident else None, "component": component,
        "outcome": "", "created_at": to_micros(work.now), "created_by": work.actor, "closed_at": None, "closed_by": "",
        "origin": origin, "source": str(about or ""), "needs_approval": int(origin in rules.approve), "approved_at": None,
        "approved_by": "", "evidence": "[]", "done_at": None, "done_by": "", "recurred": 0, "figure": None, "overruled": "",
    }  # fmt: skip
    work.connection.execute(insert(corrective_action).values(id=number, version=1, **row))
    work.record(
        "action.drafted", subject(number), {name: (None, value) for name, value in row.items()}, cause=cause
    )
    return _now(work, number)


def due_by_itself(work: Work) -> str:
    """Returns the day by which an action is due that opens by itself, as the rules of the catalog have it."""
    return (work.now + timedelta(seconds=declared_rules(work.connection).due_after_s)).date().isoformat()


def revise_action(
    work: Work, action_id: int, fields: Mapping[str, str], seen: int | None = None
) -> CorrectiveAction:
    """Writes the given fields of EDITABLE. Level 1, undoable.

    Where what was approved is written anew, or becomes that of who approved it, it is to be approved anew. Raises
    NotPossible for another owner once it was carried out: who owned it then does not check it.
    """
    admit(work, "action.revise", [f"A-{action_id}"])
    row = row_of(work, corrective_action, "action", action_id, seen)
    _check_unended(row)
    values: dict[str, Any] = {**_checked(work.connection, fields, row._asdict())}
    if values.get("deviation") == "":
        raise BadInput("the deviation is not written", next_step="Say in one sentence what went wrong")
    if any(name in values and values[name] != getattr(row, name) for name in VOIDS_APPROVAL):
        values |= unapproved()
    if values.get("owner", row.owner) != row.owner:
        values |= _given_to(work, row, values["owner"])
    return _write(work, row, "action.revised", values)


def complete_action(work: Work, action_id: int, seen: int | None = None) -> CorrectiveAction:
    """Says that it was carried out; from now on the journal is asked whether the same comes back. Level 1, undoable.

    Where no day is set for the check of its effectiveness, the rules of the catalog set one. Raises NotPossible while it
    is not written what was to be done, by whom and by when, or not approved where that is asked.
    """
    admit(work, "action.revise", [f"A-{action_id}"])
    row = row_of(work, corrective_action, "action", action_id, seen)
    check_follows(f"A-{action_id}", ActionState(row.state), ActionState.DONE)
    action = to_action(row)
    if action.missing_to_do:
        raise NotPossible(
            f"A-{action_id} cannot be done: not written yet: {', '.join(action.missing_to_do)}",
            next_step="Write what was done against the cause, by whom and by when, then say that it is done",
        )
    if action.awaits_approval:
        raise NotPossible(
            f"A-{action_id} is not approved yet", next_step="A lead other than its owner approves it first"
        )
    after = {"state": ActionState.DONE, "done_at": to_micros(work.now), "done_by": work.actor}
    if action.check_on is None or action.check_on <= work.now.date():
        wait = timedelta(seconds=declared_rules(work.connection).check_after_s)
        after["check_on"] = (work.now + wait).date().isoformat()
    return _write(work, row, "action.done", after)


def add_evidence(
    work: Work, action_id: int, text: str, path: str = "", digest: str = "", seen: int | None = None
) -> CorrectiveAction:
    """Adds what shows that something was done: a sentence, and of a file its path and SHA-256. Level 1, undoable."""
    admit(work, "action.revise", [f"A-{action_id}"])
    row = row_of(work, corrective_action, "action", action_id, seen)
    _check_unended(row)
    held = json.loads(row.evidence)
    text, path = sentence_of(text, "what it shows"), line_written(path, "path", LONGEST_PATH)
    if bool(path) != bool(digest) or (
        digest and (len(digest) != SHA256_SIGNS or not set(digest) <= set("0123456789abcdef"))
    ):
        raise BadInput("a file as evidence needs its path and its SHA-256", next_step="Nothing was changed")
    if len(held) >= MOST_EVIDENCE:
        raise BadInput(
            f"A-{action_id} has {MOST_EVIDENCE} pieces of evidence",
            next_step="Name several files in one note",
        )
    held.append({"text": text, "path": path, "digest": digest, "at": to_micros(work.now), "by": work.actor})
    return _write(work, row, "action.evidence_added", {"evidence": json.dumps(held)}, note=text)


def cancel_action(
    work: Work, action_id: int, reason: str, consent: Consent, seen: int | None = None
) -> CorrectiveAction:
    """Gives it up, with the reason. Level 2."""
    admit(work, "action.cancel", [f"A-{action_id}"], consent)
    row = row_of(work, corrective_action, "action", action_id, seen)
    check_follows(f"A-{action_id}", ActionState(row.state), ActionState.CANCELLED)
    after = {
        "state": ActionState.CANCELLED, "outcome": sentence_of(reason, "why it is given up"),
        "closed_at": to_micros(work.now), "closed_by": work.actor,
    }  # fmt: skip
    return _write(work, row, "action.cancelled", after)


def reopen_action(
    work: Work, action_id: int, reason: str, consent: Consent, seen: int | None = None
) -> CorrectiveAction:
    """Opens it again, with the reason: it is to be carried out anew. Level 2."""
    admit(work, "action.reopen", [f"A-{action_id}"], consent)
    row = row_of(work, corrective_action, "action", action_id, seen)
    check_follows(f"A-{action_id}", ActionState(row.state), ActionState.OPEN)
    note = sentence_of(reason, "why it is opened again")
    return _write(work, row, "action.reopened", {"state": ActionState.OPEN, **anew()}, note=note)


def anew() -> dict[str, Any]:
    """Returns the columns of an action that is to be carried out once more."""
    return {
        "done_at": None, "done_by": "", "closed_at": None, "closed_by": "", "figure": None, "overruled": "", **unapproved(),
    }  # fmt: skip


def unapproved() -> dict[str, Any]:
    """Returns the columns of an action that nobody approved as it is."""
    return {"approved_at": None, "approved_by": ""}


def _given_to(work: Work, row: Any, owner: str) -> dict[str, Any]:
    """Returns what else changes as it becomes another's; raises NotPossible once it was carried out."""
    if row.state == ActionState.DONE:
        raise NotPossible(
            carried_out_as(row.id, row.owner),
            next_step="Nothing was changed. Say with checker who is to check it",
        )
    staff = declared_staff(work.connection)
    is_approvers = row.approved_by and names_of(staff, owner) & names_of(staff, row.approved_by)
    return unapproved() if is_approvers else {}


def carried_out_as(action_id: int, owner: str) -> str:
    """Returns why an action is not given to another: who owned it as it was carried out does not check it."""
    return f"A-{action_id} was carried out as {owner or 'nobody'}'s, which stays until it is checked"


def _check_unended(row: Any) -> None:
    if ActionState(row.state).is_ended:
        raise NotPossible(f"A-{row.id} is {row.state}", next_step="Reopen it first")


def _write(work: Work, row: Any, kind: str, after: Mapping[str, Any], *, note: str = "") -> CorrectiveAction:
    return to_action(revise(work, corrective_action, row, kind, after, subject=subject(row.id), note=note))


def _checked(connection: Connection, fields: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, str]:
    """Returns the fields as they are kept. What stood there before is taken as it is, also where it is no longer right."""
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise BadInput(
            f"a corrective action has no field {min(unknown)!r}", next_step=f"Fields: {', '.join(EDITABLE)}"
        )
    values = {name: written(text, name) for name, text in fields.items()}
    for name, text in values.items():
        if not text or text == before.get(name):
            continue
        if name in DAYS:
            values[name] = _day(name, text)
        elif name in PEOPLE:
            _check_person(connection, name, text)
        elif name == "category":
            check_category(connection, text)
        elif name == "measure":
            values[name] = str(check_measure(connection, text))
        elif name == "whys":
            values[name] = whys_of(text)
    return values


def _day(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadInput(f"{text!r} is not a date", where=name, next_step="Write it as 2026-11-30") from None


def _check_person(connection: Connection, name: str, person: str) -> None:
    """Raises BadInput for somebody whom the declared staff does not know by id or login; where none is, for nobody."""
    names = owners(connection)
    if names and person not in names:
        raise BadInput(
            f"{person!r} is not declared as staff", where=name,
            next_step=did_you_mean(person, names, f"Staff: {listed(names)}"),
        )  # fmt: skip


def check_category(connection: Connection, category: str) -> None:
    """Raises BadInput for a category of causes that the catalog does not have."""
    known = declared_causes(connection)
    if category not in known:
        raise BadInput(
            f"there is no cause category {category[:60]!r}", where="category",
            next_step=did_you_mean(category, known, f"There are: {listed(known)}"),
        )  # fmt: skip


def check_measure(connection: Connection, text: str) -> Measure:
    """Returns the measure that a text writes. Raises BadInput for one about what is not declared: that never comes back."""
    asked = measure_in(text)
    known: Collection[str] = ()
    if asked.kind == "component":
        known = declared_components(connection)
    elif asked.kind == "service":
        known = declared_services(connection)
    elif asked.kind == "cause":
        known = declared_causes(connection)
    if known and asked.about not in known:
        raise BadInput(
            f"there is no {asked.kind} {asked.about[:60]!r}", where="measure",
            next_step=did_you_mean(asked.about, known, f"There are: {listed(known)}"),
        )  # fmt: skip
    return asked


def whys_of(text: str) -> str:
    """Returns the whys of a text, one a line; raises BadInput for too many."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_WHYS:
        raise BadInput(
            f"{len(lines)} whys are more than {MOST_WHYS}",
            where="whys",
            next_step="Five are usual; write one a line",
        )
    return "\n".join(lines)


def _now(work: Work, action_id: int) -> CorrectiveAction:
    return to_action(
        work.connection.execute(select(corrective_action).where(corrective_action.c.id == action_id)).one()
    )
