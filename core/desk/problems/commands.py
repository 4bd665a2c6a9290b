"""Every write of problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from core.catalog.nearest import did_you_mean, listed
from core.desk.problems.model import EDITABLE, ProblemState, check_follows
from core.desk.problems.queries import one_problem, to_problem
from core.desk.problems.tables import problem
from core.desk.queries import one_incident
from core.desk.revising import revise_incident
from core.desk.tables import incident
from core.errors import BadInput, NotPossible
from core.gate.commands import admit
from core.improvement.queries import owners
from core.journal.model import Subject
from core.sentences import LONGEST_NOTE, line_written, sentence_of, written
from core.store.rows import new_number, revise, row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.desk.model import Incident
    from core.desk.problems.model import Problem
    from core.gate.model import Consent
    from core.journal.appending import Recorded
    from core.store.work import Work

ONE_LINE = {"title": 200, "component": 200, "service": 200, "owner": 80}


def subject(problem_id: int) -> Subject:
    """Returns the journal's subject of a problem."""
    return Subject("problem", str(problem_id))


def open_problem(work: Work, fields: Mapping[str, str], incidents: Sequence[int] = ()) -> Problem:
    """Opens a problem, to which these incidents belong. `fields` are texts of EDITABLE. Level 1, undoable.

    What is not said of component, service and title is that of the newest incident. Raises BadInput without a title.
    """
    admit(work, "problem.open", [fields.get("title", "") or "a problem"])
    values = _checked(work, fields)
    found = [one_incident(work.connection, number) for number in sorted(set(incidents))]
    if found:
        newest = found[-1]
        for name, text in (
            ("component", newest.component),
            ("service", newest.service),
            ("title", newest.title),
        ):
            values[name] = values.get(name) or text
    if not values.get("title"):
        raise BadInput("the problem needs a title", next_step="Say in one line what happens again and again")
    row: dict[str, Any] = {name: values.get(name, "") for name in EDITABLE} | {
        "state": ProblemState.OPEN, "solution": "", "opened_at": to_micros(work.now), "opened_by": work.actor,
        "known_at": None, "solved_at": None, "solved_by": "", "closed_at": None, "closed_by": "", "outcome": "",
    }  # fmt: skip
    number = new_number(work, problem)
    work.connection.execute(insert(problem).values(id=number, version=1, **row))
    opened = work.record(
        "problem.opened", subject(number), {name: (None, value) for name, value in row.items()}
    )
    for each in found:
        _link(work, each.id, number, None, cause=opened)
    return one_problem(work.connection, number)


def revise_problem(
    work: Work, problem_id: int, fields: Mapping[str, str], seen: int | None = None
) -> Problem:
    """Writes the given fields of EDITABLE. Level 1, undoable. Not once it is closed.

    Raises NotPossible where a known error would lose its cause or its workaround.
    """
    admit(work, "problem.revise", [f"P-{problem_id}"])
    row = row_of(work, problem, "problem", problem_id, seen)
    if row.state == ProblemState.CLOSED:
        raise NotPossible(f"P-{problem_id} is closed", next_step="Open it again first, with the reason")
    values = _checked(work, fields, had_owner=row.owner)
    if "title" in values and not values["title"]:
        raise BadInput("the problem needs a title", next_step="Say in one line what happens again and again")
    lost = [name for name in ("cause", "workaround") if values.get(name) == ""]
    if row.state == ProblemState.KNOWN_ERROR and lost:
        raise NotPossible(
            f"P-{problem_id} is a known error: its {' and '.join(lost)} cannot be taken away",
            next_step="Write another one, or solve it",
        )
    return to_problem(revise(work, problem, row, "problem.revised", values, subject=subject(problem_id)))


def make_known(work: Work, problem_id: int, cause: str, workaround: str, seen: int | None = None) -> Problem:
    """Says that its cause is known, and what helps until it is mended: from now on that is offered. Level 1, undoable.

    An empty text keeps what is written already. Raises BadInput where one of the two is not.
    """
    admit(work, "problem.known", [f"P-{problem_id}"])
    row = row_of(work, problem, "problem", problem_id, seen)
    check_follows(f"P-{problem_id}", ProblemState(row.state), ProblemState.KNOWN_ERROR)
    if row.state != ProblemState.OPEN:
        raise NotPossible(f"P-{problem_id} is {row.state}", next_step="Open it again first, with the reason")
    texts = {"cause": cause, "workaround": workaround}
    after: dict[str, Any] = {name: written(text, name) or getattr(row, name) for name, text in texts.items()}
    missing = [name for name, text in after.items() if not text]
    if missing:
        raise BadInput(
            f"a known error has a cause and a workaround; not written: {' and '.join(missing)}",
            next_step="Write both: who has the next incident reads them first",
        )
    after |= {"state": ProblemState.KNOWN_ERROR, "known_at": to_micros(work.now)}
    return to_problem(revise(work, problem, row, "problem.known", after, subject=subject(problem_id)))


