"""The words of the journal: entry, subject, cursor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

Changes = dict[str, tuple[Any, Any]]
"""What an entry changed: field → (before, after), in values that JSON can hold."""


class Via(StrEnum):
    """Through which door an entry came."""

    CONSOLE = "console"
    AGENT = "agent"
    CLI = "cli"
    IMPORT = "import"
    UNKNOWN = "unknown"
    """Read where an entry names no door that there is; nothing is written so."""


class Subject(NamedTuple):
    """What an entry is about; written `incident:311`."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Subject:
        """Returns the subject written as `kind:id`; an id may hold colons, a kind may not."""
        kind, _, rest = text.partition(":")
        return cls(kind, rest)


class Cursor(NamedTuple):
    """How far a reader has read: the number of the last entry and its hash.

    The hash shows a reader that the entry behind its number is still the one it saw.
    """

    seq: int
    hash: str


START = Cursor(0, "")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. Never removed, and never changed but where a text is taken out of it (core.redaction)."""

    seq: int
    at: datetime
    actor: str
    via: Via
    kind: str
    subject: Subject
    changes: Changes
    note: str = ""
    cause: int | None = None
    hash: str = ""

    @property
    def cursor(self) -> Cursor:
        """Returns the cursor of a reader that has read up to this entry."""
        return Cursor(self.seq, self.hash)

    def after(self, field: str, default: Any = "") -> Any:
        """Returns the value a field got by this entry; `default` where it says nothing of that."""
        return self.changes[field][1] if field in self.changes else default
