"""Corrective actions as of any entry: the entries of each folded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from core.improvement.queries import MOST_ENDED, to_action
from core.improvement.tables import corrective_action
from core.journal.folding import readable
from core.journal.past import Sort, newest_and_open, states_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from core.improvement.model import CorrectiveAction
    from core.journal.folding import Fields

ABOUT = "action"
_C = corrective_action.c
_FIELDS: Fields = dict.fromkeys(
    column.name for column in corrective_action.c if column.name not in {"id", "version"}
)
CHANGES_ACTIONS = (Sort(ABOUT, fields=frozenset(_FIELDS)),)
"""The entries after which the list of corrective actions looks different."""


def actions_at(connection: Connection, seq: int, *, newest: int = MOST_ENDED) -> list[CorrectiveAction]:
    """Returns corrective actions as they were after entry `seq`, newest first: all that were not ended, and the `newest` in any state.

    Every one has version 1: entries do not hold the numbers of versions.
    """
    ids = newest_and_open(connection, ABOUT, _C.id, _C.closed_at, seq, newest)
    return some_actions_at(connection, ids, seq)


def some_actions_at(connection: Connection, ids: Sequence[int], seq: int) -> list[CorrectiveAction]:
    """Returns the actions of these numbers as they were after entry `seq`, newest first; those opened later are left out."""
    states = states_of(connection, ABOUT, [str(each) for each in ids], seq)
    found = (readable(_action, id_, fields) for id_, fields in states.items())
    return sorted((each for each in found if each is not None), key=lambda each: -each.id)


def _action(id_: str, fields: Fields) -> CorrectiveAction:
    return to_action(SimpleNamespace(**{**_FIELDS, **fields, "id": int(id_), "version": 1}))
