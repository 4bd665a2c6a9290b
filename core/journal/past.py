"""The journal as of one of its numbers: which entry stands at an instant, and what the entries up to it say of a kind.

Numbers have no gaps and `at` never decreases with them, so an instant is found by halving, without an index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Text, and_, bindparam, cast, exists, false, func, or_, select

from core.journal.body import told_in
from core.journal.folding import Told, fold_all
from core.journal.queries import one
from core.journal.tables import journal
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from core.journal.folding import Fields
    from core.journal.model import Entry

NEAR = 500
"""So many entries are looked through one by one for the next that changes something."""
AT_ONCE = 500
"""So many subjects are named in one question at most."""

_AT = select(journal.c.at).where(journal.c.seq == bindparam("seq"))
_TOLD = (journal.c.subject_id, journal.c.kind, journal.c.body)
_TOLD_IN_ORDER = (
    journal.c.seq, journal.c.subject_kind, journal.c.subject_id, journal.c.kind, journal.c.body,
)  # fmt: skip
_BETWEEN = (
    select(*_TOLD)
    .where(
        journal.c.seq > bindparam("since"),
        journal.c.seq <= bindparam("upto"),
        journal.c.subject_kind == bindparam("about"),
    )
    .order_by(journal.c.seq)
    .execution_options(yield_per=AT_ONCE)
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


class Newest(NamedTuple):
    """Of which kind the last entry of a subject was, and whether any came after the number that was asked about."""

    id: str
    kind: str
    is_told_later: bool


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
    for id_, kind, body in connection.execute(_BETWEEN, {"about": about, "since": since, "upto": upto}):
        yield Told(id_, kind, told_in(body))


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


def newest_told(
    connection: Connection, about: str, subject: ColumnElement[str], upto: int, *asked: ColumnElement[bool]
) -> list[Newest]:
    """Returns the last entry up to number `upto` of every subject that a table has, by its column; of those rows only that are `asked` for.

    One of which none was told by then is left out. The index of subjects finds each: no entry is read.
    """
    of_it = (journal.c.subject_kind == about, journal.c.subject_id == subject)
    last = select(func.max(journal.c.seq)).where(*of_it, journal.c.seq <= upto).scalar_subquery()
    later = exists(select(1).where(*of_it, journal.c.seq > upto))
    found = select(subject.label("id"), last.label("last"), later.label("later")).where(*asked).subquery()
    query = select(found.c.id, journal.c.kind, found.c.later).join(journal, journal.c.seq == found.c.last)
    return [Newest(id_, kind, bool(is_later)) for id_, kind, is_later in connection.execute(query)]


def newest_and_open(
    connection: Connection,
    about: str,
    number: ColumnElement[int],
    over_at: ColumnElement[int | None],
    upto: int,
    newest: int,
) -> list[int]:
    """Returns the `newest` of a table as `newest_known` does, and all older ones that were not over after entry `upto`, by the instant in `over_at`."""
    ids = newest_known(connection, about, number, upto, newest)
    entry = one(connection, upto)
    if entry is not None and len(ids) == newest:
        not_over = or_(over_at.is_(None), over_at >= to_micros(entry.at))
        ids += connection.scalars(select(number).where(number < ids[-1], not_over).order_by(number.desc()))
    return ids


def states_of(
    connection: Connection, about: str, ids: Sequence[str], upto: int, ends: Collection[str] = ()
) -> dict[str, Fields]:
    """Returns the fields of these subjects after entry `upto`, by id; one without entries up to it is left out."""
    states: dict[str, Fields] = {}
    for start in range(0, len(ids), AT_ONCE):
        named = {"about": about, "ids": ids[start : start + AT_ONCE], "upto": upto}
        rows = connection.execute(_OF, named).all()
        told = (Told(id_, kind, told_in(body)) for id_, kind, body in rows)
        states |= fold_all({}, told, ends)
    return states


def changing(
    connection: Connection, sorts: Sequence[Sort], *, after: int | None = None, before: int | None = None
) -> Entry | None:
    """Returns the entry next `after` a number, or the last `before` one, that is of one of the sorts and changed a field.

    Where no sort is given, every entry counts. It is looked for near by, number by number, and only where it is not there
    among all entries of these sorts: about components there may be a million of them, and an index would sort them all.
    """
    is_later = after is not None
    place = (after if is_later else before) or 0
    order = journal.c.seq if is_later else journal.c.seq.desc()
    query = select(*_TOLD_IN_ORDER).order_by(order)
    edge = place + NEAR if is_later else max(place - NEAR, 1)
    near = (
        [journal.c.seq > place, journal.c.seq <= edge]
        if is_later
        else [journal.c.seq < place, journal.c.seq >= edge]
    )
    if sorts:  # not by the index of subjects
        near.append(func.coalesce(journal.c.subject_kind, "").in_([sort.about for sort in sorts]))
    rows = connection.execute(query.where(*near).limit(NEAR if sorts else 1)).all()
    found = _first(rows, sorts)
    wanted = or_(false(), *(_of_sort(sort) for sort in sorts))
    while found is None and sorts:
        beyond = journal.c.seq > edge if is_later else journal.c.seq < edge
        rows = connection.execute(query.where(beyond, wanted).limit(AT_ONCE)).all()
        found = _first(rows, sorts)
        if len(rows) < AT_ONCE:
            break
        edge = rows[-1].seq
    return None if found is None else one(connection, found)


def _first(rows: Iterable[Any], sorts: Sequence[Sort]) -> int | None:
    """Returns the number of the first row that is of one of the sorts and changed a field of it."""
    by_about = {sort.about: sort for sort in sorts}
    for seq, about, id_, kind, body in rows:
        sort = by_about.get(about)
        if sort is None:
            return int(seq)  # no sort was given
        if (sort.kinds and kind not in sort.kinds) or sort.id not in {"", id_}:
            continue
        if not sort.fields or told_in(body).keys() & sort.fields:
            return int(seq)
    return None


def _of_sort(sort: Sort) -> ColumnElement[bool]:
    wanted = [journal.c.subject_kind == sort.about]
    if sort.kinds:
        wanted.append(journal.c.kind.in_(sort.kinds))
    if sort.id:
        wanted.append(journal.c.subject_id == sort.id)
    return and_(*wanted)
