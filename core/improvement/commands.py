"""Every write of improvement."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from core.catalog.nearest import did_you_mean, listed
from core.errors import BadInput, NotPossible
from core.gate.commands import admit
from core.improvement.model import EDITABLE, ActionState, CorrectiveAction, check_follows
from core.improvement.queries import owners, to_action
from core.improvement.tables import corrective_action
from core.journal.model import Subject
from core.printable import printable_lines
from core.store.rows import new_number, revise, row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.gate.model import Consent
    from core.store.work import Work

LONGEST = 4000


def subject(action_id: int) -> Subject:
    """Returns the journal's subject of a corrective action."""
    return Subject("action", str(action_id))


def draft_action(
    work: Work,
    fields: Mapping[str, str],
    *,
    incident: int | None = None,
    component: str = "",
    cause: int | None = None,
) -> CorrectiveAction:
    """Opens a corrective action. `fields` are texts of EDITABLE (due as YYYY-MM-DD). Level 1, undoable.

    Only the deviation must be written now; closing asks for the rest. `cause` is the entry that led here.
    """
    admit(work, "action.draft", [component or "corrective action"])
    return record_action(work, fields, incident=incident, component=component, cause=cause)


def record_action(
    work: Work,
    fields: Mapping[str, str],
    *,
    incident: int | None = None,
    component: str = "",
    cause: int | None = None,
) -> CorrectiveAction:
    """Opens a corrective action, whoever does: a person, or the agent after what asks for one. Raises BadInput."""
    values = _checked(fields)
    _check_owner(work, values.get("owner", ""))
    if not values.get("deviation"):
        raise BadInput("the deviation is not written", next_step="Say in one sentence what went wrong")
    number = new_number(work, corrective_action)
    row: dict[str, Any] = {name: values.get(name, "") for name in EDITABLE} | {
        "state": ActionState.OPEN, "incident": incident, "component": component, "outcome": "",
        "created_at": to_micros(work.now), "created_by": work.actor, "closed_at": None, "closed_by": "",
    }  # fmt: skip
    work.connection.execute(insert(corrective_action).values(id=number, version=1, **row))
    work.record(
        "action.drafted", subject(number), {name: (None, value) for name, value in row.items()}, cause=cause
    )
    return _now(work, number)


def revise_action(
    work: Work, action_id: int, fields: Mapping[str, str], seen: int | None = None
) -> CorrectiveAction:
    """Writes the given fields of EDITABLE. Level 1, undoable."""
    admit(work, "action.revise", [f"A-{action_id}"])
    row = row_of(work, corrective_action, "action", action_id, seen)
    if row.state in {ActionState.CLOSED, ActionState.CANCELLED}:
        raise NotPossible(f"A-{action_id} is {row.state}", next_step="Reopen it first")
    values = _checked(fields)
    if values.get("owner") != row.owner:
        _check_owner(work, values.get("owner", ""))
    return to_action(
        revise(work, corrective_action, row, "action.revised", values, subject=subject(action_id))
    )


def complete_action(work: Work, action_id: int, seen: int | None = None) -> CorrectiveAction:
    """Says that it was carried out; its effectiveness is still to be checked. Level 1, undoable.

    Raises NotPossible while it is not written what was to be done.
    """
    admit(work, "action.revise", [f"A-{action_id}"])
    row = row_of(work, corrective_action, "action", action_id, seen)
    check_follows(f"A-{action_id}", ActionState(row.state), ActionState.DONE)
    if not row.action:
        raise NotPossible(
            f"A-{action_id} cannot be done: its action is not written yet",
            next_step="Write what was done against the cause, then say that it is done",
        )
    return to_action(
        revise(
            work,
            corrective_action,
            row,
            "action.done",
            {"state": ActionState.DONE},
            subject=subject(action_id),
        )
    )


def close_action(
    work: Work, action_id: int, outcome: str, consent: Consent, seen: int | None = None
) -> CorrectiveAction:
    """Closes it with what the effectiveness check showed. Level 2.

    Raises NotPossible while cause, action, owner or check are not written.
    """
    admit(work, "action.close", [f"A-{action_id}"], consent)
    row = row_of(work, corrective_action, "action", action_id, seen)
    check_follows(f"A-{action_id}", ActionState(row.state), ActionState.CLOSED)
    missing = to_action(row).missing
    if missing:
        raise NotPossible(
            f"A-{action_id} cannot be closed: not written yet: {', '.join(missing)}",
            next_step="Write what is missing, then close it",
        )
    return _end(work, action_id, row, "action.closed", ActionState.CLOSED, outcome, "what the check showed")


def cancel_action(
    work: Work, action_id: int, reason: str, consent: Consent, seen: int | None = None
) -> CorrectiveAction:
    """Gives it up, with the reason. Level 2."""
    admit(work, "action.cancel", [f"A-{action_id}"], consent)
    row = row_of(work, corrective_action, "action", action_id, seen)
    check_follows(f"A-{action_id}", ActionState(row.state), ActionState.CANCELLED)
    return _end(work, action_id, row, "action.cancelled", ActionState.CANCELLED, reason, "why it is given up")


def reopen_action(
    work: Work, action_id: int, reason: str, consent: Consent, seen: int | None = None
) -> CorrectiveAction:
    """Opens it again, with the reason. Level 2."""
    admit(work, "action.reopen", [f"A-{action_id}"], consent)
    row = row_of(work, corrective_action, "action", action_id, seen)
    check_follows(f"A-{action_id}", ActionState(row.state), ActionState.OPEN)
    after = {"state": ActionState.OPEN, "closed_at": None, "closed_by": ""}
    note = _sentence(reason, "why it is opened again")
    return to_action(
        revise(work, corrective_action, row, "action.reopened", after, subject=subject(action_id), note=note)
    )


def _end(
    work: Work, action_id: int, row: Any, kind: str, state: ActionState, text: str, wanted: str
) -> CorrectiveAction:
    after = {
        "state": state, "outcome": _sentence(text, wanted), "closed_at": to_micros(work.now),
        "closed_by": work.actor,
    }  # fmt: skip
    return to_action(revise(work, corrective_action, row, kind, after, subject=subject(action_id)))


def _checked(fields: Mapping[str, str]) -> dict[str, str]:
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise BadInput(
            f"a corrective action has no field {min(unknown)!r}", next_step=f"Fields: {', '.join(EDITABLE)}"
        )
    values = {name: printable_lines(text.strip(), LONGEST) for name, text in fields.items()}
    if values.get("due"):
        try:
            date.fromisoformat(values["due"])
        except ValueError:
            raise BadInput(
                f"{values['due']!r} is not a date", where="due", next_step="Write it as 2026-11-30"
            ) from None
    return values


def _check_owner(work: Work, owner: str) -> None:
    """Raises BadInput for an owner whom the declared staff does not know by id or login; where none is, for nobody."""
    names = owners(work.connection) if owner else frozenset()
    if names and owner not in names:
        raise BadInput(
            f"{owner!r} is not declared as staff", where="owner",
            next_step=did_you_mean(owner, names, f"Staff: {listed(names)}"),
        )  # fmt: skip


def _sentence(text: str, wanted: str) -> str:
    text = printable_lines(text.strip(), LONGEST)
    if not text:
        raise BadInput(
            f"a sentence is asked for: {wanted}", next_step="Nothing was changed. Write it, then confirm"
        )
    return text


def _now(work: Work, action_id: int) -> CorrectiveAction:
    return to_action(
        work.connection.execute(select(corrective_action).where(corrective_action.c.id == action_id)).one()
    )
