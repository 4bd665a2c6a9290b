"""Takes a text out of the journal and of every row that holds it, for good, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update

from core.errors import BadInput
from core.gate.commands import admit
from core.journal.chain import RECORD_FIELDS, record_link
from core.journal.redacted import CHARACTERS, ENTRIES, FIELDS, kind_for
from core.journal.tables import journal
from core.journal.wording import label
from core.redaction.model import NOTHING, check_found
from core.redaction.places import PLACES
from core.redaction.queries import find_text, holders
from core.redaction.text import out_of_body, out_of_json, out_of_text
from core.redaction.worded import make_words_anew
from core.sentences import reason_of
from core.store.changeable import changeable_journal
from core.store.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.gate.model import Consent
    from core.journal.model import Subject
    from core.redaction.model import Found
    from core.redaction.places import Place
    from core.store.work import Work

_RECORD = select(*(journal.c[name] for name in RECORD_FIELDS)).where(journal.c.seq == bindparam("of"))
_HASH = select(journal.c.hash).where(journal.c.seq == bindparam("of"))
_BODY = update(journal).where(journal.c.seq == bindparam("of")).values(body=bindparam("now"))


def redact(
    work: Work, subject: Subject, piece: str, consent: Consent, *, everywhere: bool = False, seen: Found | None = None
) -> Found:  # fmt: skip
    """Takes a piece of text out of all that is said and kept of a subject and of what hangs on it, or of everything. Level 3.

    Returns what was changed. Nothing brings it back: the journal says that it was done, by whom and why, and of which
    entries, and not what it was. With `seen` nothing more is changed than was found then. Raises what `find_text` and
    `check_found` raise; BadInput where the reason is too long or holds the text, or where it stands in more than was seen.
    """
    admit(work, "redact", [label(*subject)], consent)
    found = find_text(work.connection, subject, piece, everywhere=everywhere, counts_others=False)
    check_found(found, subject, everywhere=everywhere)
    reason = reason_of(consent.reason)
    if piece in reason:
        raise BadInput("the reason holds the text that is to be taken out", next_step=NOTHING)
    if seen is not None and (found.entries, found.rows) != (seen.entries, seen.rows):
        raise BadInput(
            "the text stands elsewhere than a moment ago: somebody wrote meanwhile",
            next_step=f"{NOTHING}. Look again, then decide",
        )
    of_rows = list(dict.fromkeys(row.subject for row in found.rows))
    if work.connection.dialect.name == "postgresql":
        _out_of_rows_there(work.connection, of_rows, piece)
        hashes = _out_of_entries_there(work.connection, found, piece)
    else:
        with changeable_journal(work.connection):
            _out_of_rows_here(work.connection, of_rows, piece)
            hashes = {each.seq: _out_of_entry(work.connection, each.seq, piece) for each in found.entries}
    cause = None
    for about in sorted(found.subjects(), key=lambda each: each != subject):
        entries = [[each.seq, hashes[each.seq]] for each in found.entries if each.subject == about]
        changes = {
            ENTRIES: (None, entries), CHARACTERS: (None, found.times_in(about) * found.characters), FIELDS: (None, found.fields(about)),
        }  # fmt: skip
        said = work.record(kind_for(about.kind), about, changes, note=reason, cause=cause)
        cause = cause or said
        make_words_anew(work.connection, about)
    return found


# On a server its own functions do it, and see to it that nothing else is done.


def _out_of_rows_there(connection: Connection, subjects: list[Subject], piece: str) -> None:
    for about in subjects:
        connection.execute(select(func.redact_rows(about.kind, about.id, piece)))


def _out_of_entries_there(connection: Connection, found: Found, piece: str) -> dict[int, str]:
    return {
        each.seq: str(connection.scalar(select(func.redact_entry(each.seq, piece)))) for each in found.entries
    }


# In a file.


def _out_of_rows_here(connection: Connection, subjects: list[Subject], piece: str) -> None:
    for about in subjects:
        for place in PLACES:
            if place.about in {about.kind, ":about_kind"}:
                _out_of_place(connection, place, about, piece)
                _raise_version(connection, place, about)


def _raise_version(connection: Connection, place: Place, about: Subject) -> None:
    """Has whoever saw the text before be told, where they save it again: the item itself is another one from now on."""
    table: Any = metadata.tables[place.table]
    if place.is_item and "version" in table.c:
        raised = update(table).values(version=table.c.version + 1)
        connection.execute(raised.where(*holders(place, about)))


def _out_of_place(connection: Connection, place: Place, about: Subject, piece: str) -> None:
    table: Any = metadata.tables[place.table]
    keys = tuple(table.primary_key)
    columns = (*place.plain, *place.json)
    where = tuple(holders(place, about))
    query = select(*keys, *(table.c[name] for name in columns)).where(*where)
    for row in connection.execute(query).all():
        held, texts = row[: len(keys)], row[len(keys) :]
        changed = {}
        for name, said in zip(columns, texts, strict=True):
            taken = (out_of_json if name in place.json else out_of_text)(said or "", piece)
            if taken.times:
                changed[name] = taken.text
        if changed:
            is_it = [key == value for key, value in zip(keys, held, strict=True)]
            connection.execute(update(table).where(*is_it).values(changed))


def _out_of_entry(connection: Connection, seq: int, piece: str) -> str:
    """Changes one body; returns the hash that the entry comes to now."""
    record = connection.execute(_RECORD, {"of": seq}).one()
    values = record._asdict() | {"body": out_of_body(record.body, piece).text}
    connection.execute(_BODY, {"of": seq, "now": values["body"]})
    before = connection.scalar(_HASH, {"of": seq - 1}) or ""
    return record_link(before, tuple(values[name] for name in RECORD_FIELDS))
