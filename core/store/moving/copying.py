"""Copies a database from one connection to another, whichever databases they are, and checks what arrived.

The journal comes first, in batches that each commit: its entries never change, so what was copied once stays copied,
and the chain tells how far that is. The rows come at the end, all in one transaction.
"""

from __future__ import annotations

from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import delete, func, insert, select

from core.errors import NotPossible
from core.journal.chain import RECORD_FIELDS
from core.journal.sealing import Place, follow
from core.journal.seals import pieces, records_after, redactions_since, standing
from core.journal.tables import journal, seal
from core.journal.verifying import Verifier, verify
from core.store.schema import schema_info
from core.store.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from psycopg import Connection as RawConnection
    from sqlalchemy import Connection, Table

    from core.journal.chain import Record
    from core.journal.redacted import Redaction
    from core.journal.seals import Asked
    from core.journal.verifying import KeptHead, Verdict

T = TypeVar("T")
PAGE = 1000
FIRST = -(2**63)
"""Below every number that an entry of a broken journal might have."""
ROWS = tuple(table for table in metadata.sorted_tables if table not in {journal, schema_info})
"""What is copied at the end; what the journal says of each of them stays true by its being one transaction."""


class Stage(Protocol):
    """Shows how far one part of the work has come: made with its name and how many entries it has."""

    def __call__(self, doing: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """Begins; what is yielded is told the number of the last entry done, again and again."""
        ...


@contextmanager
def silent(doing: str, total: int) -> Iterator[Callable[[int], None]]:  # noqa: ARG001
    """A stage that shows nothing."""
    yield lambda _: None


class Copied(NamedTuple):
    """What was moved, saved or restored: the journal's verdict, and how many rows stand beside it."""

    verdict: Verdict
    rows: int
    people: tuple[tuple[str, str], ...] = ()
    """Who is listed as staff on the server it was brought to, and for what."""
    with_rights: bool = False
    """Whether they have those rights there; else each is kept out until an admin lets them in."""
    broken: str = ""
    """What does not hold of a journal that was saved all the same; nothing where all of it does."""
    caught_up: tuple[tuple[str, int], ...] = ()
    """Of a move that went on: the entries that were still to come, by kind, with what the source got since."""
    was_done: bool = False
    """Whether all of it had been done before."""


class Pinned:
    """One connection's picture of a database, asked as a store is."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, question: Callable[..., T], *args: Any, **named: Any) -> T:
        """Returns `question(connection, *args, **named)`."""
        return question(self._connection, *args, **named)


def checked_journal(
    asked: Asked, stage: Stage, doing: str = "verifying", holds: KeptHead | None = None
) -> Verdict:
    """Returns the verdict on the whole journal, seals too, that must go through the head `holds`; raises JournalBroken."""
    upto = asked.read(standing)
    with stage(doing, upto.head.seq) as tell:
        return verify(pieces(asked, upto), Verifier(kept=holds), tell)


def copy_entries(
    source: Asked, place: Place, add: Callable[[list[Record], Place], None], tell: Callable[[int], None]
) -> Place:
    """Hands the entries behind `place` to `add`, page by page, each with its new end; returns the last.

    Raises JournalBroken at the first that does not follow on the one before, which is not added.
    """
    redacted: dict[int, Redaction] | None = None

    def excused(record: Record, found: str) -> bool:
        nonlocal redacted
        if redacted is None:
            redacted = source.read(redactions_since, FIRST)
        said = redacted.get(record[0])
        return said is not None and said.hash == found

    while records := source.read(records_after, place.seq or FIRST):
        place = follow(records, place, excused)
        add(records, place)
        tell(place.seq)
    return place


def copy_as_it_is(
    source: Asked, add: Callable[[list[Record]], None], tell: Callable[[int], None]
) -> tuple[Place, Digest]:
    """Hands every entry to `add`, whether or not it holds; returns the last, and what was handed over."""
    place, sent, seq = Place(), Digest(), FIRST
    while records := source.read(records_after, seq):
        add(records)
        sent.add(tuple(record) for record in records)
        seq, place = records[-1][0], Place(records[-1][0], records[-1][10], records[-1][1])
        tell(seq)
    return place, sent


def copy_rows(source: Connection, target: Connection) -> int:
    """Copies every row but the journal's within the target's transaction, and compares; returns how many.

    Raises NotPossible where what arrived is not what was sent.
    """
    count = 0
    for table in ROWS:
        if table is not seal:  # which is only ever added to, and empty yet
            target.execute(delete(table))
        sent, arrived = Digest(), Digest()
        for rows in _pages(source, table):
            insert_rows(target, table, rows)
            sent.add(rows)
        for rows in _pages(target, table):
            arrived.add(rows)
        if sent != arrived:
            raise NotPossible(
                f"the rows of {table.name} did not arrive as they were sent",
                next_step="Nothing of it was kept. Check both disks, then do it again",
            )
        count += sent.count
    return count


def held(connection: Connection) -> list[str]:
    """Returns the tables that hold something; the row that comes with the schema does not count."""
    names = []
    for table in (journal, *ROWS):
        count = connection.scalar(select(func.count()).select_from(select(table).limit(2).subquery())) or 0
        if count > (table.name == "sample_packing"):
            names.append(table.name)
    return names


def insert_rows(target: Connection, table: Table[Any], rows: Sequence[Sequence[Any]]) -> None:
    """Inserts rows that have all the table's columns in their order."""
    names = [column.name for column in table.columns]
    if target.dialect.name == "sqlite":
        target.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
        return
    from psycopg import sql

    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    raw: RawConnection[Any] = target.connection.driver_connection  # type: ignore[assignment]
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def insert_entries(target: Connection, records: list[Record]) -> None:
    """Inserts entries as they were, with their numbers, instants, actors and hashes."""
    assert tuple(column.name for column in journal.columns) == RECORD_FIELDS
    insert_rows(target, journal, records)


def _pages(connection: Connection, table: Table[Any]) -> Iterator[list[tuple[Any, ...]]]:
    found = connection.execute(select(table).execution_options(yield_per=PAGE))
    for page in found.partitions():
        yield [tuple(row) for row in page]


class Digest:
    """What rows hold, in whatever order they come: databases sort texts differently."""

    def __init__(self) -> None:
        self.count = 0
        self._sum = 0

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Takes in rows."""
        for row in rows:
            self.count += 1
            self._sum += int.from_bytes(sha256(repr(row).encode("utf-8", "surrogatepass")).digest(), "big")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Digest) and (self.count, self._sum) == (other.count, other._sum)

    __hash__ = None  # type: ignore[assignment]
