"""The seals in the database, the entries they cover, and the duty of making them.

What takes long, reading a batch and following its chain, holds nobody up: it is a question. A command then adds the
one row in a moment, under the lease. No entry tells of a seal: it would want sealing in turn, for ever.
"""

from __future__ import annotations

from bisect import bisect_right
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, cast

from sqlalchemy import bindparam, insert, select

from core.errors import NotPossible, StoreUnavailable
from core.journal.appending import head
from core.journal.chain import RECORD_FIELDS
from core.journal.keys import check_key, key_in_force
from core.journal.redacted import MARKER, REDACTED, redactions_in
from core.journal.sealing import BATCH, JournalBroken, Place, Seal, follow, make_seal, seal_hash, seal_of
from core.journal.signing import fits
from core.journal.tables import journal, seal
from core.printable import printable
from core.store.lease import beat
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from core.journal.chain import Record
    from core.journal.redacted import Redaction
    from core.journal.sealing import SealingKey
    from core.store.work import Work

T = TypeVar("T")
DUTY = "seals"
SILENT_S = 35.0
"""Who holds the duty beats every ten seconds, and is replaced after so many without a beat."""
PAGE = 2000
_FROM = -(2**63)
"""Below every number a database can hold: nothing that somebody put in hides before the first entry."""
_RECORDS = (
    select(*(journal.c[name] for name in RECORD_FIELDS))
    .where(journal.c.seq > bindparam("after"))
    .order_by(journal.c.seq)
    .limit(bindparam("most"))
)
_SEAL = tuple(seal.c[name] for name in Seal._fields)
_SEALS = select(*_SEAL).where(seal.c.n > bindparam("after")).order_by(seal.c.n).limit(bindparam("most"))
_LAST_SEAL = select(*_SEAL).order_by(seal.c.n.desc()).limit(1)
_ADD = insert(seal)
_REDACTIONS = (
    select(*(journal.c[name] for name in RECORD_FIELDS))
    .where(journal.c.seq > bindparam("after"), journal.c.kind.endswith(f".{REDACTED}"))
    .order_by(journal.c.seq)
)
_HASH = select(journal.c.hash).where(journal.c.seq == bindparam("seq"))


class Asked(Protocol):
    """What answers questions about one database: a store, or one connection's own picture of it."""

    def read(self, question: Callable[..., T], *args: Any, **named: Any) -> T:
        """Returns `question(connection, *args, **named)`."""
        ...


class Batch(NamedTuple):
    """Entries that wait to be sealed, the seal they are to follow on, and the key that is in force (empty: none yet).

    `redacted`: which entries a text was taken out of since that seal, by number; asked for where one may be among them.
    """

    previous: Seal | None
    records: list[Record]
    key_in_force: str = ""
    redacted: Mapping[int, Redaction] = MappingProxyType({})


class Standing(NamedTuple):
    """How far the journal goes, and how far it is sealed."""

    head: Place
    seal: Seal | None

    @property
    def unsealed(self) -> int:
        """Returns how many entries wait to be sealed."""
        return self.head.seq - (self.seal.last if self.seal else 0)


def records_after(connection: Connection, seq: int, most: int = PAGE) -> list[Record]:
    """Returns at most so many entries behind number `seq` as they are stored."""
    rows: Any = connection.execute(_RECORDS, {"after": seq, "most": most}).all()
    return cast("list[Record]", rows)  # a row is a tuple; to copy each would cost a tenth of all


def seals_after(connection: Connection, n: int, most: int = PAGE) -> list[Seal]:
    """Returns at most so many seals behind number `n`, in their order."""
    return [seal_of(tuple(row)) for row in connection.execute(_SEALS, {"after": n, "most": most})]


def newest_seals(connection: Connection, most: int) -> list[Seal]:
    """Returns the newest seals, at most so many, oldest first."""
    rows = connection.execute(select(*_SEAL).order_by(seal.c.n.desc()).limit(most)).all()
    return [seal_of(tuple(row)) for row in reversed(rows)]


def last_seal(connection: Connection) -> Seal | None:
    """Returns the newest seal; None when nothing was ever sealed."""
    row = connection.execute(_LAST_SEAL).first()
    return seal_of(tuple(row)) if row else None


def standing(connection: Connection) -> Standing:
    """Returns the newest entry and the newest seal, of one moment."""
    cursor, at = head(connection)
    return Standing(Place(cursor.seq, cursor.hash, at), last_seal(connection))


