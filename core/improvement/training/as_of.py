"""What was completed as of any entry: the entries of each record folded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from core.improvement.training.queries import to_completion
from core.improvement.training.tables import training_record
from core.journal.folding import readable
from core.journal.past import newest_known, states_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.improvement.training.model import Completion
    from core.journal.folding import Fields

ABOUT = "training"
MOST = 100_000
_FIELDS: Fields = dict.fromkeys(
    column.name for column in training_record.c if column.name not in {"id", "version"}
)


def completions_at(connection: Connection, seq: int) -> list[Completion]:
    """Returns what was recorded as it was after entry `seq`, newest first. Every one has version 1: entries do not hold that."""
    ids = newest_known(connection, ABOUT, training_record.c.id, seq, MOST)
    states = states_of(connection, ABOUT, [str(each) for each in ids], seq)
    found = (readable(_completion, id_, fields) for id_, fields in states.items())
    return sorted((each for each in found if each is not None), key=lambda each: -each.id)


def _completion(id_: str, fields: Fields) -> Completion:
    return to_completion(SimpleNamespace(**{**_FIELDS, **fields, "id": int(id_), "version": 1}))
