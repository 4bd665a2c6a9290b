"""An upgrade while others are attached: their commands meet it and are done, or are told that their program is too old."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from core.desk.commands import note_incident, open_incident
from core.errors import Outdated, StoreRefused, StoreUnavailable
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.journal import queries as journal
from core.journal.model import START, Subject, Via
from core.store.moving.move import move
from core.store.postgresql.preparing import prepare
from core.store.schema import PROGRAM_SCHEMA
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.work import Work
    from tests.core.store.postgresql.conftest import House

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