def next_batch(connection: Connection) -> Batch | None:
    """Returns the oldest entries that are not sealed, at most BATCH of them; None when all are."""
    previous = last_seal(connection)
    since = previous.last if previous else 0
    records = records_after(connection, since, BATCH)
    if not records:
        return None
    may_be = any(MARKER in record[7] for record in records)
    redacted = redactions_since(connection, since) if may_be else {}
    return Batch(previous, records, key_in_force(connection), redacted)


def redactions_since(connection: Connection, seq: int) -> dict[int, Redaction]:
    """Returns which entries those behind number `seq` took a text out of, by number. Reads all of these."""
    rows: Any = connection.execute(_REDACTIONS, {"after": seq}).all()
    return redactions_in(rows)


def seal_batch(batch: Batch, now: datetime, key: SealingKey | None) -> Seal:
    """Returns the seal of a batch. Raises JournalBroken where its entries do not hold: what is broken is never sealed.

    Raises NotPossible without a key where seals before were signed: a signature that was there is never missing again;
    OtherKey for another one than is in force.
    """
    before = batch.previous
    if before is not None:
        if not fits(before):
            raise JournalBroken("it was changed after it was made", seal=before.n, at=before.at)
        if before.is_signed and key is None:
            raise NotPossible(
                "the journal is signed, and the key it is signed with cannot be found",
                next_step="`watchfloor journal key` says where it is looked for",
            )
    if key is not None:
        check_key(batch.key_in_force, key.key_id)
    place = follow(
        batch.records,
        Place(before.last, before.root) if before else Place(),
        lambda record, found: record[0] in batch.redacted and batch.redacted[record[0]].hash == found,
    )
    return make_seal(before, place, to_micros(now), key)


def keep_seal(work: Work, made: Seal, token: int) -> bool:
    """Adds a seal under the lease `token`; False, and nothing added, when the batch is no longer what was read.

    It is not when another seal was added since, or the database was put back as it once was.

    Raises LeaseLost, and adds nothing, when another process seals now; OtherKey when its key is no longer in force.
    """
    beat(work, DUTY, token)
    check_key(key_in_force(work.connection), made.key_id)
    newest = last_seal(work.connection)
    there = work.connection.scalar(_HASH, {"seq": made.last})
    if seal_hash(newest) != made.prev or there != made.root:
        return False
    work.connection.execute(_ADD, [made._asdict()])
    return True


def pieces(store: Asked, upto: Standing) -> Iterator[list[Record] | Seal]:
    """Yields the journal as it stood at `upto`, page by page, each seal right behind the last entry it covers.

    No page keeps a transaction open while the caller works on it. Raises JournalBroken where an entry cannot be read.
    """
    seals = _all_seals(store, upto.seal.n if upto.seal else 0)
    pending, seq = next(seals, None), _FROM
    while seq < upto.head.seq:
        records = [record for record in _page(store, seq) if record[0] <= upto.head.seq]
        if not records:
            break
        done = 0
        while pending is not None and pending.last <= records[-1][0]:
            to = max(done, bisect_right(records, pending.last, key=_number))
            if to > done and records[to - 1][0] != pending.last:
                break  # the entry it ends with is missing; the next one shows that, so it is to come first
            if to > done:
                yield records[done:to]
            yield pending
            done, pending = to, next(seals, None)
        if done < len(records):
            yield records[done:]
        seq = records[-1][0]
    while pending is not None:
        yield pending
        pending = next(seals, None)


def _number(record: Record) -> int:
    return record[0]


def _all_seals(store: Asked, upto: int) -> Iterator[Seal]:
    n = _FROM
    while found := [each for each in store.read(seals_after, n) if each.n <= upto]:
        yield from found
        n = found[-1].n


def _page(store: Asked, seq: int) -> list[Record]:
    """Returns the next page; of one that cannot be read, what stands before the entry that is at fault."""
    try:
        return store.read(records_after, seq)
    except StoreUnavailable:
        store.read(standing)  # raises when the database itself is out of reach: then no entry is to blame
    found: list[Record] = []
    while len(found) < PAGE:
        try:
            one: list[Any] = store.read(records_after, found[-1][0] if found else seq, 1)
        except StoreUnavailable as error:
            if found:
                return found
            raise JournalBroken(
                f"it cannot be read: {printable(error.what, 200)}", entry=max(seq, 0) + 1
            ) from error
        if not one:
            break
        found += one
    return found
