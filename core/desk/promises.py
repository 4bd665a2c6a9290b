"""What agreements promise of incidents, read from the database."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, select

from core.catalog.codec import decode
from core.catalog.model import Agreement, Calendar
from core.catalog.tables import catalog_item
from core.desk.model import IncidentState
from core.desk.promised import Told, clocks_of
from core.desk.service_hours import ServiceHours
from core.journal.body import told_in
from core.journal.folding import readable
from core.journal.tables import journal
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.desk.model import Incident
    from core.desk.promised import Clock
    from core.journal.model import Changes

ABOUT, TAKEN_BACK = "incident", "incident.taken_back"
AT_ONCE = 500
EVER = 2**62
_VERSIONS = (
    select(catalog_item.c.kind, catalog_item.c.id, catalog_item.c.definition, catalog_item.c.since, catalog_item.c.until)
    .where(catalog_item.c.kind.in_(("agreement", "calendar")))
    .order_by(catalog_item.c.kind, catalog_item.c.id, catalog_item.c.version)
)  # fmt: skip
_TOLD = (
    select(journal.c.subject_id, journal.c.at, journal.c.kind, journal.c.body)
    .where(
        journal.c.subject_kind == ABOUT,
        journal.c.subject_id.in_(bindparam("ids", expanding=True)),
        journal.c.seq <= bindparam("upto"),
    )
    .order_by(journal.c.seq)
)


class _Version(NamedTuple):
    kind: str
    id: str
    definition: str
    since: int
    until: int | None

    def stood_at(self, at: int) -> bool:
        return self.since <= at and (self.until is None or self.until > at)


def with_clocks(
    connection: Connection, incidents: Sequence[Incident], now: datetime, *, upto: int = EVER
) -> list[Incident]:
    """Returns incidents with their clocks, as of entry `upto`; closed ones, whose promises are past, as they are."""
    unclosed = [each for each in incidents if each.state is not IncidentState.CLOSED]
    found = promises(connection, unclosed, now, upto=upto)
    return [replace(each, clocks=found.get(each.id, ())) for each in incidents]


def promises(
    connection: Connection, incidents: Sequence[Incident], now: datetime, *, upto: int = EVER
) -> dict[int, tuple[Clock, ...]]:
    """Returns the clocks of incidents, by number, from the entries up to `upto`.

    None for one whose service no agreement covered when it was opened; where several do, every one has its clocks.
    """
    if not incidents:
        return {}
    versions = [_Version(*row) for row in connection.execute(_VERSIONS)]
    told = _told(connection, [incident.id for incident in incidents], upto)
    found: dict[int, tuple[Clock, ...]] = {}
    for incident in incidents:
        clocks: list[Clock] = []
        for agreement, hours in _covering(versions, incident.service, to_micros(incident.opened_at)):
            clocks += clocks_of(agreement, hours, told.get(incident.id, []), to_micros(now))
        found[incident.id] = tuple(clocks)
    return found


def _covering(versions: Sequence[_Version], service: str, at: int) -> list[tuple[Agreement, ServiceHours]]:
    """Returns the agreements that covered a service at an instant, with their hours as they were then."""
    standing = {(each.kind, each.id): each for each in versions if each.stood_at(at)}
    found = []
    for (kind, _), version in standing.items():
        if kind != "agreement" or f'"{service}"' not in version.definition:
            continue
        agreement: Agreement = decode(Agreement, json.loads(version.definition))
        if service not in agreement.services:
            continue
        calendar = standing.get(("calendar", agreement.calendar))
        hours = ServiceHours(decode(Calendar, json.loads(calendar.definition)) if calendar else None)
        found.append((agreement, hours))
    return found


def _told(connection: Connection, ids: Sequence[int], upto: int) -> dict[int, list[Told]]:
    found: dict[int, list[Told]] = defaultdict(list)
    for start in range(0, len(ids), AT_ONCE):
        asked = [str(each) for each in ids[start : start + AT_ONCE]]
        for subject, at, kind, body in connection.execute(_TOLD, {"ids": asked, "upto": upto}):
            if (told := readable(_of_entry, at, kind, told_in(body))) is not None:
                found[int(subject)].append(told)
    return found


def _of_entry(at: int, kind: str, changes: Changes) -> Told | None:
    state, severity = changes.get("state"), changes.get("severity")
    seen = changes.get("acknowledged_at")
    if state is None and severity is None and seen is None:
        return None
    is_noted = None
    if seen is not None and (seen[1] is not None or kind == TAKEN_BACK):
        # One that fails again is to be looked at again, but its first answer was given.
        is_noted = seen[1] is not None
    return Told(
        at, IncidentState(state[1]) if state else None, int(severity[1]) if severity else None, is_noted
    )
