"""Every write of handovers, and of how far somebody has looked."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from core.desk.shifts.model import Handover, HandoverState, Topic
from core.desk.shifts.queries import open_handover, to_handover
from core.desk.shifts.summing import computed_lines
from core.desk.shifts.tables import handover, looked
from core.errors import BadInput, NotPermitted, NotPossible
from core.gate.commands import admit
from core.journal.model import Subject
from core.journal.tables import journal
from core.sentences import line_written, reason_of
from core.store.rows import new_number, revise, row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from core.gate.model import Consent
    from core.store.work import Work

LONGEST_SHIFT = timedelta(days=7)
LONGEST_LINE = 2000
MOST_LINES = 400


def subject(handover_id: int) -> Subject:
    """Returns the journal's subject of a handover."""
    return Subject("handover", str(handover_id))


def keep_mark(work: Work, seq: int) -> None:
    """Says that the actor has looked at all up to an entry. Leaves no entry: who looked at what is nobody's history.

    Raises BadInput for a number that no entry has yet.
    """
    newest = work.connection.scalar(select(func.max(journal.c.seq))) or 0
    if not 0 <= seq <= newest:
        raise BadInput(f"there is no entry {seq} yet: the newest is {newest}")
    values = {"seq": seq, "at": to_micros(work.now)}
    done = work.connection.execute(update(looked).where(looked.c.person == work.actor).values(values))
    if not done.rowcount:
        work.connection.execute(insert(looked).values(person=work.actor, **values))
    work.is_quiet = True


def begin_handover(work: Work, begun: datetime, until: datetime, consent: Consent) -> Handover:
    """Computes what a shift that began at `begun` hands over now to the one that ends at `until`. Level 2.

    Raises BadInput for a shift that ends before it begins, or lasts longer than a week; NotPossible while one is open.
    """
    admit(work, "handover.begin", ["handover"], consent)
    if not begun < work.now < until:
        raise BadInput(
            "a handover lies between the shift that was and the one that comes", next_step="Nothing was done"
        )
    if until - work.now > LONGEST_SHIFT or work.now - begun > LONGEST_SHIFT:
        raise BadInput("no shift is longer than a week", next_step="Nothing was done. Name fewer hours")
    there = open_handover(work.connection)
    if there is not None:
        raise NotPossible(
            f"{there.label} of {there.begun_by} is still open: {len(there.open_lines)} lines are not accepted",
            next_step="Nothing was done. Accept its lines, or withdraw it",
        )
    lines = computed_lines(work.connection, begun, work.now, until)
    number = new_number(work, handover)
    values: dict[str, Any] = {
        "state": HandoverState.OPEN, "begun_at": to_micros(work.now), "begun_by": work.actor, "since": to_micros(begun),
        "until": to_micros(until), "upto": work.connection.scalar(select(func.max(journal.c.seq))) or 0,
        "lines": _written([[line.number, line.topic, line.about, line.text, ""] for line in lines]), "accepted": "{}",
        "ended_at": None, "ended_by": "",
    }  # fmt: skip
    work.connection.execute(insert(handover).values(id=number, version=1, **values))
    work.record("handover.begun", subject(number), {name: (None, value) for name, value in values.items()})
    return to_handover(work.connection.execute(select(handover).where(handover.c.id == number)).one())


def add_line(work: Work, handover_id: int, text: str) -> Handover:
    """Adds a line in the own words of whoever hands over. Level 1. Raises NotPermitted for anybody else."""
    admit(work, "handover.add", [f"HO-{handover_id}"])
    row = _open_row(work, handover_id)
    if row.begun_by != work.actor:
        raise NotPermitted(
            f"HO-{handover_id} is handed over by {row.begun_by}",
            next_step="Nothing was done. They add their own words",
        )
    said = line_written(text, "what the next shift has to know", LONGEST_LINE)
    if not said:
        raise BadInput("the line is empty", next_step="Say in one line what the next shift has to know")
    lines = json.loads(row.lines)
    if len(lines) >= MOST_LINES:
        raise BadInput(f"a handover has at most {MOST_LINES} lines", next_step="Nothing was done")
    lines.append([max((line[0] for line in lines), default=0) + 1, Topic.WORDS, "", said, work.actor])
    return _revised(work, row, "handover.line_added", {"lines": _written(lines)}, note=said)


def accept_line(work: Work, handover_id: int, number: int) -> Handover:
    """Accepts one line, as whoever takes over; with the last one the handover is taken. Level 1; not to be taken back.

    Raises NotPermitted for whoever hands over, NotPossible for a line that there is not or that was accepted.
    """
    admit(work, "handover.accept", [f"HO-{handover_id}"])
    row = _open_row(work, handover_id)
    if row.begun_by == work.actor:
        raise NotPermitted(
            "nobody takes over from themselves",
            next_step="Nothing was done. Who takes over accepts each line",
        )
    lines, accepted = json.loads(row.lines), json.loads(row.accepted)
    line = next((each for each in lines if each[0] == number), None)
    if line is None:
        raise NotPossible(f"HO-{handover_id} has no line {number}", next_step="Nothing was done")
    if str(number) in accepted:
        raise NotPossible(
            f"line {number} was accepted by {accepted[str(number)][0]}", next_step="Nothing was changed"
        )
    accepted[str(number)] = [work.actor, to_micros(work.now)]
    after: dict[str, Any] = {"accepted": _written(accepted)}
    said = ": ".join(part for part in (line[2], line[3]) if part)
    if len(accepted) < len(lines):
        return _revised(work, row, "handover.line_accepted", after, note=said)
    after |= {"state": HandoverState.TAKEN, "ended_at": to_micros(work.now), "ended_by": work.actor}
    return _revised(work, row, "handover.taken", after, note=said)


def withdraw_handover(work: Work, handover_id: int, text: str, consent: Consent) -> Handover:
    """Ends a handover that nobody is to take, with the reason. Level 2."""
    admit(work, "handover.withdraw", [f"HO-{handover_id}"], consent)
    row = _open_row(work, handover_id)
    why = reason_of(text, "a sentence is asked for: why it is withdrawn", LONGEST_LINE)
    after = {"state": HandoverState.WITHDRAWN, "ended_at": to_micros(work.now), "ended_by": work.actor}
    return _revised(work, row, "handover.withdrawn", after, note=why)


def _open_row(work: Work, handover_id: int) -> Any:
    row = row_of(work, handover, "handover", handover_id)
    if row.state != HandoverState.OPEN:
        raise NotPossible(f"HO-{handover_id} is {row.state}", next_step="Nothing was changed")
    return row


def _revised(work: Work, row: Any, kind: str, after: dict[str, Any], *, note: str) -> Handover:
    return to_handover(revise(work, handover, row, kind, after, subject=subject(row.id), note=note))


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
