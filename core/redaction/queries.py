"""Where a text stands: in the entries of an item and of what hangs on it, and in their rows; or in everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, cast, func, or_, select, tuple_

from core.errors import NotFound
from core.journal.body import read_body
from core.journal.model import Subject
from core.journal.tables import journal
from core.journal.wording import is_number, label
from core.redaction.model import Found, HeldEntry, HeldRow, check_piece, check_subject
from core.redaction.places import PLACES, SUBJECTS
from core.redaction.text import NOTE, out_of_body, out_of_json, out_of_text, ways_stored
from core.store.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sqlalchemy import ColumnElement, Connection

    from core.redaction.places import Place

_ENTRY = (journal.c.seq, journal.c.kind, journal.c.subject_kind, journal.c.subject_id, journal.c.body)


def find_text(
    connection: Connection,
    subject: Subject,
    piece: str,
    *,
    everywhere: bool = False,
    counts_others: bool = True,
) -> Found:
    """Returns where a piece of text stands: in what is said and kept of a subject and of what hangs on it, or everywhere.

    What hangs on an item: the mails it came of, the messages about it, the runs for it. `counts_others` reads the whole
    journal to say in how many entries of other items it stands. Raises BadInput for a piece that is none, NotPossible for a
    subject without texts, NotFound for one of which nothing is known.
    """
    check_piece(piece)
    check_subject(subject)
    belonging = _belonging(connection, subject)
    known = select(journal.c.seq).where(
        journal.c.subject_kind == subject.kind, journal.c.subject_id == subject.id
    )
    if connection.execute(known.limit(1)).first() is None:
        raise NotFound(f"there is no {subject.kind.replace('_', ' ')} {label(*subject)}")
    whose = None if everywhere else belonging
    held = _entries(connection, piece, None if counts_others else whose)
    inside = [each for each in held if whose is None or each.subject in whose]
    rows = [row for place in PLACES for row in _rows(connection, place, piece, whose)]
    return Found(len(piece), tuple(inside), tuple(rows), len(held) - len(inside))


def whole_text(connection: Connection, subject: Subject, field: str) -> str:
    """Returns all that a field of a subject itself holds now, or what a note says, as `note:812`; raises NotFound."""
    name, _, number = field.partition(":")
    if name == NOTE and is_number(number):
        query = select(journal.c.body).where(
            journal.c.seq == int(number),
            journal.c.subject_kind == subject.kind,
            journal.c.subject_id == subject.id,
        )
        body = connection.scalar(query)
        if body is None:
            raise NotFound(f"entry {number} says nothing of {label(*subject)}")
        return read_body(body)[1]
    place = next((each for each in _own_places(subject.kind) if field in each.plain), None)
    if place is None:
        raise NotFound(
            f"{label(*subject)} has no text {field!r}",
            next_step=f"It has {', '.join(_names(subject.kind))}, and note:NUMBER for the note of an entry",
        )
    table = metadata.tables[place.table]
    return str(connection.scalar(select(table.c[field]).where(*holders(place, subject))) or "")


def _names(kind: str) -> list[str]:
    return sorted({name for place in _own_places(kind) for name in place.plain})


def _own_places(kind: str) -> list[Place]:
    """Returns where the texts of the items themselves are kept: of what hangs on one there are several, and no field names which."""
    return [place for place in PLACES if place.about == kind and place.is_item]


def _belonging(connection: Connection, subject: Subject) -> set[Subject]:
    """Returns a subject and what hangs on it."""
    found = {subject}
    received, run = metadata.tables["received"], metadata.tables["run"]
    mails = select(received.c.id).where(
        received.c.about_kind == subject.kind, received.c.about_id == subject.id
    )
    found |= {Subject("mail", str(number)) for number in connection.scalars(mails)}
    if subject.kind in {"incident", "request"} and subject.id.isdecimal():
        runs = select(run.c.id).where(run.c[subject.kind] == int(subject.id))
        found |= {Subject("run", str(number)) for number in connection.scalars(runs)}
    return found


def _entries(connection: Connection, piece: str, whose: Collection[Subject] | None) -> list[HeldEntry]:
    """Returns every entry that holds a piece in its texts, of some subjects or of all, in their order."""
    query = select(*_ENTRY).where(
        journal.c.subject_kind.in_(sorted(SUBJECTS)), _any_way(connection, journal.c.body, piece)
    )
    if whose is not None:
        query = query.where(tuple_(journal.c.subject_kind, journal.c.subject_id).in_(sorted(whose)))
    found = []
    for seq, kind, about, id_, body in connection.execute(query.order_by(journal.c.seq)):
        taken = out_of_body(body, piece)
        if taken.times:
            found.append(HeldEntry(seq, kind, Subject(about, id_), taken.times, taken.fields))
    return found


def _rows(
    connection: Connection, place: Place, piece: str, whose: Collection[Subject] | None
) -> Iterator[HeldRow]:
    """Yields the columns of a table that hold a piece, of some subjects or of all, each subject's once."""
    table: Any = metadata.tables[place.table]
    columns = (*place.plain, *place.json)
    about: Any = table.c[place.about[1:]] if place.about.startswith(":") else None
    named = [] if about is None else [about]
    query = select(*named, table.c[place.id_column], *(table.c[name] for name in columns))
    holding = [_has(connection, table.c[name], piece) for name in place.plain]
    holding += [_any_way(connection, table.c[name], piece, is_body=False) for name in place.json]
    query = query.where(or_(*holding))
    times: dict[tuple[str, Subject], int] = {}
    for row in connection.execute(query).all():
        kind, id_, *texts = row if about is not None else (place.about, *row)
        subject = Subject(str(kind), str(id_))
        if subject.kind not in SUBJECTS or (whose is not None and subject not in whose):
            continue
        for name, text in zip(columns, texts, strict=True):
            taken = (out_of_json if name in place.json else out_of_text)(text or "", piece)
            if taken.times:
                times[name, subject] = times.get((name, subject), 0) + taken.times
    for (name, subject), count in times.items():
        yield HeldRow(place.table, name, subject, count)


def holders(place: Place, subject: Subject) -> Iterable[ColumnElement[bool]]:
    """Yields what picks a subject's rows out of a table."""
    table: Any = metadata.tables[place.table]
    yield cast(table.c[place.id_column], Text) == subject.id
    if place.about.startswith(":"):
        yield table.c[place.about[1:]] == subject.kind


def _any_way(connection: Connection, column: Any, piece: str, *, is_body: bool = True) -> ColumnElement[bool]:
    """Whether a text that holds JSON may hold a piece: more than those that do, and none fewer."""
    ways = ways_stored(piece, is_body=is_body)
    return or_(*(_has(connection, column, way) for way in sorted(ways)))


def _has(connection: Connection, column: Any, piece: str) -> ColumnElement[bool]:
    """Whether a text holds a piece, letter by letter."""
    place = (func.strpos if connection.dialect.name == "postgresql" else func.instr)(column, piece)
    return place > 0
