"""What others than its owner say of a corrective action: a lead approves the plan, somebody checks whether it worked.

Who carried an action out does not judge it. The check asks the journal: where the same came back, the action is not
effective, unless who checks says why it is all the same, which is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from core.catalog.queries import declared_staff
from core.errors import BadInput, NotPermitted, NotPossible
from core.gate.commands import admit
from core.gate.rights import NEEDED, Role, includes
from core.improvement.commands import anew, subject
from core.improvement.model import ActionState, check_follows
from core.improvement.queries import names_of, to_action
from core.improvement.signs import figure_of
from core.improvement.tables import corrective_action
from core.sentences import sentence_of
from core.store.rows import revise, row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.catalog.model import Staff
    from core.gate.model import Consent
    from core.improvement.model import CorrectiveAction
    from core.store.work import Work

NOBODY_ELSE = "nobody else is declared who could"


class Judge(NamedTuple):
    """Whether somebody may judge an action: why not (empty: they may), and whether they may only because nobody else is there."""

    why_not: str
    is_alone: bool = False


def judge(connection: Connection, action: CorrectiveAction, person: str, verb: str) -> Judge:
    """Returns whether a person may say something of an action that is not for who owns or carried it out.

    Where the declared staff has nobody else with the role for it, they may all the same: that is kept with what they say.
    """
    staff = declared_staff(connection)
    own = names_of(staff, action.owner) | names_of(staff, action.done_by)
    if not names_of(staff, person) & own:
        return Judge("")
    if staff and not any(_could(each, verb) for each in staff if not {each.id, each.login} & own):
        return Judge("", is_alone=True)
    did = "owns it" if names_of(staff, person) & names_of(staff, action.owner) else "carried it out"
    return Judge(f"{person} {did}: somebody else does that")


def judges(connection: Connection, action: CorrectiveAction, verb: str) -> list[Staff]:
    """Returns those of the declared staff who may say it of an action, by id."""
    staff = declared_staff(connection)
    own = names_of(staff, action.owner) | names_of(staff, action.done_by)
    able = [each for each in staff if _could(each, verb)]
    return [each for each in able if not {each.id, each.login} & own] or able


def approve_action(
    work: Work, action_id: int, text: str, consent: Consent, seen: int | None = None
) -> CorrectiveAction:
    """Approves what is planned; one who does not own it does. Level 2, a lead's. Raises NotPossible where nothing is to be approved."""
    admit(work, "action.approve", [f"A-{action_id}"], consent)
    row = row_of(work, corrective_action, "action", action_id, seen)
    action = to_action(row)
    if not action.awaits_approval:
        raise NotPossible(f"{action.label} waits for no approval", next_step="Nothing was changed")
    if not action.cause or action.missing_to_do:
        missing = ", ".join(each for each in action.missing if each in {"cause", *action.missing_to_do})
        raise NotPossible(
            f"{action.label} cannot be approved: not written yet: {missing}",
            next_step="Write what is missing first",
        )
    note = _judged(
        work, action, "action.approve", sentence_of(text, "why it is right") if text.strip() else ""
    )
    after = {"approved_at": to_micros(work.now), "approved_by": work.actor}
    return _write(work, row, "action.approved", after, note)


def close_action(
    work: Work, action_id: int, outcome: str, consent: Consent, seen: int | None = None, *, overrule: str = ""
) -> CorrectiveAction:
    """Closes it with what the check of its effectiveness showed. Level 2, a lead's who neither owns nor carried it out.

    Raises NotPossible while something is not written, and where the journal says that the same came back, unless
    `overrule` says why it is effective all the same.
    """
    admit(work, "action.close", [f"A-{action_id}"], consent)
    row = row_of(work, corrective_action, "action", action_id, seen)
    action = to_action(row)
    check_follows(action.label, action.state, ActionState.CLOSED)
    if action.missing:
        raise NotPossible(
            f"{action.label} cannot be closed: not written yet: {', '.join(action.missing)}",
            next_step="Write what is missing, then close it",
        )
    found = figure_of(work.connection, action)
    is_back = found is not None and found.times > 0
    if overrule.strip() and not is_back:
        raise BadInput(
            "nothing came back that could be overruled", next_step="Nothing was changed. Leave it out"
        )
    if found is not None and is_back and not overrule.strip():
        raise NotPossible(
            f"{action.label} cannot be closed as effective: the same came back {found.words}",
            next_step="Say that it is not effective, or with a reason (--overrule) why it is all the same",
        )
    after: dict[str, Any] = {
        "state": ActionState.CLOSED, "outcome": sentence_of(outcome, "what the check showed"),
        "closed_at": to_micros(work.now), "closed_by": work.actor, "figure": None if found is None else found.times,
        "overruled": sentence_of(overrule, "why") if is_back else "",
    }  # fmt: skip
    return _write(work, row, "action.closed", after, _judged(work, action, "action.close", ""))


def refute_action(
    work: Work, action_id: int, text: str, consent: Consent, seen: int | None = None
) -> CorrectiveAction:
    """Says that the check showed that it does not work: it is to be done anew. Level 2. Its owner may say so, too."""
    admit(work, "action.refute", [f"A-{action_id}"], consent)
    row = row_of(work, corrective_action, "action", action_id, seen)
    if row.state != ActionState.DONE:
        raise NotPossible(
            f"A-{action_id} is {row.state}; only of what was carried out it is said that it does not work",
            next_step="Nothing was changed",
        )
    why = sentence_of(text, "what the check showed")
    after = {"state": ActionState.NOT_EFFECTIVE, "recurred": row.recurred + 1, "outcome": why, **anew()}
    return _write(work, row, "action.not_effective", after, "")


def _could(person: Staff, verb: str) -> bool:
    return includes(Role(person.role), NEEDED[verb])


def _judged(work: Work, action: CorrectiveAction, verb: str, note: str) -> str:
    """Returns what an entry says beside; raises NotPermitted for who owns or carried out what is judged."""
    found = judge(work.connection, action, work.actor, verb)
    if found.why_not:
        raise NotPermitted(
            f"{action.label}: {found.why_not}", next_step="Nothing was changed. Ask a lead who did not do it"
        )
    return "; ".join(
        each for each in (note, f"by who did it: {NOBODY_ELSE}" if found.is_alone else "") if each
    )


def _write(work: Work, row: Any, kind: str, after: dict[str, Any], note: str) -> CorrectiveAction:
    return to_action(revise(work, corrective_action, row, kind, after, subject=subject(row.id), note=note))
