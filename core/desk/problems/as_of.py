"""Problems as of any entry: the entries of each folded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from core.desk.problems.queries import to_problem
from core.desk.problems.tables import problem
from core.journal.folding import readable
from core.journal.past import Sort, newest_and_open, states_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from core.desk.problems.model import Problem
    from core.journal.folding import Fields

ABOUT = "problem"
_FIELDS: Fields = dict.fromkeys(column.name for column in problem.c if column.name not in {"id", "version"})
CHANGES_PROBLEMS = (Sort(ABOUT, fields=frozenset(_FIELDS)),)
"""The entries after which the list of problems looks different."""


def problems_at(connection: Connection, seq: int, *, limit: int = 500) -> list[Problem]:
    """Returns problems as they were after entry `seq`, newest first: all that were not closed, and the newest `limit` in any state.

    Every one has version 1, and 0 incidents: which belonged to it then, the incidents as of then say.
    """
    ids = newest_and_open(connection, ABOUT, problem.c.id, problem.c.closed_at, seq, limit)
    return some_problems_at(connection, ids, seq)


def some_problems_at(connection: Connection, ids: Sequence[int], seq: int) -> list[Problem]:
    """Returns the problems of these numbers as they were after entry `seq`, newest first; those opened later are left out."""
    states = states_of(connection, ABOUT, [str(each) for each in ids], seq)
    found = (readable(_problem, id_, fields) for id_, fields in states.items())
    return sorted((each for each in found if each is not None), key=lambda each: -each.id)


def _problem(id_: str, fields: Fields) -> Problem:
    return to_problem(SimpleNamespace(**{**_FIELDS, **fields, "id": int(id_), "version": 1}))
