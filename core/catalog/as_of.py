"""What was declared at any entry of the journal: the versions in force after the last catalog that was loaded by then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, func, or_, select

from core.catalog.tables import catalog_item, component
from core.journal.tables import journal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sqlalchemy import Connection

_LOADED = (journal.c.subject_kind == "catalog", journal.c.kind == "catalog.loaded")
_LAST = (
    select(journal.c.seq, journal.c.at, journal.c.body)
    .where(*_LOADED, journal.c.subject_id == "", journal.c.seq <= bindparam("upto"))
    .order_by(journal.c.seq.desc())
    .limit(1)
)
_NEWEST = select(func.max(journal.c.seq)).where(*_LOADED, journal.c.subject_id == "")
_IN_FORCE = (
    select(catalog_item.c.id, catalog_item.c.definition)
    .where(
        catalog_item.c.kind == "component",
        catalog_item.c.since <= bindparam("stamp"),
        or_(catalog_item.c.until.is_(None), catalog_item.c.until > bindparam("stamp")),
    )
    .order_by(catalog_item.c.id)
)
_NOW = select(component).order_by(component.c.id)


class Declared(NamedTuple):
    """As much of a declared component as a board shows."""

    id: str
    title: str
    service: str
    owner: str
    needs: tuple[str, ...]


def components_at(connection: Connection, seq: int) -> list[Declared]:
    """Returns the components in force after entry `seq`, by id."""
    last = connection.execute(_LAST, {"upto": seq}).first()
    if last is None:
        return []
    if connection.scalar(_NEWEST) == last.seq:
        rows = connection.execute(_NOW).all()
        return [Declared(r.id, r.title, r.service, r.owner, tuple(r.needs.split())) for r in rows]
    changes = json.loads(last.body)[0]
    # An entry of an older program does not say under which instant its versions are kept: its own is as good.
    stamp = changes["since"][1] if "since" in changes else last.at
    rows = connection.execute(_IN_FORCE, {"stamp": stamp}).all()
    return [_declared(row.id, json.loads(row.definition)) for row in rows]


def _declared(id_: str, definition: Mapping[str, Any]) -> Declared:
    # Taken from the text as it is kept: making whole components of ten thousand, with their probes, takes seconds.
    needs = (of for need in definition.get("needs", ()) for of in need["of"])
    return Declared(
        id_,
        definition["title"],
        definition["service"],
        definition.get("owner", ""),
        tuple(dict.fromkeys(needs)),
    )
