"""What people do with findings, and what the agent does: a risk is no longer accepted once its day is over."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core.catalog.nearest import did_you_mean, listed
from core.errors import BadInput, NotPossible
from core.gate.commands import admit
from core.improvement.queries import owners
from core.operations.queries import one_run
from core.security.findings.effects import back, due_values, in_time, not_accepted, use_of, use_when_back
from core.security.findings.kept_list import hold_list, kept_list
from core.security.findings.model import (
    ENDED,
    MOST_ACCEPTED_DAYS,
    Due,
    Exploited,
    FindingState,
    Justification,
    Severity,
    check_follows,
    due_again,
    due_of,
)
from core.security.findings.preparing import days_agreed
from core.security.findings.queries import to_finding
from core.security.findings.revising import revise_finding, subject
from core.security.findings.tables import finding
from core.sentences import sentence_of, written
from core.store.lease import beat
from core.store.rows import row_of
from core.timekeeping import day_of, from_micros, to_micros

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.gate.model import Consent
    from core.security.findings.model import Finding
    from core.store.work import Work

DUTY = "endings"
AT_ONCE = 200
_S = FindingState


def confirm_finding(work: Work, finding_id: int, seen: int | None = None) -> Finding:
    """Says that it is there and does harm. Level 1, undoable."""
    admit(work, "finding.confirm", [f"F-{finding_id}"])
    row = row_of(work, finding, "finding", finding_id, seen)
    return _step(work, row, _S.CONFIRMED, "finding.confirmed", {})


def start_finding(work: Work, finding_id: int, seen: int | None = None) -> Finding:
    """Says that it is being corrected; the actor owns it where nobody does. Level 1, undoable."""
    admit(work, "finding.start", [f"F-{finding_id}"])
    row = row_of(work, finding, "finding", finding_id, seen)
    after = {} if row.owner else {"owner": work.actor}
    return _step(work, row, _S.CORRECTING, "finding.started", after)


def correct_finding(work: Work, finding_id: int, text: str = "", seen: int | None = None) -> Finding:
    """Says that it is corrected, which a later report or a check is to show. Level 1, undoable."""
    admit(work, "finding.correct", [f"F-{finding_id}"])
    row = row_of(work, finding, "finding", finding_id, seen)
    at = to_micros(work.now)
    after = {
        "corrected_at": at,
        "corrected_by": work.actor,
        "in_time": in_time(row.due, at),
        "why": "",  # why its risk was accepted, or it was opened again, is on its time line
        **not_accepted(),
    }
    return _step(work, row, _S.CORRECTED, "finding.corrected", after, note=written(text, "text"))


def verify_finding(
    work: Work, finding_id: int, run: int, text: str, consent: Consent, seen: int | None = None
) -> Finding:
    """Says that it is gone, as the run of a check shows: one that ended well, on its component, after the correction. Level 2.

    Raises NotPossible for any other run.
    """
    admit(work, "finding.verify", [f"F-{finding_id}"], consent)
    row = row_of(work, finding, "finding", finding_id, seen)
    at = _checked_run(work.connection, row, run)
    corrected_at = row.corrected_at or at
    after = {
        "closed_at": to_micros(work.now), "proof": f"PR-{run}", "corrected_at": corrected_at,
        "in_time": in_time(row.due, corrected_at), "seen_in": "[]", **not_accepted(),
    }  # fmt: skip
    kind = "finding.verified" if FindingState(row.state).is_open else "finding.gone"
    return _step(work, row, _S.VERIFIED, kind, after, note=written(text, "text"))


def accept_finding(
    work: Work, finding_id: int, until: date, owner: str, reason: str, consent: Consent, seen: int | None = None,
    *, restarts: bool = False,
) -> Finding:  # fmt: skip
    """Accepts its risk until a day, that included, for a reason and by somebody. Level 2, a lead's.

    Done again it sets another end. `restarts`: once it ends, the days to correct it are counted anew.
    """
    admit(work, "finding.accept", [f"F-{finding_id}"], consent)
    row = row_of(work, finding, "finding", finding_id, seen)
    why = sentence_of(reason, "why the risk is accepted")
    _check_end(until, work.now.date())
    if not owner:
        raise BadInput("an accepted risk needs an owner", where="owner", next_step="Name who answers for it")
    check_owner(work.connection, owner)
    after = {
        "accepted_until": until.isoformat(), "accepted_owner": owner, "why": why, "restarts": int(restarts),
        "corrected_at": None, "corrected_by": "", "in_time": None,
    }  # fmt: skip
    return _step(work, row, _S.ACCEPTED, "finding.accepted", after, note=why)


def rule_out_finding(
    work: Work, finding_id: int, justification: str, text: str, consent: Consent, seen: int | None = None
) -> Finding:
    """Says that it does not affect its component, and why: one of Justification, and a sentence. Level 2, a lead's."""
    admit(work, "finding.not_affected", [f"F-{finding_id}"], consent)
    row = row_of(work, finding, "finding", finding_id, seen)
    if justification not in set(Justification):
        raise BadInput(
            f"{justification!r} is no justification", where="justification",
            next_step=did_you_mean(justification, list(Justification), f"Write one of: {listed(list(Justification))}"),
        )  # fmt: skip
    why = sentence_of(text, "why it does not affect its component")
    after = {"justification": justification, "why": why, "closed_at": to_micros(work.now), **not_accepted()}
    return _step(work, row, _S.NOT_AFFECTED, "finding.not_affected", after, note=why)


