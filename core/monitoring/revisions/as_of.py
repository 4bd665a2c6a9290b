"""By what thresholds were judged at any entry of the journal: the revisions in force then, by component.

The newest entry of each threshold says whether it was revised then. Where nothing was told of one since, it is as its row
says; only those that were in force and have changed are folded.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.journal.folding import readable
from core.journal.past import AT_ONCE, instant_of, newest_told, states_of
from core.monitoring.revisions.queries import by_component, to_revision
from core.monitoring.revisions.tables import threshold_revision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from core.journal.folding import Fields
    from core.monitoring.revisions.model import Revision

ABOUT = "threshold"
ENDS = "threshold.ended"
_C = threshold_revision.c
_NOTHING = dict.fromkeys(column.name for column in _C)


def revisions_at(connection: Connection, seq: int, component_id: str = "") -> dict[str, tuple[Revision, ...]]:
    """Returns the revisions that were judged by after entry `seq`, by component; of all, or of one.

    One of which nothing was told since has its row's version, any other version 1: entries do not hold that.
    """
    asked = () if not component_id else (_C.component == component_id,)
    told = [each for each in newest_told(connection, ABOUT, _C.id, seq, *asked) if each.kind != ENDS]
    changed = [each.id for each in told if each.is_told_later]
    folded = states_of(connection, ABOUT, changed, seq)
    found = [readable(_revision, id_, fields) for id_, fields in folded.items()]
    found += _as_they_are(connection, [each.id for each in told if not each.is_told_later])
    now = instant_of(connection, seq)
    held = (each for each in found if each is not None and each.holds(now))
    return by_component(sorted(held, key=lambda each: str(each.name)))


def _as_they_are(connection: Connection, ids: Sequence[str]) -> Iterator[Revision]:
    for start in range(0, len(ids), AT_ONCE):
        rows = connection.execute(select(threshold_revision).where(_C.id.in_(ids[start : start + AT_ONCE])))
        yield from map(to_revision, rows)


def _revision(id_: str, fields: Fields) -> Revision:
    return to_revision(SimpleNamespace(**{**_NOTHING, **fields, "id": id_, "version": 1}))
