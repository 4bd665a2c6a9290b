"""Every read of problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from core.desk.problems.model import RECURS, RECURS_WITHIN, Problem, ProblemState, recurring_in
from core.desk.problems.tables import problem
from core.desk.queries import to_incident
from core.desk.tables import incident
from core.errors import NotFound
from core.store.held import open_and_newest
from core.timekeeping import from_micros, instant_or_none, to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.desk.model import Incident
    from core.desk.problems.model import Recurring

UNSOLVED = tuple(state for state in ProblemState if state.is_unsolved)
MOST_LINKED = 200
_COUNT = (
    select(func.count())
    .where(incident.c.problem == problem.c.id)
    .correlate(problem)
    .scalar_subquery()
    .label("incidents")
)
_PROBLEM = select(problem, _COUNT)
_LINKED = (
    select(incident)
    .where(incident.c.problem == bindparam("of_problem"))
    .order_by(incident.c.id.desc())
    .limit(MOST_LINKED)
)
_LOOSE = select(incident).where(
    incident.c.opened_at > bindparam("since"), incident.c.opened_at <= bindparam("now"), incident.c.problem.is_(None)
)  # fmt: skip


def to_problem(row: Any) -> Problem:
    """Returns the value of a row of `problem`; how many incidents belong to it where the row says so."""
    return Problem(
        id=row.id, version=row.version, state=ProblemState(row.state), title=row.title, component=row.component,
        service=row.service, owner=row.owner, cause=row.cause, workaround=row.workaround, solution=row.solution,
        opened_at=from_micros(row.opened_at), opened_by=row.opened_by, known_at=instant_or_none(row.known_at),
        solved_at=instant_or_none(row.solved_at), solved_by=row.solved_by, closed_at=instant_or_none(row.closed_at),
        closed_by=row.closed_by, outcome=row.outcome, incidents=getattr(row, "incidents", 0),
    )  # fmt: skip


def one_problem(connection: Connection, problem_id: int) -> Problem:
    """Returns one problem; raises NotFound."""
    row = connection.execute(_PROBLEM.where(problem.c.id == problem_id)).first()
    if row is None:
        raise NotFound(f"there is no problem P-{problem_id}", next_step="watchfloor problem --all lists them")
    return to_problem(row)


def problems(connection: Connection, *, over: bool = False, limit: int = 500) -> list[Problem]:
    """Returns problems, newest first: the unsolved and the solved ones, or with `over` the closed ones, too; at most `limit`."""
    query = _PROBLEM.order_by(problem.c.id.desc()).limit(limit)
    if not over:
        query = query.where(problem.c.state != ProblemState.CLOSED)
    return [to_problem(row) for row in connection.execute(query).all()]


def held_problems(connection: Connection) -> list[Problem]:
    """Returns every problem that is not closed, and the newest of those that are; newest first."""
    is_open = problem.c.state != ProblemState.CLOSED
    return [to_problem(row) for row in open_and_newest(connection, _PROBLEM, problem.c.id, is_open)]


def some_problems(connection: Connection, ids: Sequence[int]) -> list[Problem]:
    """Returns the problems of these numbers that exist."""
    return [to_problem(row) for row in connection.execute(_PROBLEM.where(problem.c.id.in_(ids))).all()]


def known_errors_of(connection: Connection, incident: Incident) -> list[Problem]:
    """Returns the known errors that may help with an incident, newest first: its own, or those of its component."""
    query = _PROBLEM.where(problem.c.state == ProblemState.KNOWN_ERROR).order_by(problem.c.id.desc())
    if incident.problem is not None:
        query = query.where(problem.c.id == incident.problem)
    else:
        query = query.where(problem.c.component == incident.component)
    return [to_problem(row) for row in connection.execute(query.limit(20)).all()]


def incidents_of(connection: Connection, problem_id: int) -> list[Incident]:
    """Returns the incidents that belong to a problem, newest first; at most MOST_LINKED."""
    rows = connection.execute(_LINKED, {"of_problem": problem_id}).all()
    return [to_incident(row) for row in rows]


def recurring(connection: Connection, now: datetime) -> list[Recurring]:
    """Returns the components that failed RECURS times or more within RECURS_WITHIN without a problem being open, the worst first."""
    since = {"since": to_micros(now - RECURS_WITHIN), "now": to_micros(now)}
    loose = [to_incident(row) for row in connection.execute(_LOOSE, since).all()]
    if len(loose) < RECURS:
        return []
    open_ = connection.execute(_PROBLEM.where(problem.c.state.in_(UNSOLVED))).all()
    return recurring_in(loose, [to_problem(row) for row in open_], now)
