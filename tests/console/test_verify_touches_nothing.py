"""`watchfloor journal verify` looks at a database as it is: of whatever schema, and not a byte of it is changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine

from console.__main__ import main
from core.journal.model import Subject, Via
from core.store.migrations.upgrade import upgrade
from core.store.postgresql.preparing import prepare, prepared_schema
from core.store.schema import PROGRAM_SCHEMA
from core.store.sqlite.backend import APPLICATION_ID
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.work import Work
    from tests.postgres import Database

ADA = Author("ada", Via.CLI, "ada")
Said = pytest.CaptureFixture[str]


def doors(work: Work) -> None:
    for n in range(3):
        work.record("door.opened", Subject("door", "1"), {"state": ("shut", n)})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = tmp_path / "w.db"
    store = Store.at(place)
    store.write(ADA, doors)
    store.close()
    return place


def verify(capsys: Said, place: object, code: int = 0) -> tuple[str, str]:
    assert main(["journal", "verify", "--db", str(place)]) == code
    said = capsys.readouterr()
    return said.out, said.err


def change(place: Path, *statements: str) -> None:
    with closing(sqlite3.connect(place)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize("schema", [1, 2, 5])
def test_an_older_database_is_verified_and_stays_as_old(
    capsys: Said, place: Path, tmp_path: Path, schema: int
) -> None:
    old = tmp_path / "old.db"
    engine = create_engine(f"sqlite:///{old}")
    with engine.begin() as connection:
        upgrade(connection, f"{schema:04}")
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        connection.exec_driver_sql("ATTACH ? AS now", (str(place),))
        connection.exec_driver_sql("INSERT INTO journal SELECT * FROM now.journal")
    engine.dispose()
    before = old.read_bytes()
    out, err = verify(capsys, old)
    assert "the journal holds. 3 entries" in out
    assert f"it has schema {schema}, older than this program's {PROGRAM_SCHEMA}, and was left as it is" in err
    assert old.read_bytes() == before
    change(old, "DROP TRIGGER journal_no_update", "UPDATE journal SET actor = 'eve' WHERE seq = 2")
    assert "entry 2 (" in verify(capsys, old, 1)[1]


def test_of_a_newer_database_it_says_what_it_can(capsys: Said, place: Path) -> None:
    newer = PROGRAM_SCHEMA + 1
    change(place, f"UPDATE schema_info SET version = {newer}, min_reader = {newer}, min_writer = {newer}")
    before = place.read_bytes()
    out, err = verify(capsys, place)
    assert "the journal holds. 3 entries" in out
    assert f"it has schema {newer}, newer than this program's" in err
    assert place.read_bytes() == before
    change(place, "ALTER TABLE journal RENAME COLUMN via TO door")
    out, err = verify(capsys, place, 3)
    assert out == ""
    assert "this program cannot read that any more" in err
    assert len(err.splitlines()) == 1


def test_a_backup_that_is_read_only_is_verified(capsys: Said, place: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup" / "saved.db"
    file.parent.mkdir()
    assert main(["admin", "backup", str(file), "--db", str(place)]) == 0
    before = file.read_bytes()
    assert "the journal holds. 3 entries" in verify(capsys, file)[0]
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_a_shared_database_of_another_schema_is_verified_and_not_migrated(
    capsys: Said, postgres: Database
) -> None:
    address = postgres.socket_url()
    prepare(address)
    store = Store.at(postgres.socket_url(options="-cwatchfloor.trusted=told"))
    store.write(ADA, doors)
    store.close()
    for version, which in ((PROGRAM_SCHEMA - 1, "older"), (PROGRAM_SCHEMA + 1, "newer")):
        with postgres.connect() as one:
            one.execute(
                "UPDATE watchfloor.schema_info SET version = %s, min_reader = %s",
                (version, version if which == "newer" else 1),
            )
        out, err = verify(capsys, address)
        assert "the journal holds. 3 entries" in out
        assert f"it has schema {version}, {which} than" in err
        assert prepared_schema(address) == version
