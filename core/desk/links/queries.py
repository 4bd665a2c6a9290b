"""Every read of links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from core.desk.links.model import Link, Relation
from core.desk.links.tables import item_link
from core.desk.requests.tables import request
from core.desk.tables import incident
from core.journal.model import Subject
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Table

TABLES: dict[str, Table[Any]] = {"incident": incident, "request": request}
_C = item_link.c
MOST = 200


def links_of(connection: Connection, subject: Subject) -> list[Link]:
    """Returns the links of an item as it sees them, by what they are; at most MOST."""
    number = int(subject.id)
    rows = connection.execute(
        select(item_link)
        .where(
            or_(
                and_(_C.from_kind == subject.kind, _C.from_id == number),
                and_(_C.to_kind == subject.kind, _C.to_id == number),
            )
        )
        .limit(MOST)
    ).all()
    seen = []
    for row in rows:
        one, other = Subject(row.from_kind, str(row.from_id)), Subject(row.to_kind, str(row.to_id))
        relation = Relation(row.relation)
        if one == subject:
            seen.append((str(relation), other, row))
        else:
            seen.append((relation.seen_from_other, one, row))
    known = standing_of(connection, [other for _, other, _ in seen])
    found = [
        Link(words, other, *known.get(other, ("", "")), from_micros(row.linked_at), row.linked_by)
        for words, other, row in seen
    ]
    return sorted(found, key=lambda each: (each.words, each.other.kind, int(each.other.id)))


def is_so_to(connection: Connection, item: Subject, relation: Relation) -> set[Subject]:
    """Returns what an item is so to, itself and not over others."""
    rows = connection.execute(
        select(_C.to_kind, _C.to_id).where(
            _C.from_kind == item.kind, _C.from_id == int(item.id), _C.relation == relation
        )
    ).all()
    return {Subject(kind, str(number)) for kind, number in rows}


def standing_of(connection: Connection, items: Sequence[Subject]) -> dict[Subject, tuple[str, str]]:
    """Returns title and state of items."""
    found = {}
    for kind, table in TABLES.items():
        numbers = [int(item.id) for item in items if item.kind == kind]
        if numbers:
            query = select(table.c.id, table.c.title, table.c.state).where(table.c.id.in_(numbers))
            for number, title, state in connection.execute(query).all():
                found[Subject(kind, str(number))] = (title, state)
    return found
