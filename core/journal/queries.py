"""Every read of the journal. All page by number, never by offset, and never by time alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, func, or_, select

from core.journal.appending import head
from core.journal.body import as_written, read_body
from core.journal.folding import fold
from core.journal.model import Cursor, Entry, Subject, Via
from core.journal.tables import journal
from core.store.octets import octets
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from core.journal.log_filter import LogFilter

PAGE = 500
PAGE_BYTES: Final = 1 << 22
"""What entries say that are read on with: a page of the longest entries ends here, behind the one with which it is reached."""
_VIAS = {str(via): via for via in Via if via is not Via.UNKNOWN}
_COLUMNS = (
    journal.c.seq, journal.c.at, journal.c.actor, journal.c.via, journal.c.kind, journal.c.subject_kind,
    journal.c.subject_id, journal.c.body, journal.c.cause, journal.c.hash,
)  # fmt: skip
_SIZED = (
    select(*_COLUMNS, octets(journal.c.body).label("size"))
    .where(journal.c.seq > bindparam("seq")).order_by(journal.c.seq).limit(PAGE).subquery()
)  # fmt: skip
_SUMMED = select(
    *_SIZED.c, func.sum(_SIZED.c.size).over(order_by=_SIZED.c.seq, rows=(None, 0)).label("total")
).subquery()
_AFTER = (
    select(*(_SUMMED.c[column.name] for column in _COLUMNS), _SUMMED.c.total)
    .where(_SUMMED.c.total - _SUMMED.c.size < PAGE_BYTES).order_by(_SUMMED.c.seq)
)  # fmt: skip
_HASH = select(journal.c.hash).where(journal.c.seq == bindparam("seq"))


def _entry(row: Any) -> Entry:
    seq, at, actor, via, kind, subject_kind, subject_id, body, cause, digest = row
    changes, note = read_body(body)
    door = _VIAS.get(via)
    if door is None:
        note = f"{note} (via {as_written(via)})".strip()
    return Entry(
        seq, from_micros(at), actor, door or Via.UNKNOWN, kind, Subject(subject_kind, subject_id), changes,
        note, cause, digest,
    )  # fmt: skip


def newest(connection: Connection) -> Cursor:
    """Returns the cursor of the newest entry (START when the journal is empty)."""
    return head(connection)[0]


def after(connection: Connection, cursor: Cursor) -> list[Entry] | None:
    """Returns the entries of one page after `cursor`, oldest first.

    Returns None when the journal no longer holds the entry the cursor names (a restored or rolled back
    database): the reader must rebuild from the state rows and say so.
    """
    found = page_after(connection, cursor)
    return None if found is None else found[0]


def page_after(connection: Connection, cursor: Cursor) -> tuple[list[Entry], bool] | None:
    """Returns the same, and whether more may stand behind them: a page ends after PAGE entries, or where PAGE_BYTES are reached."""
    rows = connection.execute(_AFTER, {"seq": cursor.seq}).all()
    if cursor.seq and _hash_of(connection, cursor.seq) != cursor.hash:
        return None
    is_full = len(rows) == PAGE or bool(rows and rows[-1].total >= PAGE_BYTES)
    return [_entry(row[:-1]) for row in rows], is_full


def _hash_of(connection: Connection, seq: int) -> str | None:
    return connection.scalar(_HASH, {"seq": seq})


def find(connection: Connection, key: str) -> int | None:
    """Returns the number of the entry that carries this transaction key, None when it never committed."""
    return connection.scalar(select(journal.c.seq).where(journal.c.key == key))


def one(connection: Connection, seq: int) -> Entry | None:
    """Returns the entry of that number."""
    row = connection.execute(select(*_COLUMNS).where(journal.c.seq == seq)).first()
    return _entry(row) if row else None


def page(
    connection: Connection, *, before: int | None = None, limit: int = PAGE, wanted: LogFilter | None = None
) -> list[Entry]:
    """Returns the newest `limit` entries below number `before` that `wanted` lets through, newest first."""
    query = select(*_COLUMNS).order_by(journal.c.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(journal.c.seq < before)
    if wanted is not None:
        query = query.where(*_conditions(wanted))
    return [_entry(row) for row in connection.execute(query).all()]


def _conditions(wanted: LogFilter) -> Iterable[ColumnElement[bool]]:
    columns = {
        "kind": journal.c.kind, "actor": journal.c.actor, "via": journal.c.via,
        "subject": journal.c.subject_kind + ":" + journal.c.subject_id,
    }  # fmt: skip
    for term in wanted.terms:
        if term.field in columns:
            found = columns[term.field].icontains(term.text, autoescape=True)
        else:
            found = or_(
                *(c.icontains(term.text, autoescape=True) for c in (*columns.values(), journal.c.body))
            )
        about = term.subject
        if about is not None:
            found = or_(found, and_(journal.c.subject_kind == about.kind, journal.c.subject_id == about.id))
        yield ~found if term.inverted else found


def of_subject(
    connection: Connection, subject: Subject, *, until: datetime | None = None, upto: int | None = None,
    limit: int | None = None,
) -> list[Entry]:  # fmt: skip
    """Returns the entries of one subject, oldest first; up to an instant or a number; with `limit` only the newest that many."""
    query = select(*_COLUMNS).where(
        journal.c.subject_kind == subject.kind, journal.c.subject_id == subject.id
    )
    if until is not None:
        query = query.where(journal.c.at <= to_micros(until))
    if upto is not None:
        query = query.where(journal.c.seq <= upto)
    query = query.order_by(journal.c.seq.desc())
    if limit is not None:
        query = query.limit(limit)
    return [_entry(row) for row in reversed(connection.execute(query).all())]


def of_several(
    connection: Connection, kind: str, ids: Collection[str], *, after: int, upto: int, limit: int
) -> list[Entry]:
    """Returns the entries behind one number up to another about these subjects of one kind, oldest first; at most `limit`."""
    found: list[Entry] = []
    named = sorted(ids)
    for start in range(0, len(named), PAGE):
        query = select(*_COLUMNS).where(
            journal.c.subject_kind == kind, journal.c.subject_id.in_(named[start : start + PAGE]),
            journal.c.seq > after, journal.c.seq <= upto,
        )  # fmt: skip
        found += map(_entry, connection.execute(query.order_by(journal.c.seq).limit(limit)).all())
    return sorted(found, key=lambda entry: entry.seq)[:limit]


def by_actor(
    connection: Connection, actor: str, doors: Collection[Via], *, after: int, upto: int, limit: int
) -> list[Entry]:
    """Returns what somebody did through some doors behind one number up to another, oldest first; at most `limit`."""
    query = select(*_COLUMNS).where(
        journal.c.seq > after,
        journal.c.seq <= upto,
        journal.c.actor == actor,
        journal.c.via.in_(sorted(doors)),
    )
    return [_entry(row) for row in connection.execute(query.order_by(journal.c.seq).limit(limit)).all()]


def between(connection: Connection, after: int, upto: int, kinds: Sequence[str]) -> list[Entry]:
    """Returns the entries behind one number up to another that are about subjects of these kinds, oldest first."""
    query = select(*_COLUMNS).where(
        journal.c.seq > after, journal.c.seq <= upto, journal.c.subject_kind.in_(kinds)
    )
    return [_entry(row) for row in connection.execute(query.order_by(journal.c.seq)).all()]


def kinds_between(connection: Connection, after: int, upto: int, kinds: Collection[str]) -> list[Entry]:
    """Returns the entries behind one number up to another that are of these kinds, oldest first."""
    query = select(*_COLUMNS).where(
        journal.c.seq > after, journal.c.seq <= upto, journal.c.kind.in_(sorted(kinds))
    )
    return [_entry(row) for row in connection.execute(query.order_by(journal.c.seq)).all()]


def last_notes(connection: Connection, about: str, ids: Sequence[str], kind: str) -> dict[str, str]:
    """Returns the note of the last entry of a kind about each of these subjects, by id; of one without such an entry nothing."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), PAGE):
        query = select(journal.c.subject_id, journal.c.body).where(
            journal.c.subject_kind == about, journal.c.subject_id.in_(ids[start : start + PAGE]), journal.c.kind == kind
        )  # fmt: skip
        rows = connection.execute(query.order_by(journal.c.seq)).all()
        found |= {id_: read_body(body)[1] for id_, body in rows}
    return found


