"""Seals: what is said of a batch of entries, chained to the seal before, and signed. Pure; no I/O, no clock.

A seal's `root` is the hash of its last entry. That hash covers every entry up to it (core.journal.chain),
so a signature over it covers them too, and nothing about a batch needs hashing a second time (docs/decisions/0031).
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, Protocol

from core.errors import Refused
from core.journal.chain import record_link
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from core.journal.chain import Record

BATCH = 1000
"""At most so many entries are sealed at a time."""
UNSIGNED = "unsigned: proves order, not authorship"
"""What every place says of a seal that nobody signed."""
_DOMAIN = "watchfloor journal seal 1"


class SealingKey(Protocol):
    """A private key that signs seals."""

    @property
    def key_id(self) -> str:
        """Returns the public key, 64 hex digits: the name of the key, by which anyone can check its signatures."""
        ...

    def sign(self, message: bytes) -> str:
        """Returns the signature over `message` as hex digits."""
        ...


class Seal(NamedTuple):
    """Seal number `n` over the entries `first` to `last`, made `at` (microseconds since 1970 UTC).

    `root` is the hash of entry `last`, `prev` the hash of the seal before (empty for the first), `key_id` the
    public key. Without a key `key_id` is empty and `sig` a plain digest, which shows a mistake and no forgery.
    """

    n: int
    first: int
    last: int
    at: int
    root: str
    prev: str
    key_id: str
    sig: str

    @property
    def is_signed(self) -> bool:
        """Tells whether a key signed it."""
        return bool(self.key_id)


def seal_of(values: tuple[object, ...]) -> Seal:
    """Returns the seal that stored values make; raises JournalBroken where they are no seal's."""
    numbers, texts = values[:4], values[4:]
    if len(texts) != 4 or any(type(n) is not int for n in numbers) or any(type(t) is not str for t in texts):
        number = values[0] if values and type(values[0]) is int else None
        raise JournalBroken("it holds what no seal holds", seal=number)
    return Seal(*values)  # type: ignore[arg-type]


class Place(NamedTuple):
    """How far a journal was followed: the last entry's number, hash and instant (microseconds)."""

    seq: int = 0
    hash: str = ""
    at: int = 0


class JournalBroken(Refused):
    """The journal is not what was written: `entry` or `seal` is the first that does not fit, `at` its instant.

    `fits` is the last entry up to which the chain of hashes holds, None where the fault is no entry's.
    """

    title = "The journal does not hold"

    def __init__(
        self, what: str, *, entry: int | None = None, seal: int | None = None, at: int | None = None,
        fits: int | None = None,
    ) -> None:  # fmt: skip
        where = f"entry {entry}" if entry is not None else f"seal {seal}" if seal is not None else ""
        self.at = instant_of(at)
        if where and self.at:
            where += f" ({self.at:%Y-%m-%d %H:%M:%S}Z)"
        super().__init__(what, where=where)
        self.entry, self.seal, self.fits = entry, seal, fits


def span_words(first: int, last: int) -> str:
    """Returns `entry 7` or `entries 7 to 9`."""
    return f"entry {first}" if first == last else f"entries {first} to {last}"


def instant_of(micros: object) -> datetime | None:
    """Returns a stored instant; None for what is none, for it may come from a file that somebody made up."""
    try:
        return from_micros(micros) if type(micros) is int else None
    except OverflowError:
        return None


CHANGED = "what it says does not fit its hash: it was changed after it was written, or an entry before it was removed"


def never(_record: Record, _found: str) -> bool:
    """Excuses no entry."""
    return False


def follow(records: Iterable[Record], place: Place, excused: Callable[[Record, str], bool] = never) -> Place:
    """Returns the place behind `records`, which must be the entries right behind `place`.

    Raises JournalBroken at the first that is missing, stands elsewhere, or is not as it was written. `excused` is asked of
    one whose hash does not fit, with the hash that it comes to: whether it may stand all the same, as it does where a later
    entry says that a text was taken out of it. The next one follows on the hash that it was written with.
    """
    seq, before, newest = place
    for record in records:
        number, at, digest = record[0], record[1], record[10]
        if number != seq + 1:
            raise _out_of_order(seq, record)
        try:
            found = record_link(before, record)
            # The chain writes no cause and no key as an empty text; 0 and "" would pass for them.
            fits = at >= newest and record[8] != 0 and record[9] != ""
            fits = fits and (found == digest or excused(record, found))
            is_caused = record[8] is None or 0 < record[8] < number
        except (TypeError, AttributeError):
            fits = False
        if not fits:
            raise JournalBroken(CHANGED, entry=number, at=at, fits=seq)
        if not is_caused:
            raise JournalBroken(
                f"it names entry {record[8]} as its cause, which does not come before it: no program of this house wrote it",
                entry=number, at=at,
            )  # fmt: skip
        seq, before, newest = number, digest, at
    return Place(seq, before, newest)


def _out_of_order(seq: int, record: Record) -> JournalBroken:
    number = record[0]
    if type(number) is int and number > seq + 1:
        are = "is" if number == seq + 2 else "are"
        return JournalBroken(
            f"{span_words(seq + 1, number - 1)} {are} missing before it", entry=number, at=record[1], fits=seq
        )
    return JournalBroken(
        f"it stands where entry {seq + 1} belongs", entry=number if type(number) is int else seq + 1,
        at=record[1], fits=seq,
    )  # fmt: skip


def message(seal: Seal) -> bytes:
    """Returns the bytes that a seal's signature covers: everything but the signature, length-prefixed."""
    parts = (_DOMAIN, *(str(value) for value in seal[:-1]))
    return b"".join(b"%d:%s" % (len(data), data) for data in (part.encode() for part in parts))


def seal_hash(seal: Seal | None) -> str:
    """Returns what the next seal names as its `prev`: it covers the signature, too; empty for None."""
    return sha256(message(seal) + seal.sig.encode()).hexdigest() if seal else ""


def digest(seal: Seal) -> str:
    """Returns what stands for the signature where there is no key."""
    return sha256(message(seal)).hexdigest()


def make_seal(previous: Seal | None, to: Place, at: int, key: SealingKey | None) -> Seal:
    """Returns the seal behind `previous` over the entries up to `to`; its instant never goes backwards."""
    bare = Seal(
        n=previous.n + 1 if previous else 1,
        first=previous.last + 1 if previous else 1,
        last=to.seq,
        at=max(at, to.at, previous.at if previous else 0),
        root=to.hash,
        prev=seal_hash(previous),
        key_id=key.key_id if key else "",
        sig="",
    )
    return bare._replace(sig=key.sign(message(bare)) if key else digest(bare))
