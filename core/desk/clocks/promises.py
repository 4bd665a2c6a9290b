"""What agreements promise of items, worked out from the journal."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sqlalchemy import bindparam, select

from core.catalog.model import Agreement
from core.desk.agreements.targets import Terms
from core.desk.agreements.terms import all_versions
from core.desk.clocks.promised import clocks_of
from core.desk.clocks.told import told_by
from core.desk.hours.service_hours import ServiceHours
from core.desk.model import Incident, IncidentState
from core.desk.requests.model import OVER
from core.journal.body import told_in
from core.journal.folding import readable
from core.journal.tables import journal
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.desk.agreements.terms import Versions
    from core.desk.clocks.promised import Clock
    from core.desk.clocks.told import Told
    from core.desk.requests.model import Request

Kind = TypeVar("Kind", "Incident", "Request")
_OVER = frozenset({str(IncidentState.CLOSED), *OVER})
AT_ONCE = 500
EVER = 2**62
_TOLD = (
    select(journal.c.subject_id, journal.c.at, journal.c.kind, journal.c.body)
    .where(
        journal.c.subject_kind == bindparam("about"),
        journal.c.subject_id.in_(bindparam("ids", expanding=True)),
        journal.c.seq <= bindparam("upto"),
    )
    .order_by(journal.c.seq)
)


OF_ITS_OWN = Terms(Agreement("major-incident", "the rhythm of a major incident", "", ()), ServiceHours())
"""What a major incident stands under whose service no agreement covers: who waits is told all the same."""


class Item(NamedTuple):
    """What has clocks: an incident or a request, its number, the service it is about, and when it was opened (microseconds UTC)."""

    kind: str
    id: int
    service: str
    opened_at: int


def with_clocks(
    connection: Connection, found: Sequence[Kind], now: datetime, *, upto: int = EVER
) -> list[Kind]:
    """Returns incidents or requests with their clocks, as of entry `upto`; those that are over, whose promises are past, as they are."""
    clocks = promises(connection, [each for each in found if each.state not in _OVER], now, upto=upto)
    return [replace(each, clocks=clocks.get(each.id, ())) for each in found]


def promises(
    connection: Connection, found: Sequence[Incident | Request], now: datetime, *, upto: int = EVER
) -> dict[int, tuple[Clock, ...]]:
    """Returns the clocks of incidents, or of requests, by number, from the entries up to `upto`."""
    items = [item_of(each) for each in found]
    clocks = promised(connection, items, to_micros(now), upto=upto)
    return {item.id: each for item, each in clocks.items()}


def item_of(found: Incident | Request) -> Item:
    """Returns what the clocks of an incident or a request go by."""
    kind = "incident" if isinstance(found, Incident) else "request"
    return Item(kind, found.id, found.service, to_micros(found.opened_at))


def promised(
    connection: Connection, items: Sequence[Item], now: int, *, upto: int = EVER
) -> dict[Item, tuple[Clock, ...]]:
    """Returns the clocks of items at an instant (microseconds UTC), from the entries up to `upto`.

    None for one whose service no agreement covered when it was opened; where several do, every one has its clocks.
    """
    if not items:
        return {}
    known = Known(connection, items, upto)
    return {item: known.clocks(item, now) for item in items}


class Known:
    """What is known of items: the terms that each stands under, and what was told of it; read once for all of them."""

    def __init__(self, connection: Connection, items: Sequence[Item], upto: int = EVER) -> None:
        self._versions = all_versions(connection)
        self._told = {
            kind: told_of(connection, kind, [item.id for item in items if item.kind == kind], upto)
            for kind in {item.kind for item in items}
        }

    def clocks(self, item: Item, now: int) -> tuple[Clock, ...]:
        """Returns the clocks of an item at an instant (microseconds UTC)."""
        return item_clocks(self._versions, item, self.told(item), now)

    def told(self, item: Item) -> list[Told]:
        """Returns what was told of an item, the oldest first."""
        return self._told[item.kind].get(item.id, [])


def item_clocks(versions: Versions, item: Item, told: Sequence[Told], now: int) -> tuple[Clock, ...]:
    """Returns the clocks of an item of which this was `told`, under all agreements that it stood under."""
    if not told:
        return ()
    asks_itself = any(each.owner for each in told) and any(each.requester for each in told)
    addresses = versions.addresses(item.opened_at) if asks_itself else {}
    found: dict[tuple[str, str], Clock] = {}
    covering = versions.terms(item.service, item.opened_at, told)
    if not covering and any(each.every_s for each in told):
        covering = [OF_ITS_OWN]
    for terms in covering:
        for clock in clocks_of(terms, told, now, addresses):
            found[clock.agreement.id, clock.kind] = clock  # one that it came under again goes before
    return tuple(found.values())


def told_in_rows(rows: Iterable[Sequence[Any]]) -> list[Told]:
    """Returns what the rows told that it finds."""
    found = (readable(told_by, at, kind, told_in(body)) for at, kind, body in rows)
    return [told for told in found if told is not None]


def told_of(connection: Connection, kind: str, ids: Iterable[int], upto: int = EVER) -> dict[int, list[Told]]:
    """Returns what was told of items of a kind, by number, up to an entry, the oldest first."""
    found: dict[int, list[Told]] = defaultdict(list)
    asked = [str(each) for each in ids]
    for start in range(0, len(asked), AT_ONCE):
        values = {"about": kind, "ids": asked[start : start + AT_ONCE], "upto": upto}
        for subject, at, entry_kind, body in connection.execute(_TOLD, values):
            if (told := readable(told_by, at, entry_kind, told_in(body))) is not None:
                found[int(subject)].append(told)
    return found
