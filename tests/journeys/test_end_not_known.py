"""The server dies while a command is being committed: nobody is told it was done or not before it is known, nothing is done twice."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from core.desk.commands import open_incident
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import House
    from tests.postgres import Database, Server

pytestmark = pytest.mark.journey

KEPT = "the queue has no alarm of its own"
DAWDLES = """
CREATE FUNCTION watchfloor.dawdle() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep(60); RETURN NULL; END$$;
CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON watchfloor.corrective_action DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION watchfloor.dawdle();
"""
"""A commit that takes long enough to be met by what befalls the server: it has not been written yet."""


@pytest.fixture
def database(house: House, own_postgres_server: Server) -> Iterator[Database]:
    with own_postgres_server.fresh_database() as made:
        house.run("admin", "create", "--db", made.socket_url())
        made.role("ada", None, ["peer_users"])
        house.run("staff", "add", "ada", "--role", "operator", "--no-password", "--db", made.socket_url())
        yield made
        for terminal in house.open:
            terminal.close()


def asked(database: Database, question: str) -> bool:
    with database.connect() as one:
        found = one.execute(question.encode()).fetchone()
    return bool(found and found[0])


def deviations(house: House, database: Database) -> list[str]:
    return [action["deviation"] for action in house.data("actions", "--db", database.socket_url("ada"))]


@pytest.mark.parametrize("is_written", [True, False], ids=["written and not told", "not written yet"])
def test_a_console_says_so_asks_when_the_server_is_back_and_does_nothing_twice(
    house: House, database: Database, own_postgres_server: Server, *, is_written: bool
) -> None:
    desk = house.console(
        "--no-agent", "--db", database.socket_url("ada"), "--view", "actions", size=(140, 30)
    )
    desk.wait_for("No corrective action yet", timeout_s=60)
    desk.press("n")
    desk.wait_for("new corrective action")
    desk.wait_quiet()
    desk.type_text(KEPT)
    desk.wait_for(KEPT)
    house.wait(lambda: asked(database, "SELECT editing <> '' FROM watchfloor.presence"))
    with database.connect() as one:
        if is_written:  # the commit lies on the disk, and waits for a standby that never answers
            one.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            one.execute("SELECT pg_reload_conf()")
        else:
            one.execute(DAWDLES.encode())
    desk.press("f2")
    event = "SyncRep" if is_written else "PgSleep"
    commits = f"wait_event = '{event}' AND query LIKE '%journal_append%'"
    house.wait(lambda: asked(database, f"SELECT count(*) FROM pg_stat_activity WHERE {commits}"))
    own_postgres_server.kill()
    desk.wait_for("NOT KNOWN whether it was done")
    (own_postgres_server.data / "postgresql.auto.conf").write_text("")
    own_postgres_server.start()
    if is_written:
        desk.wait_until(lambda text: "the last command was done: " in text and KEPT in text, timeout_s=60)
        desk.press("n")
        desk.wait_for("new corrective action")
        assert "a draft was kept" not in desk.wait_quiet()
        desk.press("escape")
        desk.wait_gone("new corrective action")
    else:
        desk.wait_for("the last command was NOT done; what you typed for it is kept", timeout_s=60)
        with database.connect() as one:
            one.execute("DROP TRIGGER dawdle ON watchfloor.corrective_action")
        desk.press("n")
        desk.wait_for("a draft was kept", KEPT)
        desk.wait_quiet()
        desk.press("f2")
        desk.wait_until(lambda text: "drafted; 6 shows it" in text)
    assert deviations(house, database) == [KEPT]
    house.run("journal", "verify", "--db", database.socket_url("ada"))


def test_a_command_line_says_where_to_look_before_it_is_said_again(
    house: House, database: Database, own_postgres_server: Server
) -> None:
    address = database.socket_url("ada")
    store = Store.at(address)
    store.write(
        Author("ada", Via.CLI, "cli"), open_incident, "", "shop", "the till is slow", 2, Consent(Level.BOX)
    )
    store.close()
    with database.connect() as one:
        one.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        one.execute("SELECT pg_reload_conf()")
    words = ["incidents", "I-1", "note", "--text", KEPT, "--db", address]
    with subprocess.Popen(
        [sys.executable, "-m", "console", *words], env=house.env, stderr=subprocess.PIPE, text=True
    ) as said:
        commits = "wait_event = 'SyncRep' AND query LIKE '%journal_append%'"
        house.wait(lambda: asked(database, f"SELECT count(*) FROM pg_stat_activity WHERE {commits}"))
        own_postgres_server.kill()
        _, told = said.communicate(timeout=60)
    assert said.returncode == 3
    assert told.count("\n") == 1
    assert "lost while it was being written. Whether it was done is in the log: look there before" in told
    (own_postgres_server.data / "postgresql.auto.conf").write_text("")
    own_postgres_server.start()
    assert [entry["note"] for entry in house.data("log", "--db", address)].count(KEPT) == 1
