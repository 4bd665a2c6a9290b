"""What was completed as of any entry, the entries of each record folded; and how everybody stood with what was asked then."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import TYPE_CHECKING

from core.catalog.as_of import each_component_at, staff_at, trainings_at
from core.improvement.training.needs import Held
from core.improvement.training.queries import everybody, to_completion
from core.improvement.training.tables import training_record
from core.journal.folding import readable
from core.journal.past import newest_known, states_of
from core.security.grants.as_of import rights_at

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from core.improvement.training.model import Completion
    from core.improvement.training.queries import Trained
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


def trained_at(connection: Connection, seq: int, day: date) -> list[Trained]:
    """Returns how everybody stood on a day after entry `seq`, by what was declared, recorded and granted then: the worst first.

    Of rights, those count that are known now to be of the person.
    """
    trainings, staff = trainings_at(connection, seq), staff_at(connection, seq)
    done: dict[tuple[str, str], Completion] = {}
    for each in sorted(completions_at(connection, seq), key=lambda each: (each.on, each.id)):
        if not each.is_withdrawn and each.on <= day:
            done[each.person, each.training] = each
    rights: dict[str, list[Held]] = defaultdict(list)
    if any(each.goes_by_rights for each in trainings):
        for held in rights_at(connection, [each.id for each in staff], seq):
            rights[held.person].append(Held(held.entitlement, held.on, held.is_privileged))
    services = {each.id: each.service for each in each_component_at(connection, seq)}
    return everybody(staff, trainings, done, rights, services, day)


def _completion(id_: str, fields: Fields) -> Completion:
    return to_completion(SimpleNamespace(**{**_FIELDS, **fields, "id": int(id_), "version": 1}))
