"""Every read of handovers, of how far somebody has looked, and of what happened since."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select

from core.desk.shifts.model import Changed, Handover, HandoverState, Line, Topic, changes
from core.desk.shifts.tables import handover, looked
from core.errors import NotFound
from core.journal.past import number_at
from core.journal.queries import between
from core.journal.tables import journal
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

MOST_ENTRIES = 20_000
"""So many entries are read of what happened; where there were more, the oldest are left out, which is said."""


class Since(NamedTuple):
    """What happened to requests and incidents behind an entry: of when, up to which entry, and whether that is all of it."""

    seq: int
    upto: int
    at: datetime | None
    changed: list[Changed]
    is_whole: bool = True


def looked_upto(connection: Connection, person: str) -> tuple[int, datetime] | None:
    """Returns up to which entry a person has looked, and when they said so; None for who never did."""
    row = connection.execute(select(looked.c.seq, looked.c.at).where(looked.c.person == person)).first()
    return None if row is None else (row.seq, from_micros(row.at))


def since(connection: Connection, person: str, seq: int, at: datetime | None = None) -> Since:
    """Returns what others did to requests and incidents behind entry `seq`."""
    upto = connection.scalar(select(func.max(journal.c.seq))) or 0
    first = max(seq, upto - MOST_ENTRIES)
    entries = between(connection, first, upto, ("request", "incident"))
    found = changes(entries, person)
    _give_titles(connection, found)
    return Since(seq, upto, at, found, first == seq)


def since_last_look(connection: Connection, person: str, otherwise: datetime) -> Since:
    """Returns what happened since a person last said that they had looked; who never did: since the instant `otherwise`."""
    mark = looked_upto(connection, person)
    if mark is None:
        return since(connection, person, number_at(connection, otherwise))
    return since(connection, person, *mark)


def _give_titles(connection: Connection, found: list[Changed]) -> None:
    from core.desk.finding.compiling import TABLES
    from core.desk.finding.fields import Kind

    for kind in Kind:
        table = TABLES[kind]
        numbers = [item.number for item in found if item.about == kind and not item.title]
        titles: dict[int, str] = {}
        for start in range(0, len(numbers), 500):
            query = select(table.c.id, table.c.title).where(table.c.id.in_(numbers[start : start + 500]))
            titles |= {row.id: row.title for row in connection.execute(query).all()}
        for item in found:
            if item.about == kind and not item.title:
                item.title = titles.get(item.number, "")


def to_handover(row: Any) -> Handover:
    """Returns the value of a row of `handover`."""
    accepted = json.loads(row.accepted)
    lines = []
    for number, topic, about, text, by in json.loads(row.lines):
        who, when = accepted.get(str(number), ("", None))
        lines.append(
            Line(number, Topic(topic), about, text, by, who, None if when is None else from_micros(when))
        )
    return Handover(
        row.id, row.version, HandoverState(row.state), from_micros(row.begun_at), row.begun_by, from_micros(row.since),
        from_micros(row.until), row.upto, tuple(lines), None if row.ended_at is None else from_micros(row.ended_at), row.ended_by,
    )  # fmt: skip


def one_handover(connection: Connection, handover_id: int) -> Handover:
    """Returns one handover; raises NotFound."""
    row = connection.execute(select(handover).where(handover.c.id == handover_id)).first()
    if row is None:
        raise NotFound(
            f"there is no handover HO-{handover_id}", next_step="watchfloor handover --all lists them"
        )
    return to_handover(row)


def open_handover(connection: Connection) -> Handover | None:
    """Returns the handover that is open; there is one at most."""
    query = select(handover).where(handover.c.state == HandoverState.OPEN).order_by(handover.c.id.desc())
    row = connection.execute(query.limit(1)).first()
    return None if row is None else to_handover(row)


def handovers(connection: Connection, limit: int = 50) -> list[Handover]:
    """Returns handovers, the newest first; at most `limit`."""
    rows = connection.execute(select(handover).order_by(handover.c.id.desc()).limit(limit)).all()
    return [to_handover(row) for row in rows]
