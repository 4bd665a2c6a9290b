"""Databases with something in every corner, and all that can be asked of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from core.desk import queries as desk
from core.desk.commands import acknowledge_incident, note_incident, open_incident, resolve_incident
from core.gate.commands import unlock_operate
from core.gate.model import Consent, Level
from core.gate.people import members
from core.gate.queries import operating_at
from core.gate.tables import operating
from core.improvement.commands import draft_action
from core.improvement.queries import corrective_actions
from core.journal import queries as journal
from core.journal.model import START, Cursor, Subject, Via
from core.journal.seals import DUTY, keep_seal, newest_seals, next_batch, pieces, seal_batch, standing
from core.journal.signing import PrivateKey
from core.journal.tables import journal as journal_table
from core.journal.verifying import Verifier, verify
from core.monitoring.commands import add_samples
from core.monitoring.queries import probe_records, samples_between, statuses
from core.operations.queries import runs
from core.store.lease import lease_of
from core.store.moving.copying import ROWS
from core.store.work import Author
from core.timekeeping import utc_now
from tests.core.journal.sealed import hold_duty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from core.journal.signing import PrivateKey as Key
    from core.store.store import Store
    from core.store.work import Work

ADA = Author("ada", Via.CLI, "seat-1")
BOX = Consent(Level.BOX)
KEY = PrivateKey.make()

Step = tuple[str, str, int]
"""What is done, with which words, and a number."""


def work_in(store: Store, steps: Sequence[Step]) -> None:
    """Does the steps as people and agents do; each is an entry, or samples."""
    incidents: list[int] = []
    for what, words, number in steps:
        if what == "open" or (what != "samples" and not incidents):
            incidents.append(store.write(ADA, open_incident, "", "shop", words, number % 4 + 1, BOX).id)
        elif what == "note":
            store.write(ADA, note_incident, incidents[number % len(incidents)], words)
        elif what == "acknowledge":
            one = incidents[number % len(incidents)]
            if store.read(desk.one_incident, one).acknowledged_at is None:
                store.write(ADA, acknowledge_incident, one)
        elif what == "action":
            written = {"deviation": words, "cause": words}
            store.write(ADA, draft_action, written)
        elif what == "seal":
            seal(store, KEY)
        elif what == "samples":
            store.write(
                ADA, add_samples, [(number % 3, number, number / 7, 0), (number % 3, number + 1, None, 4)]
            )
        elif what == "operate":
            store.write(Author("ada", Via.CLI, f"seat-{number}"), unlock_operate, words)


def seal(store: Store, key: Key | None) -> None:
    """Seals all that waits."""
    if store.read(lease_of, DUTY) is None:
        store.write(ADA, hold_duty)
    while batch := store.read(next_batch):
        assert store.write(ADA, keep_seal, seal_batch(batch, utc_now(), key), 1)


def entries(work: Work, count: int) -> None:
    """Adds so many entries at once."""
    for n in range(count):
        work.record("door.opened", Subject("door", str(n % 7)), {"state": ("shut", f"öpen {n}")})


def resolve(store: Store, incident: int) -> None:
    store.write(ADA, resolve_incident, incident, "it works again", BOX)


def fill_rows(connection: Connection, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Puts rows into tables as they are given, by the tables' names."""
    for table in ROWS:
        for row in rows.get(table.name, []):
            connection.execute(insert(table).values(row))


def rows_of(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Returns every row of every table, the journal too."""

    def all_rows(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in (journal_table, *ROWS)
        }

    return store.read(all_rows)


def answers(store: Store) -> dict[str, Any]:
    """Returns what the database says to every question that this house asks."""
    entries: list[Any] = []
    cursor = START
    while page := store.read(journal.after, cursor):
        entries += page
        cursor = Cursor(page[-1].seq, page[-1].hash)
    subjects = sorted({entry.subject for entry in entries})
    seats = store.read(lambda c: c.execute(select(operating.c.seat)).scalars().all())
    asked: dict[str, Any] = {
        "entries": entries,
        "as of": [store.read(journal.as_of, s, entries[len(entries) // 2].at) for s in subjects],
        "of subject": [store.read(journal.of_subject, s) for s in subjects],
        "incidents": store.read(desk.incidents, closed=True),
        "open incidents": store.read(desk.incidents),
        "actions": store.read(corrective_actions, ended=True),
        "runs": store.read(runs),
        "statuses": store.read(statuses),
        "probes": store.read(probe_records),
        "samples": [store.read(samples_between, n, since=0, until=10**14) for n in range(3)],
        "operating": {seat: store.read(operating_at, seat) for seat in seats},
        "staff": store.read(members),
        "lease": store.read(lease_of, DUTY),
        "seals": store.read(newest_seals, 1000),
    }
    return asked


def verified(store: Store) -> int:
    """Returns how many entries the journal holds; raises where it does not hold."""
    return verify(pieces(store, store.read(standing)), Verifier()).entries
