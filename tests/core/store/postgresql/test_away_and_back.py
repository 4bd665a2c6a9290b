"""The server goes away and comes back: nothing acknowledged is lost, nothing is done twice."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import OutcomeUnknown, StoreBusy, StoreRefused, StoreUnavailable
from core.journal import queries as journal
from core.journal.model import START, Subject, Via
from core.store.postgresql import connecting
from core.store.postgresql.appending import append_and_commit
from core.store.postgresql.preparing import prepare
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.store.work import Work
    from tests.postgres import Database, Server

ADA = Author("ada", Via.CONSOLE, "seat-1")
TRUSTED = "-cwatchfloor.trusted=on"


def knock(work: Work, note: str = "") -> str:
    work.record("door.knocked", Subject("door", "1"), note=note)
    return f"knocked {note}"


@pytest.fixture
def store(postgres: Database) -> Iterator[Store]:
    prepare(postgres.socket_url())
    opened = Store.at(postgres.socket_url(options=TRUSTED))
    yield opened
    opened.close()


def notes(store: Store) -> list[str]:
    return [entry.note for entry in store.read(journal.after, START) or []]


def end_sessions(database: Database) -> None:
    with database.connect() as one:
        one.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            (database.name,),
        )


def test_a_session_that_was_ended_is_opened_anew(store: Store, postgres: Database) -> None:
    store.write(ADA, knock, "before")
    end_sessions(postgres)
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        store.read(journal.newest)
    store.write(ADA, knock, "after")
    assert notes(store) == ["before", "after"]


@pytest.mark.parametrize("committed", [True, False])
def test_a_connection_lost_in_the_commit_is_settled_by_its_key(
    store: Store, postgres: Database, monkeypatch: pytest.MonkeyPatch, *, committed: bool
) -> None:
    lost: list[int] = []
    really = append_and_commit

    def losing(cursor: Any, *args: Any, **named: Any) -> None:
        """Has the connection break before the server is told, or after it has committed, and nobody hears of it."""
        if not lost and committed:
            really(cursor, *args, **named)
        if not lost:
            lost.append(1)
            end_sessions(postgres)
        really(cursor, *args, **named)

    monkeypatch.setattr("core.store.postgresql.backend.append_and_commit", losing)
    assert store.write(ADA, knock, "once") == "knocked once"
    assert lost
    assert notes(store) == ["once"]


def test_while_the_server_is_away_commands_say_so_and_afterwards_go_on(own_postgres_server: Server) -> None:
    with own_postgres_server.fresh_database() as database:
        prepare(database.socket_url())
        store = Store.at(database.socket_url(options=TRUSTED))
        store.write(ADA, knock, "before")
        own_postgres_server.kill()
        with pytest.raises(StoreUnavailable):
            store.write(ADA, knock, "meanwhile")
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            store.write(ADA, knock, "meanwhile")
        own_postgres_server.start()
        store.write(ADA, knock, "after")
        assert notes(store) == ["before", "after"]
        store.close()


def test_a_watch_hears_of_commits_and_of_what_it_may_have_missed(store: Store, postgres: Database) -> None:
    watch = store.watch()
    assert watch.wait(0), "what was told before it listened was missed"
    assert not watch.wait(0.05)
    store.write(ADA, knock)
    assert watch.wait(5)
    assert not watch.wait(0.05)
    end_sessions(postgres)
    assert watch.wait(5)
    deadline = time.monotonic() + 10
    while not watch.wait(0.2):
        assert time.monotonic() < deadline
    watch.close()


def test_a_watch_is_woken_by_another_thread(store: Store) -> None:
    watch = store.watch()
    watch.wait(0)
    began = time.monotonic()
    threading.Timer(0.1, watch.wake).start()
    assert not watch.wait(30)
    assert time.monotonic() - began < 20
    watch.close()


def test_who_holds_the_journal_keeps_nobody_waiting_for_ever(
    store: Store, postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connecting.SETTINGS, "lock_timeout", "200ms")
    impatient = Store.at(postgres.socket_url(options=TRUSTED))
    with postgres.connect() as holder:
        holder.autocommit = False
        holder.execute("SELECT * FROM watchfloor.journal_head FOR UPDATE")
        with pytest.raises(StoreBusy, match="held by another"):
            impatient.write(ADA, knock)
    impatient.write(ADA, knock, "after")
    assert notes(store) == ["after"]
    impatient.close()


def test_a_database_that_is_not_prepared_is_said_to_be(postgres: Database) -> None:
    with pytest.raises(StoreRefused, match="not prepared"):
        Store.at(postgres.socket_url())


def test_a_database_of_a_newer_program_is_not_opened(store: Store, postgres: Database) -> None:
    with postgres.connect() as one:
        one.execute("UPDATE watchfloor.schema_info SET version = 99, min_reader = 99")
    with pytest.raises(StoreRefused, match="schema 99"):
        Store.at(postgres.socket_url())
    with pytest.raises(StoreRefused, match="schema 99"):
        prepare(postgres.socket_url())


def test_a_text_the_database_cannot_keep_is_refused_by_one_line(store: Store) -> None:
    with pytest.raises(Exception, match="cannot keep that text"):
        store.write(ADA, lambda work: work.record("door.knocked", Subject("door", "\0")))
    store.write(ADA, knock, "after")
    assert notes(store) == ["after"]


def test_an_upgrade_with_consoles_attached_fails_no_command(store: Store, postgres: Database) -> None:
    ended = threading.Event()
    written: list[str] = []

    def work_on() -> None:
        while not ended.is_set():
            written.append(store.write(ADA, knock, "during"))

    console = threading.Thread(target=work_on)
    console.start()
    for _ in range(3):
        prepare(postgres.socket_url())
    ended.set()
    console.join()
    assert written
    assert notes(store) == ["during"] * len(written)


@pytest.mark.parametrize("committed", [True, False])
def test_where_nobody_answers_after_a_commit_it_is_said_that_its_end_is_not_known(
    own_postgres_server: Server, monkeypatch: pytest.MonkeyPatch, *, committed: bool
) -> None:
    really = append_and_commit

    def losing(cursor: Any, *args: Any, **named: Any) -> None:
        """The server dies before the commit reaches it, or after it has committed, and nobody hears of it."""
        if committed:
            really(cursor, *args, **named)
        own_postgres_server.kill()
        really(cursor, *args, **named)

    with own_postgres_server.fresh_database() as database:
        prepare(database.socket_url())
        store = Store.at(database.socket_url(options=TRUSTED))
        monkeypatch.setattr("core.store.postgresql.backend.append_and_commit", losing)
        with pytest.raises(OutcomeUnknown) as caught:
            store.write(ADA, knock, "once")
        monkeypatch.undo()
        own_postgres_server.start()
        assert store.committed(caught.value.key) is committed
        assert notes(store) == ["once"] * committed
        store.close()


def test_a_command_that_commits_after_it_was_asked_for_in_vain_is_not_done_again(
    store: Store, postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection breaks while the server is still about to commit: it does so after the client has asked."""
    with postgres.connect() as one:
        one.execute(
            "CREATE FUNCTION watchfloor.dawdle() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN IF NEW.body LIKE '%once%' THEN PERFORM pg_sleep(1); END IF; RETURN NULL; END$$"
        )
        one.execute(
            "CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON watchfloor.journal DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION watchfloor.dawdle()"
        )
    lost: list[int] = []
    really = append_and_commit

    def cut(line: int) -> None:
        with socket.socket(fileno=line) as one:
            one.shutdown(socket.SHUT_RDWR)

    def losing(cursor: Any, *args: Any, **named: Any) -> None:
        if not lost:
            lost.append(1)
            fd = cursor.connection.fileno()
            threading.Timer(0.3, cut, [os.dup(fd)]).start()
        really(cursor, *args, **named)

    monkeypatch.setattr("core.store.postgresql.backend.append_and_commit", losing)
    assert store.write(ADA, knock, "once") == "knocked once"
    assert lost
    assert notes(store) == ["once"]