def note_problem(work: Work, problem_id: int, text: str) -> None:
    """Adds a note to its time line; a note binds to nothing seen, so that none is ever refused."""
    admit(work, "problem.note", [f"P-{problem_id}"])
    text = written(text, "note", LONGEST_NOTE)
    if not text:
        raise BadInput("the note is empty", next_step="Write what you found")
    row_of(work, problem, "problem", problem_id)
    work.record("problem.noted", subject(problem_id), note=text)


def solve_problem(
    work: Work, problem_id: int, text: str, consent: Consent, seen: int | None = None
) -> Problem:
    """Says that it is mended, and how: its workaround is offered no longer. Level 2."""
    admit(work, "problem.solve", [f"P-{problem_id}"], consent)
    row = row_of(work, problem, "problem", problem_id, seen)
    check_follows(f"P-{problem_id}", ProblemState(row.state), ProblemState.SOLVED)
    after = {
        "state": ProblemState.SOLVED, "solution": sentence_of(text, "how it was mended"),
        "solved_at": to_micros(work.now), "solved_by": work.actor,
    }  # fmt: skip
    return to_problem(revise(work, problem, row, "problem.solved", after, subject=subject(problem_id)))


def close_problem(
    work: Work, problem_id: int, text: str, consent: Consent, seen: int | None = None
) -> Problem:
    """Closes it: with what was seen since it was solved, or, where it is not, why it is given up. Level 2."""
    admit(work, "problem.close", [f"P-{problem_id}"], consent)
    row = row_of(work, problem, "problem", problem_id, seen)
    check_follows(f"P-{problem_id}", ProblemState(row.state), ProblemState.CLOSED)
    wanted = "what was seen since it was solved" if row.state == ProblemState.SOLVED else "why it is given up"
    after = {
        "state": ProblemState.CLOSED, "outcome": sentence_of(text, wanted), "closed_at": to_micros(work.now),
        "closed_by": work.actor,
    }  # fmt: skip
    return to_problem(revise(work, problem, row, "problem.closed", after, subject=subject(problem_id)))


def reopen_problem(
    work: Work, problem_id: int, text: str, consent: Consent, seen: int | None = None
) -> Problem:
    """Opens it again, with the reason: as a known error where it was one, as its workaround is needed again. Level 2."""
    admit(work, "problem.reopen", [f"P-{problem_id}"], consent)
    row = row_of(work, problem, "problem", problem_id, seen)
    wanted = ProblemState.KNOWN_ERROR if row.known_at is not None else ProblemState.OPEN
    if row.state not in {ProblemState.SOLVED, ProblemState.CLOSED}:
        raise NotPossible(f"P-{problem_id} is {row.state}", next_step="Nothing was changed")
    why = sentence_of(text, "why it is opened again")
    after = {
        "state": wanted, "solved_at": None, "solved_by": "", "closed_at": None, "closed_by": "", "outcome": "",
    }  # fmt: skip
    return to_problem(
        revise(work, problem, row, "problem.reopened", after, subject=subject(problem_id), note=why)
    )


def link_incident(work: Work, incident_id: int, problem_id: int | None, seen: int | None = None) -> Incident:
    """Says that an incident comes from a problem, or with None from none that is known. Level 1, undoable.

    Closed ones may be linked, too: that two come from the same is often seen afterwards. Raises NotPossible for a closed problem.
    """
    admit(work, "incident.problem", [f"I-{incident_id}"])
    if problem_id is not None:
        row = row_of(work, problem, "problem", problem_id)
        if row.state == ProblemState.CLOSED:
            raise NotPossible(f"P-{problem_id} is closed", next_step="Open it again first, with the reason")
    _link(work, incident_id, problem_id, seen)
    return one_incident(work.connection, incident_id)


def _link(
    work: Work, incident_id: int, problem_id: int | None, seen: int | None, *, cause: Recorded | None = None
) -> None:
    row = row_of(work, incident, "incident", incident_id, seen)
    if row.problem == problem_id:
        words = f"belongs to P-{problem_id} already" if problem_id is not None else "belongs to no problem"
        raise NotPossible(f"I-{incident_id} {words}", next_step="Nothing was changed")
    kind = "incident.problem_set" if problem_id is not None else "incident.problem_cleared"
    revise_incident(work, row, kind, {"problem": problem_id}, cause=cause)


def _checked(work: Work, fields: Mapping[str, str], had_owner: str = "") -> dict[str, str]:
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise BadInput(f"a problem has no field {min(unknown)!r}", next_step=f"Fields: {', '.join(EDITABLE)}")
    values = {
        name: line_written(text, name, ONE_LINE[name]) if name in ONE_LINE else written(text, name)
        for name, text in fields.items()
    }  # fmt: skip
    owner = values.get("owner", "")
    names = owners(work.connection) if owner and owner != had_owner else frozenset()
    if names and owner not in names:
        raise BadInput(
            f"{owner!r} is not declared as staff", where="owner",
            next_step=did_you_mean(owner, names, f"Staff: {listed(names)}"),
        )  # fmt: skip
    return values
