"""Writers hand the journal's head on before their entries are on disk, and nobody is answered before theirs are."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from core.desk.commands import raise_for_failure, set_severity
from core.gate.rights import Role
from core.journal import queries as journal
from core.journal.model import START, Subject, Via
from core.store.postgresql.preparing import prepare
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.store.work import Work
    from tests.core.store.postgresql.conftest import House
    from tests.postgres import Server

ADA = Author("ada", Via.CONSOLE, "seat-1")
TRUSTED = "-cwatchfloor.trusted=on"
WITHIN_S = 20.0


def note(work: Work, text: str) -> None:
    work.record("door.knocked", Subject("door", text), note=text)


def notes(store: Store) -> list[str]:
    return [entry.note for entry in store.read(journal.after, START) or []]


def until(holds: Callable[[], Any]) -> None:
    end = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_an_answered_command_is_on_disk(house: House) -> None:
    stores = [Store.at(house.database.socket_url(options=TRUSTED)) for _ in range(2)]
    with house.database.connect() as one:
        for n in range(10):
            before = one.execute("SELECT pg_current_wal_insert_lsn()").fetchone()
            stores[n % 2].write(ADA, note, str(n))
            flushed = one.execute("SELECT pg_current_wal_flush_lsn() > %s::pg_lsn", before).fetchone()
            assert flushed == (True,)
    for store in stores:
        store.close()


def test_two_writers_wait_for_one_disk_at_once_and_are_answered_when_it_is_done(
    own_postgres_server: Server,
) -> None:
    """A standby that is waited for, and is not there, stands for a slow disk."""
    with own_postgres_server.fresh_database() as database, database.connect() as one:
        prepare(database.socket_url())
        stores = [Store.at(database.socket_url(options=TRUSTED)) for _ in range(3)]
        for store in (*stores, *stores):  # each learns that others write, too
            store.write(ADA, note, "before")
        one.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        one.execute("SELECT pg_reload_conf()")
        try:
            until(lambda: one.execute("SHOW synchronous_standby_names").fetchone() == ("nobody",))
            writing = [
                threading.Thread(target=store.write, args=(ADA, note, "during")) for store in stores[:2]
            ]
            for each in writing:
                each.start()
            until(lambda: notes(stores[2])[6:] == ["during", "during"])
            assert all(each.is_alive() for each in writing)
        finally:
            one.execute("ALTER SYSTEM RESET synchronous_standby_names")
            one.execute("SELECT pg_reload_conf()")
        for each in writing:
            each.join(WITHIN_S)
        assert not any(each.is_alive() for each in writing)
        for store in stores:
            store.close()


@pytest.fixture
def operators(house: House) -> Iterator[list[Store]]:
    """Two who have written in turns, each of whom knows that somebody else writes."""
    agent = Store.at(house.database.socket_url(options=TRUSTED))
    agent.write(ADA, raise_for_failure, "c", "s", "down", 2, cause=None)
    agent.close()
    opened = [Store.at(house.person(name, Role.OPERATOR)) for name in ("ada", "ben")]
    for severity in (3, 4):
        for n, store in enumerate(opened):
            store.write(ADA, set_severity, 1, severity - n)
    yield opened
    for store in opened:
        store.close()


def forbid(house: House) -> None:
    """Nobody but a superuser may wait behind the commit any more."""
    with house.database.connect() as one:
        for of in one.execute(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE proname = 'pg_logical_emit_message'"
        ).fetchall():
            one.execute(f"REVOKE EXECUTE ON FUNCTION {of[0]} FROM PUBLIC".encode())


def test_who_may_not_wait_behind_the_commit_waits_in_it(house: House, operators: list[Store]) -> None:
    forbid(house)
    for store in operators:
        store.close()
    with house.database.connect() as one:
        for severity in (1, 2, 3, 4):
            before = one.execute("SELECT pg_current_wal_insert_lsn()").fetchone()
            operators[severity % 2].write(ADA, set_severity, 1, severity)
            flushed = one.execute("SELECT pg_current_wal_flush_lsn() > %s::pg_lsn", before).fetchone()
            assert flushed == (True,)


def test_a_command_of_which_the_server_does_not_say_that_it_is_on_disk_is_not_done_again(
    house: House, operators: list[Store]
) -> None:
    before = len(notes(operators[0]))
    forbid(house)
    for n, store in enumerate(operators):
        store.write(ADA, set_severity, 1, 1 + n)
    assert len(notes(operators[0])) == before + 2
