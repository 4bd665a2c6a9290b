"""An upgrade while others are attached: their commands meet it and are done, or are told that their program is too old."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from threading import Event
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
import pytest

from core.desk.commands import note_incident, open_incident
from core.errors import Outdated, StoreRefused, StoreUnavailable
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.journal import queries as journal
from core.journal.model import START, Subject, Via
from core.store.moving.move import move
from core.store.postgresql import holding
from core.store.postgresql.holding import FIRST_KEY, TURN
from core.store.postgresql.preparing import prepare, prepared_schema
from core.store.postgresql.waiting import is_upgrading
from core.store.schema import PROGRAM_SCHEMA
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from core.store.work import Work
    from tests.core.store.postgresql.conftest import House
    from tests.postgres import Database

ADA = Author("ada", Via.CONSOLE, "seat-1")
DESKS, NOTES = 4, 60


def shut_out(house: House, *columns: str) -> None:
    newer = ", ".join(f"{column} = {PROGRAM_SCHEMA + 1}" for column in ("version", *columns))
    with house.database.connect() as one:
        one.execute(f"UPDATE watchfloor.schema_info SET {newer}".encode())


def taken(work: Work) -> None:
    work.record("operate.locked", Subject("staff", "ada"))


def test_the_server_takes_nothing_from_a_program_that_was_shut_out_a_moment_ago(house: House) -> None:
    store = Store.at(house.person("ada", Role.OPERATOR))
    store.write(ADA, taken)
    shut_out(house, "min_writer")
    with pytest.raises(StoreUnavailable, match="may read, but no longer write"):
        store.write(ADA, taken)
    with pytest.raises(StoreUnavailable, match="may read, but no longer write"):
        store.write(ADA, taken)
    assert len(store.read(journal.after, START) or []) == 1
    store.close()


def test_a_question_that_meets_what_was_remade_says_that_the_program_is_too_old(house: House) -> None:
    store = Store.at(house.person("vera", Role.VIEWER))
    assert store.read(journal.after, START) == []
    with house.database.connect() as one:
        one.execute("ALTER TABLE watchfloor.journal RENAME COLUMN via TO door")
    shut_out(house, "min_reader", "min_writer")
    for _ in range(2):
        with pytest.raises(Outdated, match="older than the database"):
            store.read(journal.after, START)
    store.close()


def test_a_session_that_is_opened_anew_over_an_older_database_is_not_worked_with(house: House) -> None:
    store = Store.at(house.person("vera", Role.VIEWER))
    with house.database.connect() as one:
        one.execute("UPDATE watchfloor.schema_info SET version = version - 1")
        one.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            (house.database.name,),
        )
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        store.read(journal.newest)
    for _ in range(2):
        with pytest.raises(StoreRefused, match="admin upgrade"):
            store.read(journal.newest)
    store.close()


def test_an_older_program_lays_no_rules_over_newer_ones(house: House, tmp_path: Path) -> None:
    owner = house.database.socket_url()
    with house.database.connect() as one:
        one.execute("UPDATE watchfloor.schema_info SET version = version + 1")
        one.execute("INSERT INTO watchfloor.kind_right VALUES ('till.opened', 'operator')")
    with pytest.raises(Outdated, match="knows schemas up to"):
        prepare(owner)
    source = tmp_path / "w.db"
    store = Store.at(source)
    store.write(ADA, taken)
    store.close()
    with pytest.raises(Outdated, match="knows schemas up to"):
        move(source, owner, ADA)
    with house.database.connect() as one:
        kept = one.execute("SELECT count(*) FROM watchfloor.kind_right WHERE kind = 'till.opened'").fetchone()
    assert kept == (1,)


def test_desks_at_work_and_an_upgrade_wait_for_each_other_and_none_fails(house: House) -> None:
    owner = house.database.socket_url()
    address = house.person("ada", Role.OPERATOR)
    one = Store.at(address)
    for n in range(DESKS):
        one.write(ADA, open_incident, "", "shop", f"till {n}", 3, Consent(Level.BOX))

    def work(number: int) -> None:
        store = Store.at(address)
        for n in range(NOTES):
            store.write(ADA, note_incident, number, f"{number}-{n}")
        store.close()

    upgrades = 0
    with ThreadPoolExecutor(DESKS) as desks:
        at_work = [desks.submit(work, n + 1) for n in range(DESKS)]
        while not all(desk.done() for desk in at_work):
            prepare(owner)
            upgrades += 1
    for desk in at_work:
        desk.result()
    assert upgrades
    noted = [e.note for e in one.read(journal.after, START) or [] if e.kind == "incident.noted"]
    assert sorted(noted) == sorted(f"{d + 1}-{n}" for d in range(DESKS) for n in range(NOTES))
    one.close()


def test_an_upgrade_gets_through_among_those_who_look_at_tables_in_any_order(house: House) -> None:
    address, is_over = house.person("ada", Role.OPERATOR), Event()

    def look(connection: Connection, order: tuple[str, ...]) -> None:
        for table in order:
            connection.exec_driver_sql(f"SELECT 1 FROM {table} LIMIT 1")
            time.sleep(0.02)

    def go_on_looking(order: tuple[str, ...]) -> int:
        store, looks = Store.at(address), 0
        while not is_over.is_set():
            store.read(look, order)
            looks += 1
        store.close()
        return looks

    def look_with_psql() -> int:
        looks = 0
        with psycopg.connect(address, options="-csearch_path=watchfloor") as one:
            while not is_over.is_set():
                one.execute("SELECT 1 FROM journal LIMIT 1")
                time.sleep(0.02)
                one.execute("SELECT 1 FROM incident LIMIT 1")
                one.rollback()
                looks += 1
        return looks

    orders = list(permutations(("incident", "run", "journal")))
    with ThreadPoolExecutor(len(orders) + 1) as people:
        at_work = [people.submit(go_on_looking, order) for order in orders] + [people.submit(look_with_psql)]
        try:
            for _ in range(3):
                prepare(house.database.socket_url())
        finally:
            is_over.set()
        assert all(person.result() for person in at_work)  # nobody failed


def test_a_command_outwaits_an_upgrade_that_takes_longer_than_it_waits_for_anybody_else(house: House) -> None:
    address = house.person("ada", Role.OPERATOR) + "&options=" + quote("-c lock_timeout=1s")
    store = Store.at(address)
    with ThreadPoolExecutor(1) as desk, house.database.connect() as other:
        with other.transaction():
            other.execute("LOCK TABLE watchfloor.incident")
            with pytest.raises(StoreUnavailable, match="is held by another transaction"):
                store.write(ADA, open_incident, "", "shop", "till 1", 3, Consent(Level.BOX))
            other.execute(f"LOCK TABLE watchfloor.schema_info IN {TURN} MODE".encode())
            doing = desk.submit(store.write, ADA, open_incident, "", "shop", "till 1", 3, Consent(Level.BOX))
            with pytest.raises(TimeoutError):
                doing.result(timeout=1.2)
        doing.result()
    store.close()


def test_nobody_without_rights_holds_up_an_upgrade_or_has_commands_wait_for_one(house: House) -> None:
    with psycopg.connect(house.person("eve", Role.OPERATOR)) as eve:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            eve.execute(f"LOCK TABLE watchfloor.schema_info IN {TURN} MODE".encode())
        eve.rollback()
        eve.execute("SELECT pg_advisory_lock(%s)", (FIRST_KEY,))
        with house.database.connect() as one:
            assert not is_upgrading(one)
        prepare(house.database.socket_url())


def test_nobody_holds_up_the_making_of_a_house(postgres: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "FIRST_S", 1.0)
    with postgres.connect() as eve:
        eve.execute("SELECT pg_advisory_lock(%s)", (FIRST_KEY,))
        prepare(postgres.socket_url())
    assert prepared_schema(postgres.socket_url()) == PROGRAM_SCHEMA


def test_upgrades_at_once_come_one_after_the_other(house: House) -> None:
    with ThreadPoolExecutor(4) as admins:
        doing = [admins.submit(prepare, house.database.socket_url()) for _ in range(4)]
        assert [each.result() for each in doing] == [None] * 4
