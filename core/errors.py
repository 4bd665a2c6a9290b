"""Every error a person can meet, in one tree.

WatchfloorError
├── BadInput          what was given is wrong          exit code 2
│   └── CatalogProblems   all that is wrong with a catalog, at once (exit code 1 of `check`)
├── Refused           the rules say no                 exit code 1
│   ├── NotPermitted  the mode, the level or the person does not allow it
│   ├── NotPossible   the state of the subject does not allow it
│   └── Moved         the subject changed since it was seen
├── NotFound          nothing goes by that name        exit code 1
└── Unavailable       it cannot be done now            exit code 3
    ├── StoreUnavailable  the database cannot be used: gone, locked, full, read-only
    │   ├── StoreAway         it cannot be reached; whoever asks again finds it once it is back
    │   ├── StoreBusy         for now: another program holds it, its disk is full
    │   ├── OutcomeUnknown    it went away while a command was being committed
    │   └── OnlyReads         it was upgraded: this older program may read it, and no longer write
    └── StoreRefused      the file is not a database of ours
        ├── TurnedAway    the server lets nobody in like that
        ├── Outdated      the database was upgraded beyond this program
        └── ShutOut       who asks has no role in the database
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from core.journal.model import Subject


class Recording(NamedTuple):
    """What the journal is to say of a refusal: the kind of its entry, about what, and the clause."""

    kind: str
    subject: Subject
    note: str


class WatchfloorError(Exception):
    """What happened, where, and what to do next, in words for the person at the keyboard.

    `what` is one sentence without a full stop at its end; `where` names the file, key or subject
    (empty when `what` says it); `next_step` says what to do (empty when nothing can be done).
    """

    title = "Something went wrong"
    exit_code = 3

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.next_step = next_step

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}. {self.next_step}" if self.next_step else text


class BadInput(WatchfloorError):
    """What was given is wrong: an argument, a field, a file."""

    title = "That input cannot be used"
    exit_code = 2


class Refused(WatchfloorError):
    """The rules of the house say no; nothing was changed, but for an entry where `recording` asks for one."""

    title = "Refused"
    exit_code = 1
    recording: Recording | None = None


class NotPermitted(Refused):
    """The mode, the level of confirmation or the person does not allow it."""

    title = "Not permitted"


class NotPossible(Refused):
    """The state of the subject does not allow it."""

    title = "Not possible now"


class Moved(Refused):
    """The subject changed since the person saw it; `what` says how."""

    title = "It changed in the meantime"


class NotFound(WatchfloorError):
    """Nothing goes by that name."""

    title = "Not found"
    exit_code = 1


class Unavailable(WatchfloorError):
    """It cannot be done now, though nothing is wrong with the question."""

    title = "Not possible now"
    exit_code = 3


class StoreUnavailable(Unavailable):
    """The database cannot be used now: gone, locked, full or read-only."""

    title = "The database cannot be used"


class StoreAway(StoreUnavailable):
    """The database cannot be reached: its server does not answer, its file is gone. Asked again, it is found once it is back."""


class StoreBusy(StoreUnavailable):
    """Nothing can be written for the time being: another program holds the database, or its disk is full."""


class OutcomeUnknown(StoreUnavailable):
    """The connection was lost during the commit: whether it stands can be asked by its `key`, and must be before a retry."""

    title = "Not known whether that was done"
    key = ""


class OnlyReads(StoreUnavailable):
    """The database was upgraded: this program, which is older, may read it on and no longer write."""

    title = "This program is older than the database"


class StoreRefused(Unavailable):
    """The file is not a database of this program, or is newer than it."""

    title = "This database is not ours to open"


class TurnedAway(StoreRefused):
    """The server answered, and lets nobody in like that: the user, the password, or the right to log in is missing."""

    title = "The server lets nobody in like that"


class Outdated(StoreRefused):
    """The database was upgraded beyond this program, which must be replaced by a newer one to look at it again."""

    title = "This program is older than the database"


class ShutOut(StoreRefused):
    """Who asks has no role in the database: suspended, removed, or never added."""

    title = "You have no role in this database"
