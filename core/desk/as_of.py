"""Incidents as of any entry: the entries of each folded. An incident has few, so that nothing needs to be kept beside them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from core.desk.model import Incident, IncidentState
from core.desk.queries import one_incident, to_incident
from core.desk.requests.queries import one_request
from core.desk.tables import incident
from core.journal.folding import readable
from core.journal.past import Sort, newest_and_open, newest_known, states_of
from core.journal.tables import journal
from core.journal.wording import is_number, subject_called
from core.store.held import MOST_OVER
from core.timekeeping import parse_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.journal.folding import Fields

ABOUT = "incident"
_FIELDS: Fields = dict.fromkeys(column.name for column in incident.c if column.name not in {"id", "version"})
CHANGES_INCIDENTS = (Sort(ABOUT, fields=frozenset(_FIELDS)),)
"""The entries after which the list of incidents looks different."""

_SINCE = (
    select(journal.c.subject_id)
    .where(journal.c.subject_kind == ABOUT, journal.c.seq > bindparam("upto"))
    .distinct()
)
_UNCLOSED_NOW = select(incident.c.id).where(incident.c.state != IncidentState.CLOSED)


def incidents_at(
    connection: Connection, seq: int, *, closed: bool = False, limit: int = 500
) -> list[Incident]:
    """Returns incidents as they were after entry `seq`, newest first: those not closed then, or with `closed` all; at most `limit`.

    Every one has version 1: entries do not hold the numbers of versions.
    """
    if closed:
        ids = newest_known(connection, ABOUT, incident.c.id, seq, limit)
        return some_incidents_at(connection, ids, seq)
    # What was not closed then is not closed now, or was told of since.
    changed = (int(each) for each in connection.scalars(_SINCE, {"upto": seq}) if is_number(each))
    found = some_incidents_at(connection, sorted({*changed, *connection.scalars(_UNCLOSED_NOW)}), seq)
    return [each for each in found if each.state is not IncidentState.CLOSED][:limit]


def held_incidents_at(connection: Connection, seq: int, *, newest: int = MOST_OVER) -> list[Incident]:
    """Returns incidents as they were after entry `seq`, newest first: all that were not closed, and the `newest` in any state."""
    ids = newest_and_open(connection, ABOUT, incident.c.id, incident.c.closed_at, seq, newest)
    return some_incidents_at(connection, ids, seq)


def incident_at(connection: Connection, incident_id: int, seq: int) -> Incident | None:
    """Returns one incident as it was after entry `seq`; None where it was not opened yet."""
    return next(iter(some_incidents_at(connection, [incident_id], seq)), None)


def some_incidents_at(connection: Connection, ids: Sequence[int], seq: int) -> list[Incident]:
    """Returns the incidents of these numbers as they were after entry `seq`, newest first; those opened later are left out."""
    states = states_of(connection, ABOUT, [str(each) for each in ids], seq)
    found = (readable(_incident, id_, fields) for id_, fields in states.items())
    return sorted((each for each in found if each is not None), key=lambda each: -each.id)


def _incident(id_: str, fields: Fields) -> Incident:
    return to_incident(SimpleNamespace(**{**_FIELDS, **fields, "id": int(id_), "version": 1}))


def instant_called(connection: Connection, text: str, now: datetime) -> datetime:
    """Returns the instant a person names: as `parse_instant` reads it, or I-7 or R-7 for when that was opened.

    Raises BadInput, or NotFound for an item that there is not.
    """
    subject = subject_called(text.strip())
    if subject is None or subject.kind not in {ABOUT, "request"}:
        return parse_instant(text, now)
    number = int(subject.id)
    if subject.kind == ABOUT:
        return one_incident(connection, number).opened_at
    return one_request(connection, number).opened_at
