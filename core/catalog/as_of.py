"""What was declared at any entry of the journal: the versions in force after the last catalog that was loaded by then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, func, or_, select

from core.catalog.codec import decode
from core.catalog.model import Component, ProcedureText, Staff
from core.catalog.tables import catalog_item, component
from core.catalog.training import Training
from core.journal.body import told_in
from core.journal.folding import readable
from core.journal.tables import journal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

AT_ONCE = 500
"""So many rows are in memory at a time."""
_LOADED = (journal.c.subject_kind == "catalog", journal.c.kind == "catalog.loaded")
_LAST = (
    select(journal.c.seq, journal.c.at, journal.c.body)
    .where(*_LOADED, journal.c.subject_id == "", journal.c.seq <= bindparam("upto"))
    .order_by(journal.c.seq.desc())
    .limit(1)
)
_ITEMS = (
    select(catalog_item.c.id, catalog_item.c.definition)
    .where(
        catalog_item.c.kind == bindparam("kind"),
        catalog_item.c.since <= bindparam("stamp"),
        or_(catalog_item.c.until.is_(None), catalog_item.c.until > bindparam("stamp")),
    )
    .order_by(catalog_item.c.id)
    .execution_options(yield_per=AT_ONCE)
)
_NEWEST = select(func.max(journal.c.seq)).where(*_LOADED, journal.c.subject_id == "")
_NOW = select(component).order_by(component.c.id).execution_options(yield_per=AT_ONCE)


class Declared(NamedTuple):
    """As much of a declared component as a board shows."""

    id: str
    title: str
    service: str
    owner: str
    needs: tuple[str, ...]


def each_component_at(connection: Connection, seq: int) -> Iterator[Declared]:
    """Yields the components in force after entry `seq`, by id."""
    last = connection.execute(_LAST, {"upto": seq}).first()
    if last is None:
        return
    if connection.scalar(_NEWEST) == last.seq:
        for r in connection.execute(_NOW):
            yield Declared(r.id, r.title, r.service, r.owner, tuple(r.needs.split()))
        return
    for row in connection.execute(_ITEMS, {"kind": "component", "stamp": _stamp_of(last)}):
        yield _declared(row.id, json.loads(row.definition))


def component_at(connection: Connection, component_id: str, seq: int) -> Component | None:
    """Returns a component as it was declared after entry `seq`, probes and thresholds included; None where it was not."""
    found = _items_at(connection, "component", seq, [component_id])
    return decode(Component, json.loads(found[component_id])) if found else None


def procedures_at(connection: Connection, seq: int, ids: Sequence[str] | None = None) -> list[ProcedureText]:
    """Returns the procedures in force after entry `seq`, by id: those named, or every one."""
    found = _items_at(connection, "procedure", seq, ids)
    return [decode(ProcedureText, json.loads(text)) for text in found.values()]


def trainings_at(connection: Connection, seq: int) -> list[Training]:
    """Returns the trainings in force after entry `seq`, by id."""
    return [
        decode(Training, json.loads(text)) for text in _items_at(connection, "training", seq, None).values()
    ]


def staff_at(connection: Connection, seq: int) -> list[Staff]:
    """Returns the staff in force after entry `seq`, by id."""
    return [decode(Staff, json.loads(text)) for text in _items_at(connection, "staff", seq, None).values()]


def _items_at(connection: Connection, kind: str, seq: int, ids: Sequence[str] | None) -> dict[str, str]:
    last = connection.execute(_LAST, {"upto": seq}).first()
    if last is None:
        return {}
    query = _ITEMS if ids is None else _ITEMS.where(catalog_item.c.id.in_(ids))
    rows = connection.execute(query, {"kind": kind, "stamp": _stamp_of(last)}).all()
    return {row.id: row.definition for row in rows}


def _stamp_of(loaded: Any) -> int:
    """Returns under which instant the versions are kept that this entry of a load put in force."""
    changes = told_in(loaded.body)
    # An entry of an older program does not say so: its own instant is as good.
    since = readable(int, changes["since"][1]) if "since" in changes else None
    return loaded.at if since is None else since


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
