"""Checks a journal entry by entry and seal by seal, wherever it comes from: a database, or an exported file. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from core.errors import BadInput
from core.journal.keys import change_in
from core.journal.redacted import MARKER, redactions_in
from core.journal.sealing import CHANGED, JournalBroken, Place, follow, instant_of, seal_hash, span_words
from core.journal.signing import fits, short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from core.journal.chain import Record
    from core.journal.redacted import Redaction
    from core.journal.sealing import Seal

HASH_DIGITS = 64


class KeptHead(NamedTuple):
    """A head that was noted elsewhere: the entry's number and hash, and how many seals there were (None: not noted)."""

    seq: int
    hash: str
    seals: int | None = None

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}" + ("" if self.seals is None else f":{self.seals}")


def parse_head(text: str) -> KeptHead:
    """Returns the head written as NUMBER:HASH or NUMBER:HASH:SEALS, the first word `watchfloor journal head` prints."""
    number, _, rest = next(iter(text.split()), "").partition(":")
    digits, colon, seals = rest.partition(":")
    is_hash = len(digits) == HASH_DIGITS and set(digits.lower()) <= set("0123456789abcdef")
    counts = [number, seals] if colon else [number]
    if (
        not is_hash
        or not all(n.isascii() and n.isdigit() and len(n) <= 15 for n in counts)
        or not int(number)
    ):
        raise BadInput(
            f"{text[:100]!r} is no head of a journal",
            next_step="Write it as `watchfloor journal head` printed it: NUMBER:HASH or NUMBER:HASH:SEALS",
        )
    return KeptHead(int(number), digits.lower(), int(seals) if colon else None)