def reopen_finding(
    work: Work, finding_id: int, text: str, consent: Consent, seen: int | None = None
) -> Finding:
    """Opens it again, with the reason; its days go on from where they began, but for one that was verified. Level 2."""
    admit(work, "finding.reopen", [f"F-{finding_id}"], consent)
    hold_list(work)
    row = row_of(work, finding, "finding", finding_id, seen)
    why = sentence_of(text, "why it is opened again")
    kind = "finding.still_there" if row.state == _S.CORRECTED else "finding.reopened"
    after = {**back(), **not_accepted(), "why": why}
    if row.state in ENDED:
        after |= _due_when_back(work, row)
    return _step(work, row, _S.REOPENED, kind, after, note=why)


def assign_finding(work: Work, finding_id: int, owner: str, seen: int | None = None) -> Finding:
    """Gives it to somebody, or with an empty name to nobody. Level 1, undoable."""
    admit(work, "finding.assign", [f"F-{finding_id}"])
    row = row_of(work, finding, "finding", finding_id, seen)
    check_owner(work.connection, owner)
    return to_finding(revise_finding(work, row, "finding.assigned", {"owner": owner}))


def take_finding(work: Work, finding_id: int, seen: int | None = None) -> Finding:
    """Gives it to the actor. Level 1, undoable."""
    admit(work, "finding.assign", [f"F-{finding_id}"])
    row = row_of(work, finding, "finding", finding_id, seen)
    return to_finding(revise_finding(work, row, "finding.assigned", {"owner": work.actor}))


def grade_finding(work: Work, finding_id: int, severity: str, text: str, seen: int | None = None) -> Finding:
    """Says how grave it is here, and why; reports no longer change it, and its day moves with it. Level 1, undoable.

    A day that has passed stays.
    """
    admit(work, "finding.grade", [f"F-{finding_id}"])
    row = row_of(work, finding, "finding", finding_id, seen)
    if severity not in set(Severity):
        raise BadInput(f"{severity!r} is no severity", next_step=f"Write one of: {listed(list(Severity))}")
    why = sentence_of(text, "why it is that grave")
    wanted = _due(work, row, Severity(severity), date.fromisoformat(row.start), use_of(row))
    due = due_again(Due(day_of(row.due), row.due_rule), wanted, work.now.date())
    after = {"severity": severity, "is_graded": 1, **due_values(due)}
    return to_finding(revise_finding(work, row, "finding.graded", after, note=why))


def note_finding(work: Work, finding_id: int, text: str) -> None:
    """Writes on its time line. Level 1, undoable."""
    admit(work, "finding.note", [f"F-{finding_id}"])
    row_of(work, finding, "finding", finding_id)
    work.record("finding.noted", subject(finding_id), note=sentence_of(text, "what you saw or did"))


# The agent's part


