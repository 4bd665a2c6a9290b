"""Every write of training: what somebody completed is recorded, alone or from a list, and withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from core.catalog.nearest import did_you_mean, listed
from core.catalog.queries import declared_staff, declared_trainings
from core.errors import BadInput, NotPossible
from core.gate.commands import admit
from core.gate.people import noted_refusal
from core.improvement.training.queries import to_completion
from core.improvement.training.tables import training_record
from core.journal.model import Subject
from core.printable import printable
from core.sentences import line_written, sentence_of
from core.store.rows import new_number, revise, row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from core.catalog.model import Staff
    from core.catalog.training import Training
    from core.gate.model import Consent
    from core.improvement.training.model import Completion
    from core.store.work import Work

LONGEST = 500
OLDEST = timedelta(days=366 * 80)
"""A day further back is a slip of the fingers."""
OWN = "nobody records their own training"
_C = training_record.c


def subject(number: int) -> Subject:
    """Returns the journal's subject of a completion."""
    return Subject("training", str(number))


def record_training(work: Work, who: str, training_id: str, on: date, *, evidence: str = "") -> Completion:
    """Records that somebody of the staff completed a training on a day. Level 1, a lead's, and of nobody's own.

    Raises BadInput for an unknown person or training, for a day to come, and for what is recorded already.
    """
    admit(work, "training.record", [f"{who} {training_id}"])
    person, wanted = person_called(work.connection, who), training_called(work.connection, training_id)
    if is_own(work, person):
        raise noted_refusal(work, OWN, "Have another lead record it")
    before = recorded(work, person.id, wanted.id, on)
    if before is not None:
        raise BadInput(
            f"TR-{before} says so already",
            where=f"{person.id} {wanted.id} {on}",
            next_step="Nothing was changed",
        )
    return add(work, person.id, wanted.id, on, evidence)


def withdraw_training(
    work: Work, number: int, why: str, consent: Consent, seen: int | None = None
) -> Completion:
    """Withdraws what was recorded, with why: from then on it never counted. Level 2, a lead's, and of nobody's own."""
    admit(work, "training.withdraw", [f"TR-{number}"], consent)
    row = row_of(work, training_record, "training", number, seen)
    reason = sentence_of(why, "why it is withdrawn")
    if row.withdrawn_by:
        raise NotPossible(f"TR-{number} was withdrawn by {row.withdrawn_by}", next_step="Nothing was changed")
    own = next((each for each in declared_staff(work.connection) if each.id == row.person), None)
    if own is not None and is_own(work, own):
        raise noted_refusal(work, OWN, "Have another lead withdraw it")
    after = {"withdrawn_by": work.actor, "withdrawn_why": reason}
    now = revise(
        work, training_record, row, "training.withdrawn", after, subject=subject(number), note=reason
    )
    return to_completion(now)


def add(work: Work, person: str, training_id: str, on: date, evidence: str) -> Completion:
    """Adds a completion of a person and a training that are known, with its entry."""
    if on > work.now.date():
        raise BadInput(f"{on} is still to come", where="on", next_step=f"Today is {work.now.date()}")
    if work.now.date() - on > OLDEST:
        raise BadInput(
            f"{on} is longer ago than anybody can have done it",
            where="on",
            next_step=f"Today is {work.now.date()}",
        )
    values: dict[str, Any] = {
        "person": person, "training": training_id, "done_on": on.isoformat(), "evidence": line_written(evidence, "evidence", LONGEST),
        "recorded_by": work.actor, "recorded_at": to_micros(work.now), "withdrawn_by": "", "withdrawn_why": "",
    }  # fmt: skip
    number = new_number(work, training_record)
    work.connection.execute(insert(training_record).values(id=number, version=1, **values))
    work.record(
        "training.recorded",
        subject(number),
        {name: (None, value) for name, value in values.items()},
        note=values["evidence"],
    )
    row = work.connection.execute(select(training_record).where(_C.id == number)).one()
    return to_completion(row)


def recorded(work: Work, person: str, training_id: str, on: date) -> int | None:
    """Returns the number of what says the same and was not withdrawn; None where nothing does."""
    same = (
        _C.person == person,
        _C.training == training_id,
        _C.done_on == on.isoformat(),
        _C.withdrawn_by == "",
    )
    return work.connection.scalar(select(_C.id).where(*same).order_by(_C.id).limit(1))


def person_called(connection: Connection, who: str) -> Staff:
    """Returns the one of the staff who goes by an id, a login or an address. Raises BadInput."""
    staff = declared_staff(connection)
    word = who.strip().lower()
    for each in staff:
        if word and word in {each.id.lower(), (each.login or each.id).lower(), each.email.lower()}:
            return each
    names = [each.id for each in staff]
    step = did_you_mean(who, names, f"Staff: {listed(names)}" if names else "No staff is declared")
    raise BadInput(f"{printable(who, 80)!r} is not declared as staff", next_step=step)


def training_called(connection: Connection, name: str) -> Training:
    """Returns the training of that id. Raises BadInput."""
    found = {each.id: each for each in declared_trainings(connection)}
    if name in found:
        return found[name]
    known = f"Declared: {listed(found)}" if found else "None is declared: write [[training]] in the catalog"
    raise BadInput(
        f"there is no training {printable(name, 80)!r}",
        next_step=did_you_mean(name, found, known),
    )


def is_own(work: Work, person: Staff) -> bool:
    """Tells whether somebody of the staff is who does this."""
    return work.actor in {person.login or person.id, person.id}
