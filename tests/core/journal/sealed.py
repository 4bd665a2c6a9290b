"""A small journal with its seals, made without a database, and what somebody might do to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import insert, text

from core.journal.chain import Record, record_link
from core.journal.sealing import Place, Seal, follow, make_seal
from core.journal.seals import DUTY
from core.journal.verifying import KeptHead, Verdict, Verifier, verify
from core.store.lease import lease

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.journal.signing import PrivateKey
    from core.store.work import Work

BATCH = 4
TOKEN = 1
NOON = 1_764_331_200_000_000


def hold_duty(work: Work) -> int:
    """Holds the duty of sealing, without the entry that tells of it, and returns its token."""
    if work.connection.dialect.name == "postgresql":
        work.connection.execute(text("SET LOCAL watchfloor.trusted = 'on'"))
    values = {"holder": "one", "token": TOKEN, "beat_at": 1, "until": 2, "info": "{}"}
    work.connection.execute(insert(lease).values(duty=DUTY, **values))
    return TOKEN


def records(texts: list[str], *, seq: int = 0, before: str = "") -> list[Record]:
    """Returns entries with these bodies, chained behind entry `seq`."""
    made: list[Record] = []
    for body in texts:
        seq += 1
        bare = (
            seq,
            NOON + seq,
            "ada",
            "cli",
            "door.opened",
            "door",
            "1",
            body,
            seq - 1 or None,
            f"k{seq}",
            "",
        )
        before = record_link(before, bare)
        made.append((*bare[:10], before))
    return made


@dataclass
class Journal:
    """Entries and seals; a seal stands right behind the entry it ends with, or at the end where that is missing."""

    entries: list[Record]
    seals: list[Seal] = field(default_factory=list)

    def seal(self, key: PrivateKey | None, *, batch: int = BATCH) -> Journal:
        """Seals whatever is not sealed yet, a batch at a time."""
        at = Place()
        for start in range(0, len(self.entries), batch):
            at = follow(self.entries[start : start + batch], at)
            before = self.seals[-1] if self.seals else None
            if before is None or at.seq > before.last:
                self.seals.append(make_seal(before, at, NOON + at.seq, key))
        return self

    def pieces(self) -> Iterator[list[Record] | Seal]:
        """Yields it as a database would."""
        waiting = list(self.seals)
        for entry in self.entries:
            yield [entry]
            while waiting and waiting[0].last == entry[0]:
                yield waiting.pop(0)
        yield from waiting

    def verify(self, *trusted: str, kept: KeptHead | None = None) -> Verdict:
        """Returns the verdict on it; raises JournalBroken."""
        return verify(self.pieces(), Verifier(frozenset(trusted), kept))

    def head(self) -> KeptHead:
        """Returns its head, to be kept elsewhere."""
        return KeptHead(self.entries[-1][0], self.entries[-1][10], len(self.seals))