def last_kinds(
    connection: Connection, about: str, ids: Sequence[str], kinds: Collection[str]
) -> dict[str, str]:
    """Returns of which of some kinds the last such entry about each of these subjects is, by id; of one without any nothing."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), PAGE):
        query = select(journal.c.subject_id, journal.c.kind).where(
            journal.c.subject_kind == about, journal.c.subject_id.in_(ids[start : start + PAGE]),
            journal.c.kind.in_(sorted(kinds)),
        )  # fmt: skip
        rows = connection.execute(query.order_by(journal.c.seq)).all()
        found |= {id_: kind for id_, kind in rows}  # noqa: C416  (rows are no pairs to the types)
    return found


def beginning_of(connection: Connection, subject: Subject) -> Entry | None:
    """Returns the first entry of a subject; None when there is none."""
    row = connection.execute(
        select(*_COLUMNS)
        .where(journal.c.subject_kind == subject.kind, journal.c.subject_id == subject.id)
        .order_by(journal.c.seq)
        .limit(1)
    ).first()
    return _entry(row) if row else None


def as_of(connection: Connection, subject: Subject, instant: datetime) -> dict[str, Any]:
    """Returns the fields of `subject` as they stood at `instant`; empty when it did not exist yet."""
    return fold(of_subject(connection, subject, until=instant))


def chain_of(connection: Connection, seq: int, *, limit: int = 200) -> list[Entry]:
    """Returns the entry `seq`, what led to it, and what it led to, in order: the chain of causes walked both ways."""
    found: dict[int, Entry] = {}
    up: int | None = seq
    while up is not None and up not in found and len(found) < limit:
        entry = one(connection, up)
        if entry is None:
            break
        found[up] = entry
        up = entry.cause
    frontier: Sequence[int] = [seq]
    while frontier and len(found) < limit:
        rows = connection.execute(
            select(*_COLUMNS).where(and_(journal.c.cause.in_(frontier), journal.c.seq > min(frontier)))
        ).all()
        fresh = [entry for entry in map(_entry, rows) if entry.seq not in found]
        found.update((entry.seq, entry) for entry in fresh)
        frontier = [entry.seq for entry in fresh]
    return [found[number] for number in sorted(found)]


def led_to(connection: Connection, seq: int) -> list[Entry]:
    """Returns the entries that the entry `seq` led to directly, oldest first."""
    query = select(*_COLUMNS).where(journal.c.cause == seq).order_by(journal.c.seq)
    return [_entry(row) for row in connection.execute(query).all()]


def count(connection: Connection) -> int:
    """Returns how many entries the journal holds; gapless, so this is also the newest number."""
    return connection.scalar(select(func.count()).select_from(journal)) or 0
