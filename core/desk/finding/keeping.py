"""Keeps the words of requests and incidents beside them, in the transaction that changes them.

What is kept is made of the rows and of the notes of their entries, and can be made anew from these at any time.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update

from core.desk.finding.compiling import TABLES, WORDS
from core.desk.finding.fields import Kind
from core.desk.finding.words import kept, longer
from core.journal.body import read_body
from core.journal.tables import journal

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.journal.model import Subject
    from core.store.work import Work

OWN: dict[Kind, tuple[str, ...]] = {
    Kind.REQUEST: ("title", "text", "outcome", "held_why", "requester_name", "requester", "service", "component", "type", "customer"),
    Kind.INCIDENT: ("title", "resolution", "component", "service"),
}  # fmt: skip
"""The fields of an item whose words it is found by."""
_FIELDS = {str(kind): frozenset(names) for kind, names in OWN.items()}
_UNSAID = frozenset(
    {
        "at_risk", "breached", "clocks_mended", "taken_back", "wait_over", "cause_changed", "failed_again", "affected", "cleared",
        "redacted",
    }
)  # fmt: skip
"""Entries whose notes nobody said: the agent's own words. Those about messages repeat what was said."""
PAGE = 2000
_KINDS = frozenset(str(kind) for kind in Kind)


def is_said(kind: str) -> bool:
    """Tells whether the note of an entry of this kind is something that was said of its item."""
    what = kind.partition(".")[2]
    return what not in _UNSAID and not what.startswith("message_")


def keep_words(work: Work) -> None:
    """Keeps the words of every request and incident that the entries of this work are about."""
    own: dict[tuple[Kind, int], None] = {}
    said: dict[tuple[Kind, int], list[str]] = {}
    for entry in work.recorded:
        if entry.subject.kind not in _KINDS:
            continue
        key = Kind(entry.subject.kind), int(entry.subject.id)
        if not _FIELDS[key[0]].isdisjoint(entry.changes):
            own[key] = None
        if entry.note and is_said(entry.kind):
            said.setdefault(key, []).append(entry.note)
    for key in own | dict.fromkeys(said):
        _keep(work.connection, *key, own=key in own, said=said.get(key, []))


def _keep(connection: Connection, kind: Kind, number: int, *, own: bool, said: list[str]) -> None:
    words, table = WORDS[kind], TABLES[kind]
    row = connection.execute(select(words).where(words.c.id == number)).first()
    values: dict[str, str] = {}
    if own or row is None:
        columns = [table.c[name] for name in OWN[kind]]
        item = connection.execute(select(*columns).where(table.c.id == number)).first()
        if item is None:
            return  # an entry about something that is not there is the journal's to tell
        values["own"] = kept(item)
    if said:
        values["said"] = reduce(longer, said, row.said if row is not None else "")
    if row is None:
        connection.execute(insert(words).values(id=number, **({"said": ""} | values)))
    elif any(getattr(row, name) != value for name, value in values.items()):
        connection.execute(update(words).where(words.c.id == number).values(values))


def keep_words_anew(connection: Connection, about: Subject) -> None:
    """Makes the words of one request or incident anew, from its row and its entries: a text was taken out of these."""
    query = select(journal.c.kind, journal.c.body).where(
        journal.c.subject_kind == about.kind, journal.c.subject_id == about.id
    )
    rows = connection.execute(query.order_by(journal.c.seq)).all()
    notes = [note for kind, body in rows if is_said(kind) and (note := read_body(body)[1])]
    said = reduce(longer, notes, "")
    kind, number = Kind(about.kind), int(about.id)
    connection.execute(update(WORDS[kind]).where(WORDS[kind].c.id == number).values(said=said))
    _keep(connection, kind, number, own=True, said=[])


def rebuild(connection: Connection) -> int:
    """Makes the words of every item anew, from its row and the journal; returns of how many."""
    count = 0
    for kind in Kind:
        connection.execute(delete(WORDS[kind]))
        count += _own_of_all(connection, kind)
        _said_of_all(connection, kind)
    return count


def _own_of_all(connection: Connection, kind: Kind) -> int:
    table, words, last, count = TABLES[kind], WORDS[kind], 0, 0
    columns = [table.c[name] for name in OWN[kind]]
    query = (
        select(table.c.id, *columns).where(table.c.id > bindparam("last")).order_by(table.c.id).limit(PAGE)
    )
    while rows := connection.execute(query, {"last": last}).all():
        connection.execute(insert(words), [{"id": row[0], "own": kept(row[1:]), "said": ""} for row in rows])
        last, count = rows[-1][0], count + len(rows)
    return count


def _said_of_all(connection: Connection, kind: Kind) -> None:
    """Goes through the journal once, a page at a time, and adds what each page's notes say."""
    words, last = WORDS[kind], 0
    query = (
        select(journal.c.seq, journal.c.kind, journal.c.subject_id, journal.c.body)
        .where(journal.c.subject_kind == str(kind), journal.c.seq > bindparam("last"))
        .order_by(journal.c.seq)
        .limit(5 * PAGE)
    )
    change = update(words).where(words.c.id == bindparam("of")).values(said=bindparam("now"))
    while rows := connection.execute(query, {"last": last}).all():
        last = rows[-1].seq
        said: dict[int, list[str]] = {}
        for row in rows:
            if is_said(row.kind) and row.subject_id.isdecimal():
                note = read_body(row.body)[1]
                if note:
                    said.setdefault(int(row.subject_id), []).append(note)
        _add(connection, change, words, said)


def _add(connection: Connection, change: Any, words: Any, said: dict[int, list[str]]) -> None:
    numbers = list(said)
    for start in range(0, len(numbers), 500):
        chunk = numbers[start : start + 500]
        found = connection.execute(select(words.c.id, words.c.said).where(words.c.id.in_(chunk))).all()
        rows = [{"of": row.id, "now": reduce(longer, said[row.id], row.said)} for row in found]
        if rows:
            connection.execute(change, rows)