def is_acceptance_over(connection: Connection, today: date) -> bool:
    """Tells whether the day of any accepted risk is over."""
    query = select(func.min(finding.c.accepted_until)).where(finding.c.state == _S.ACCEPTED)
    first = connection.scalar(query)
    return bool(first) and str(first) < today.isoformat()


def end_acceptances(work: Work, token: int, at_most: int = AT_ONCE) -> bool:
    """Opens at most so many findings again whose risk was accepted until a day that is over; tells whether there may be more.

    Raises LeaseLost when the duty went to another.
    """
    beat(work, DUTY, token)
    query = (
        select(finding)
        .where(finding.c.state == _S.ACCEPTED, finding.c.accepted_until < work.now.date().isoformat())
        .order_by(finding.c.accepted_until, finding.c.id)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    rows = work.connection.execute(query).all()
    work.is_quiet = not rows
    for row in rows:
        after = {"state": _S.REOPENED, **not_accepted()}
        if row.restarts:
            after |= _started_anew(work, row)
        revise_finding(
            work, row, "finding.acceptance_over", after, note=f"accepted until {row.accepted_until}"
        )
    return len(rows) == at_most


def check_owner(connection: Connection, owner: str) -> None:
    """Raises BadInput for somebody whom the declared staff does not know by id or login; where none is, for nobody."""
    names = owners(connection) if owner else frozenset()
    if names and owner not in names:
        raise BadInput(
            f"{owner!r} is not declared as staff", where="owner",
            next_step=did_you_mean(owner, names, f"Staff: {listed(names)}"),
        )  # fmt: skip


def _step(
    work: Work, row: Any, wanted: FindingState, kind: str, after: dict[str, Any], *, note: str = ""
) -> Finding:
    check_follows(f"F-{row.id}", FindingState(row.state), wanted)
    return to_finding(revise_finding(work, row, kind, {**after, "state": wanted}, note=note))


def _started_anew(work: Work, row: Any) -> dict[str, Any]:
    """Returns the columns of days that are counted from today."""
    today = work.now.date()
    due = _due(work, row, Severity(row.severity), today, use_of(row))
    return {"start": today.isoformat(), **due_values(due)}


def _due_when_back(work: Work, row: Any) -> dict[str, Any]:
    """Returns the columns of the list and of days for one that had ended; those of one that was gone are counted from today."""
    names = (row.vulnerability, *json.loads(row.aliases))
    listed_now = use_when_back(kept_list(work.connection, names), row)
    used = Exploited(bool(listed_now["is_listed"]), day_of(listed_now["listed_due"]))
    today, is_anew = work.now.date(), row.state == _S.VERIFIED
    start = today if is_anew else date.fromisoformat(row.start)
    due = _due(work, row, Severity(row.severity), start, used)
    if not is_anew:
        due = due_again(Due(day_of(row.due), row.due_rule), due, today)
    return {**listed_now, "start": start.isoformat(), **due_values(due)}


def _due(work: Work, row: Any, severity: Severity, start: date, exploited: Exploited) -> Due:
    agreed = days_agreed(work.connection, row.component, severity, work.now)
    return due_of(start, severity, exploited, agreed)


def _checked_run(connection: Connection, row: Any, number: int) -> int:
    """Returns when the run of a check began (microseconds); raises NotPossible where it shows nothing of this finding."""
    run = one_run(connection, number)
    begun_at = run.started_at or run.created_at
    why = ""
    if run.component != row.component:
        why = f"it was about {run.component}, not {row.component}"
    elif run.state != "done":
        why = f"it is {run.state}"
    elif row.corrected_at is not None and to_micros(begun_at) < row.corrected_at:
        why = f"it began before the correction of {from_micros(row.corrected_at):%Y-%m-%d %H:%M}Z"
    if why:
        raise NotPossible(
            f"PR-{number} does not show that F-{row.id} is gone: {why}",
            next_step="Run the check on the component after the correction, then name that run",
        )
    return to_micros(begun_at)


def _check_end(until: date, today: date) -> None:
    if until < today:
        raise BadInput(f"{until} is past", where="until", next_step=f"Today is {today}")
    last = today + timedelta(days=MOST_ACCEPTED_DAYS)
    if until > last:
        raise BadInput(
            f"{until} is too far ahead",
            where="until",
            next_step=f"Write a day up to {last}; it can be set again then",
        )