class Signer(NamedTuple):
    """Which seals, and up to which entry, one key signed without another one between."""

    key: str
    first_seal: int
    last_seal: int
    to_entry: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of a journal that holds. Numbers are of entries; 0 where there is none."""

    entries: int
    head: str
    first_at: datetime | None
    last_at: datetime | None
    seals: int
    sealed_to: int
    sealed_at: datetime | None
    signed_to: int
    signed_at: datetime | None
    signers: tuple[Signer, ...]
    trusted: bool
    head_checked: int
    redacted: tuple[Redaction, ...] = ()
    """The entries that a text was taken out of: their places hold, and what they say is what was left of them."""


class Verifier:
    """Takes a journal's pieces in their order, and raises JournalBroken at the first that does not fit.

    An entry that does not fit its hash may stand where a later one says that a text was taken out of it, and with which hash
    it is left: what no later one says so of is told at the end, before anything that was found behind it.

    A key follows on another only where an entry says so, or where it is trusted. With `trusted` (public keys) every signed seal must be by one of them, and some must be signed. Seals without a
    signature may stand only before the first that has one: who lost the key must not be taken for who never had it.
    """

    def __init__(self, trusted: frozenset[str] = frozenset(), kept: KeptHead | None = None) -> None:
        self._trusted, self._kept = trusted, kept
        self.place = Place()
        self._first_at: int | None = None
        self._seal: Seal | None = None
        self._signed: Seal | None = None
        self._signers: list[Signer] = []
        self._changes: set[tuple[str, str]] = set()
        self._unsaid: list[tuple[tuple[str, str], Seal]] = []
        self._redactions: dict[int, Redaction] = {}
        self._changed: dict[int, tuple[str, int]] = {}
        self._fault: JournalBroken | None = None

    def take(self, piece: list[Record] | Seal) -> None:
        """Checks the next piece."""
        if isinstance(piece, list):
            self._redactions |= redactions_in(piece)
        if self._fault is not None:
            return  # what is behind it only tells whether an entry before it was redacted
        try:
            if isinstance(piece, list):
                self._take_entries(piece)
            else:
                self._take_seal(piece)
        except JournalBroken as error:
            if not self._changed:
                raise
            self._fault = error

    def broken(self, error: JournalBroken) -> JournalBroken:
        """Returns what is told first of a journal that `error` was found in: an entry before that, which nobody redacted, or that."""
        return self._unredacted() or self._fault or error

    def _may_stand(self, record: Record, found: str) -> bool:
        if MARKER not in record[7]:
            return False
        self._changed[record[0]] = (found, record[1])
        return True

    def _unredacted(self) -> JournalBroken | None:
        """Returns the first entry that does not fit its hash and that no later one accounts for."""
        for seq, (found, at) in self._changed.items():
            said = self._redactions.get(seq)
            if said is None:
                return JournalBroken(CHANGED, entry=seq, at=at, fits=seq - 1)
            if said.hash != found:
                return JournalBroken(
                    f"it was redacted by {said.actor} (entry {said.by}), and was changed once more since then",
                    entry=seq, at=at, fits=seq - 1,
                )  # fmt: skip
        return None

    def _take_entries(self, records: list[Record]) -> None:
        if self._first_at is None and records:
            self._first_at = records[0][1]
        self._changes.update(change for record in records if (change := change_in(record)))
        kept, at = self._kept, self.place.seq
        if kept is not None and at < kept.seq <= at + len(records):
            split = kept.seq - at
            self.place = follow(records[:split], self.place, self._may_stand)
            if self.place.hash != kept.hash:
                raise JournalBroken(
                    f"it is not the entry {kept.seq} whose hash was kept elsewhere: the journal was written anew, "
                    "or the head is another journal's",
                    entry=kept.seq, at=self.place.at, fits=kept.seq,
                )  # fmt: skip
            records = records[split:]
        self.place = follow(records, self.place, self._may_stand)

    def _take_seal(self, seal: Seal) -> None:
        if fault := self._fault_of(seal):
            raise JournalBroken(fault, seal=seal.n, at=seal.at)
        self._seal = seal
        if seal.is_signed:
            self._note_signer(seal)
            self._signed = seal

    def _note_signer(self, seal: Seal) -> None:
        """Notes who signed; the entry that says so of a new key may stand behind what waited to be sealed."""
        before = self._signers[-1] if self._signers else None
        if before is not None and before.key == seal.key_id:
            self._signers[-1] = before._replace(last_seal=seal.n, to_entry=seal.last)
            return
        if before is not None and seal.key_id not in self._trusted:
            self._unsaid.append(((before.key, seal.key_id), seal))
        self._signers.append(Signer(seal.key_id, seal.n, seal.n, seal.last))

    def _fault_of(self, seal: Seal) -> str:
        """Returns what does not fit of the next seal; nothing when all does."""
        before = self._seal
        if seal.n != (before.n + 1 if before else 1):
            return f"it stands where seal {before.n + 1 if before else 1} belongs: seals are missing or in another order"
        if seal.first != (before.last + 1 if before else 1) or seal.last < seal.first:
            return f"it covers entries {seal.first} to {seal.last}, which do not follow on the seal before"
        if seal.last > self.place.seq:
            return (
                f"it covers entries up to {seal.last}, but the journal ends with entry {self.place.seq}: "
                "entries were cut off"
            )
        if seal.last < self.place.seq:
            return f"it ends with entry {seal.last}, and stands behind entry {self.place.seq}"
        if seal.root != self.place.hash:
            return (
                f"not what was sealed stands in {span_words(seal.first, seal.last)}: "
                "something was changed there or before, and the hashes computed anew"
            )
        if seal.prev != seal_hash(before):
            return "it does not follow on the seal before, which was changed or made anew"
        if seal.at < max(before.at if before else 0, self.place.at):
            return "its time lies before what it seals"
        return self._signature_fault(seal)

    def _signature_fault(self, seal: Seal) -> str:
        if not fits(seal):
            what = "its signature does not fit" if seal.is_signed else "its digest does not fit"
            return f"{what}: it was changed, or made without the key"
        if self._signed is not None and not seal.is_signed:
            return "it is not signed, though seals before it are: whoever made it had no key"
        if self._trusted and seal.is_signed and seal.key_id not in self._trusted:
            return (
                f"it is signed by key {short(seal.key_id)}…, not by {_listed(self._trusted)}: either the public key "
                "given is another journal's, or somebody else sealed this one anew"
            )
        return ""

    def finish(self) -> Verdict:
        """Returns the verdict once all pieces were taken; raises JournalBroken where something is missing at the end."""
        if fault := self._unredacted() or self._fault:
            raise fault
        for said in sorted(self._redactions.values()):
            if said.entry not in self._changed:
                raise JournalBroken(
                    f"it says that a text was taken out of entry {said.entry}, which stands as it was written: "
                    "the text was put back, or never taken out",
                    entry=said.by,
                )
        kept, sealed, signed = self._kept, self._seal, self._signed
        if kept is not None and kept.seq > self.place.seq:
            raise JournalBroken(
                f"the journal ends with entry {self.place.seq}, but the head kept elsewhere is entry {kept.seq}: "
                f"{span_words(self.place.seq + 1, kept.seq)} cut off, or the head is another journal's"
            )
        if kept is not None and kept.seals is not None and kept.seals > (sealed.n if sealed else 0):
            raise JournalBroken(
                f"the journal has {sealed.n if sealed else 0} seals, but had {kept.seals} when the head was kept "
                "elsewhere: seals were cut off"
            )
        if self._trusted and signed is None:
            raise JournalBroken(
                f"no seal is signed by {_listed(self._trusted)}: either the journal was never signed, or its seals "
                "were removed or made anew"
            )
        for (before, after), seal in self._unsaid:
            if (before, after) not in self._changes:
                raise JournalBroken(
                    f"it is signed by key {short(after)}…, and no entry says that this takes the place of key "
                    f"{short(before)}…: somebody may have sealed the journal anew from there on",
                    seal=seal.n, at=seal.at,
                )  # fmt: skip
        return Verdict(
            entries=self.place.seq, head=self.place.hash,
            first_at=instant_of(self._first_at), last_at=instant_of(self.place.at if self.place.seq else None),
            seals=sealed.n if sealed else 0,
            sealed_to=sealed.last if sealed else 0, sealed_at=instant_of(sealed.at if sealed else None),
            signed_to=signed.last if signed else 0, signed_at=instant_of(signed.at if signed else None),
            signers=tuple(self._signers), trusted=bool(self._trusted),
            head_checked=kept.seq if kept else 0,
            redacted=tuple(self._redactions[seq] for seq in sorted(self._redactions)),
        )  # fmt: skip


def _listed(keys: frozenset[str]) -> str:
    return "key " + ", ".join(f"{short(key)}…" for key in sorted(keys))


def verify(
    pieces: Iterable[list[Record] | Seal],
    verifier: Verifier,
    progress: Callable[[int], None] = lambda _: None,
) -> Verdict:
    """Returns the verdict on a journal's pieces; `progress` is told the number of the last entry checked, again and again."""
    try:
        for piece in pieces:
            verifier.take(piece)
            if isinstance(piece, list):
                progress(verifier.place.seq)
    except JournalBroken as error:
        raise verifier.broken(error) from None
    return verifier.finish()
