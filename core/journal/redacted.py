"""What an entry says that takes a text out of earlier ones, and what that makes of the chain. Pure.

`request.redacted` (and so for every kind of subject) names each entry whose body was changed, with the hash that this entry
would have as it is now. The hash that it was written with stays, and the next entry goes on from that: so its place in the
chain can still be checked, and its text against what it was made to be; what it was before cannot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.counting import counted
from core.journal.body import told_in
from core.journal.folding import readable
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from core.journal.chain import Record
    from core.journal.model import Entry

REDACTED = "redacted"
MARKER = "[redacted]"
"""What stands where the text stood."""
ENTRIES = "redacted_entries"
"""The field that names them: pairs of a number and a hash."""
CHARACTERS = "redacted_characters"
"""How many characters were taken out in all, of entries and of rows."""
FIELDS = "redacted_fields"
"""Which fields of entries, and columns of rows, held them."""
MOST_NUMBERS = 5


class Redaction(NamedTuple):
    """That a text was taken out of an entry: by which later one (`by`), whose, and when; `hash` is what it has to come to now."""

    entry: int
    hash: str
    by: int
    actor: str
    at: datetime


def kind_for(subject_kind: str) -> str:
    """Returns the kind of the entry that says so of a subject."""
    return f"{subject_kind}.{REDACTED}"


def is_redaction(kind: str) -> bool:
    """Tells whether entries of a kind take a text out of earlier ones."""
    return kind.rpartition(".")[2] == REDACTED


def redactions_in(records: Iterable[Record]) -> dict[int, Redaction]:
    """Returns out of which entries these took a text, by number; of one that several name, the last counts."""
    found: dict[int, Redaction] = {}
    for record in records:
        if isinstance(record[4], str) and is_redaction(record[4]):
            found |= readable(_named_by, record) or {}
    return found


def _named_by(record: Record) -> dict[int, Redaction]:
    seq, at, actor = record[0], from_micros(record[1]), record[2]
    pairs = told_in(record[7])[ENTRIES][1]
    return {int(n): Redaction(int(n), str(digest), seq, actor, at) for n, digest in pairs if int(n) < seq}


def redacted_words(name: str, entry: Entry) -> str:
    """Returns how much was taken out of a subject's texts, and out of which entries."""
    numbers = [str(number) for number, _ in entry.changes[ENTRIES][1]]
    shown = ", ".join(numbers[:MOST_NUMBERS]) + (" …" if len(numbers) > MOST_NUMBERS else "")
    where = f" of {'entry' if len(numbers) == 1 else 'entries'} {shown}" if numbers else ""
    return f"{name} redacted: {counted(entry.changes[CHARACTERS][1], 'character')} taken out{where}"
