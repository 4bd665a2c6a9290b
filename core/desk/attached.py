"""What a person did in the console, as a log that is attached to an incident.

The log is no copy. An entry of the incident says whose doings it holds, behind which entry and up to which, how many they
are, and a digest over their numbers and hashes; what they say is read from the journal, each time anew, and held against
that. So it is true, and a text that is taken out of the journal is out of the log, too: an entry's hash stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from core.counting import counted
from core.desk.as_of import instant_called
from core.desk.commands import subject
from core.desk.tables import incident
from core.errors import BadInput
from core.gate.commands import admit
from core.journal import queries as journal
from core.journal.folding import readable
from core.journal.model import Via
from core.journal.past import number_at
from core.journal.wording import sentence
from core.printable import printable
from core.store.rows import row_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.journal.model import Entry
    from core.store.work import Work

ATTACHED, TAKEN_BACK = "incident.log_attached", "incident.taken_back"
DOORS = (Via.CONSOLE, Via.CLI)
"""A person works through these; what an agent or an import did under their name is none of their doings."""
MOST = 500
"""So many entries a log has at most."""
_FIELDS = ("log_by", "log_after", "log_upto", "log_entries", "digest")
LONGEST = 400
"""So many characters of what an entry says a line shows."""


@dataclass(frozen=True, slots=True)
class Doings:
    """What a person did behind one entry of the journal and up to another: the entries, oldest first.

    Theirs, refusals among them, and all that was told of the runs they began.
    """

    by: str
    after: int
    upto: int
    entries: tuple[Entry, ...]

    @property
    def digest(self) -> str:
        """Returns what tells these entries from all others (64 hex digits), whatever is taken out of their texts."""
        told = "\n".join(f"{each.seq} {each.hash}" for each in self.entries)
        return sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class AttachedLog:
    """A log on an incident's time line: the entry that attached it, and what it holds by the journal as it is now."""

    entry: Entry
    doings: Doings
    count: int
    digest: str

    @property
    def words(self) -> str:
        """Returns who attached it, when, and what it holds, in a line."""
        by, of = printable(self.entry.actor, 80), printable(self.doings.by, 80)
        which = (
            f"{counted(self.count, 'entry', 'entries')} behind {self.doings.after}, up to {self.doings.upto}"
        )
        return f"{self.entry.at:%Y-%m-%d %H:%M:%S}Z {by} attached what {of} did: {which}"

    @property
    def trouble(self) -> str:
        """Returns what is said of one that is not as it was attached."""
        return (
            f"NOT AS ATTACHED: the journal holds {counted(len(self.doings.entries), 'entry', 'entries')} there, or others. "
            "watchfloor journal verify says which entry is broken"
        )

    @property
    def is_as_attached(self) -> bool:
        """Tells whether the journal still holds just what was attached; False only for one that was tampered with."""
        return self.digest == self.doings.digest


def doings_of(connection: Connection, by: str, after: int, upto: int | None = None) -> Doings:
    """Returns what a person did behind an entry, up to another or to the newest; of more than MOST entries, that many and some more."""
    upto = journal.newest(connection).seq if upto is None else upto
    own = journal.by_actor(connection, by, DOORS, after=after, upto=upto, limit=MOST + 1)
    begun = {each.subject.id for each in own if each.kind == "run.begun"}
    of_runs = journal.of_several(connection, "run", begun, after=after, upto=upto, limit=MOST + 1)
    entries = {each.seq: each for each in (*own, *of_runs)}
    return Doings(by, after, upto, tuple(entries[seq] for seq in sorted(entries)))


def doings_since(connection: Connection, by: str, since: str, now: datetime) -> Doings:
    """Returns what a person did since the instant that is named, as `instant_called` reads it, that instant among it.

    Raises BadInput for one that is none, or since which nothing or too much was done; NotFound.
    """
    instant = instant_called(connection, since, now)
    done = doings_of(connection, by, number_at(connection, instant - timedelta(microseconds=1)))
    _check(done, f"{instant:%Y-%m-%d %H:%M:%S}Z")
    return done


def _check(done: Doings, since: str) -> None:
    if not done.entries:
        raise BadInput(
            f"{done.by} did nothing since {since} that the journal knows of",
            next_step="Nothing was attached. Name an earlier instant",
        )
    if len(done.entries) > MOST:
        raise BadInput(
            f"{done.by} did more since {since} than a log holds: over {MOST} entries",
            next_step="Nothing was attached. Name a later instant",
        )


def attach_log(work: Work, incident_id: int, after: int, upto: int | None = None) -> Doings:
    """Attaches to an incident what the actor did behind an entry, up to another or the newest. Level 1, undoable.

    Raises BadInput where they did nothing, or more than MOST entries; NotFound.
    """
    admit(work, "incident.attach", [f"I-{incident_id}"])
    row_of(work, incident, "incident", incident_id)
    done = doings_of(work.connection, work.actor, after, upto)
    _check(done, f"entry {after}")
    values = (done.by, done.after, done.upto, len(done.entries), done.digest)
    changes = {name: (None, value) for name, value in zip(_FIELDS, values, strict=True)}
    work.record(ATTACHED, subject(incident_id), changes)
    return done


def attached_logs(connection: Connection, incident_id: int) -> list[AttachedLog]:
    """Returns the logs that are attached to an incident, oldest first; none that was taken back."""
    own = journal.of_subject(connection, subject(incident_id))
    gone = {each.cause for each in own if each.kind == TAKEN_BACK}
    found = (each for each in own if each.kind == ATTACHED and each.seq not in gone)
    logs = (readable(_log, connection, each) for each in found)
    return [each for each in logs if each is not None]


def _log(connection: Connection, entry: Entry) -> AttachedLog:
    by, after, upto, count, digest = (entry.changes[name][1] for name in _FIELDS)
    return AttachedLog(entry, doings_of(connection, str(by), int(after), int(upto)), int(count), str(digest))


def line_of(entry: Entry) -> str:
    """Returns an entry of a log as one line: number, instant, who, what, and of a run where its output is to be read."""
    pointer = pointer_of(entry)
    where = f"   output: {pointer}" if pointer else ""
    said = printable(sentence(entry), LONGEST)
    return f"{entry.seq:>7}  {entry.at:%Y-%m-%d %H:%M:%S}Z  {printable(entry.actor, 80):<12}  {said}{where}"


def pointer_of(entry: Entry) -> str:
    """Returns what shows the output of the run that an entry began or ended; empty for any other entry."""
    return f"watchfloor run PR-{entry.subject.id}" if entry.kind in {"run.begun", "run.ended"} else ""
