"""The journal as of one of its numbers: which entry stands at an instant, and what the entries up to it say of a kind.

Numbers have no gaps and `at` never decreases with them, so an instant is found by halving, without an index.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Text, and_, bindparam, cast, exists, false, func, or_, select

from core.journal.folding import Told, fold_all
from core.journal.queries import one
from core.journal.tables import journal
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from core.journal.folding import Fields
    from core.journal.model import Entry

AT_ONCE = 500
"""So many subjects are named in one question at most."""

_AT = select(journal.c.at).where(journal.c.seq == bindparam("seq"))
_TOLD = (journal.c.subject_id, journal.c.kind, journal.c.body)
_BETWEEN = (
    select(*_TOLD)
    .where(
        journal.c.seq > bindparam("since"),
        journal.c.seq <= bindparam("upto"),
        journal.c.subject_kind == bindparam("about"),
    )
    .order_by(journal.c.seq)
)
_NAMED = (
    select(journal.c.subject_kind, journal.c.subject_id)
    .where(journal.c.seq > bindparam("since"), journal.c.seq <= bindparam("upto"))
    .distinct()
)
_OF = (
    select(*_TOLD)
    .where(
        journal.c.subject_kind == bindparam("about"),
        journal.c.subject_id.in_(bindparam("ids", expanding=True)),
        journal.c.seq <= bindparam("upto"),
    )
    .order_by(journal.c.subject_id, journal.c.seq)
)


class Reach(NamedTuple):
    """From when to when the journal goes: instants of its first and newest entry, and the newest one's number."""

    first: datetime
    last: datetime
    seq: int


class Sort(NamedTuple):
    """Entries of some sort: about one kind of subject (one of them, by `id`), of these kinds, changing one of these fields; none named: any."""

    about: str
    kinds: tuple[str, ...] = ()
    fields: frozenset[str] = frozenset()
    id: str = ""


def reach(connection: Connection) -> Reach | None:
    """Returns from when to when the journal goes; None while it is empty."""
    newest = connection.scalar(select(func.max(journal.c.seq)))
    if newest is None:
        return None
    return Reach(_instant(connection, 1), _instant(connection, newest), newest)


def number_at(connection: Connection, instant: datetime) -> int:
    """Returns the number of the last entry at or before `instant`; 0 when the journal begins later."""
    wanted = to_micros(instant)
    low, high = 0, connection.scalar(select(func.max(journal.c.seq))) or 0
    while low < high:
        middle = (low + high + 1) // 2
        if (connection.scalar(_AT, {"seq": middle}) or 0) <= wanted:
            low = middle
        else:
            high = middle - 1
    return low


def instant_of(connection: Connection, seq: int) -> datetime:
    """Returns when the entry of that number was made; of number 0, the first one's instant."""
    return _instant(connection, max(seq, 1))


def _instant(connection: Connection, seq: int) -> datetime:
    return from_micros(connection.scalar(_AT, {"seq": seq}) or 0)


def told_between(connection: Connection, about: str, since: int, upto: int) -> Iterator[Told]:
    """Yields what entries say of subjects of one kind, after number `since` up to number `upto`, in order."""
    rows = connection.execute(_BETWEEN, {"about": about, "since": since, "upto": upto}).all()
    for id_, kind, body in rows:
        yield Told(id_, kind, json.loads(body)[0])


def named_between(connection: Connection, since: int, upto: int) -> dict[str, set[str]]:
    """Returns the ids of every subject told of after number `since` up to number `upto`, by kind of subject."""
    found: dict[str, set[str]] = {}
    for about, id_ in connection.execute(_NAMED, {"since": since, "upto": upto}).all():
        found.setdefault(about, set()).add(id_)
    return found


def newest_known(
    connection: Connection, about: str, number: ColumnElement[int], upto: int, most: int
) -> list[int]:
    """Returns the highest numbers of a table, by its column, of which an entry was told by number `upto`; at most `most`."""
    known = exists(
        select(1).where(
            journal.c.subject_kind == about, journal.c.subject_id == cast(number, Text), journal.c.seq <= upto
        )
    )
    return list(connection.scalars(select(number).where(known).order_by(number.desc()).limit(most)))


def states_of(
    connection: Connection, about: str, ids: Sequence[str], upto: int, ends: Collection[str] = ()
) -> dict[str, Fields]:
    """Returns the fields of these subjects after entry `upto`, by id; one without entries up to it is left out."""
    states: dict[str, Fields] = {}
    for start in range(0, len(ids), AT_ONCE):
        named = {"about": about, "ids": ids[start : start + AT_ONCE], "upto": upto}
        rows = connection.execute(_OF, named).all()
        told = (Told(id_, kind, json.loads(body)[0]) for id_, kind, body in rows)
        states |= fold_all({}, told, ends)
    return states


def changing(
    connection: Connection, sorts: Sequence[Sort], *, after: int | None = None, before: int | None = None
) -> Entry | None:
    """Returns the entry next `after` a number, or the last `before` one, that is of one of the sorts and changed a field.

    Where no sort is given, every entry counts.
    """
    fields = {sort.about: sort.fields for sort in sorts}
    columns = (journal.c.seq, journal.c.subject_kind, journal.c.body)
    query = select(*columns).limit(AT_ONCE if sorts else 1)
    if sorts:
        query = query.where(or_(false(), *(_of_sort(sort) for sort in sorts)))
    place = after if after is not None else before
    while place is not None:
        if after is not None:
            page = query.where(journal.c.seq > place).order_by(journal.c.seq)
        else:
            page = query.where(journal.c.seq < place).order_by(journal.c.seq.desc())
        rows = connection.execute(page).all()
        for seq, about, body in rows:
            changed = json.loads(body)[0].keys()
            if not sorts or not fields[about] or changed & fields[about]:
                return one(connection, seq)
        place = rows[-1].seq if len(rows) == AT_ONCE else None
    return None


def _of_sort(sort: Sort) -> ColumnElement[bool]:
    wanted = [journal.c.subject_kind == sort.about]
    if sort.kinds:
        wanted.append(journal.c.kind.in_(sort.kinds))
    if sort.id:
        wanted.append(journal.c.subject_id == sort.id)
    return and_(*wanted)
