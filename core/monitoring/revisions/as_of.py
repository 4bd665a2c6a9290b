"""By what thresholds were judged at any entry of the journal: the revisions in force then, by component."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from core.journal.folding import fold_all, readable
from core.journal.past import instant_of, told_between
from core.monitoring.revisions.queries import by_component, to_revision
from core.monitoring.revisions.tables import threshold_revision

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.journal.folding import Fields
    from core.monitoring.revisions.model import Revision

ABOUT = "threshold"
_NOTHING = dict.fromkeys(column.name for column in threshold_revision.c)


def revisions_at(connection: Connection, seq: int) -> dict[str, tuple[Revision, ...]]:
    """Returns the revisions that were judged by after entry `seq`, by component."""
    told = fold_all({}, told_between(connection, ABOUT, 0, seq))
    now = instant_of(connection, seq)
    found = [readable(_revision, id_, fields) for id_, fields in told.items()]
    return by_component(each for each in found if each is not None and each.holds(now))


def _revision(id_: str, fields: Fields) -> Revision:
    return to_revision(SimpleNamespace(**{**_NOTHING, **fields, "id": id_, "version": 1}))
