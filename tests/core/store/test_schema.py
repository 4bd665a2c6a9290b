"""The schema that migrations make is the one the tables declare, and opening a current one imports no alembic."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Text, create_engine, insert, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex

from core.errors import BadInput, StoreUnavailable
from core.journal.model import Subject
from core.monitoring.hours import packing_of
from core.monitoring.tables import sample_open
from core.security.findings.importing import import_report
from core.security.findings.kept_list import kept_list
from core.security.findings.queries import one_finding
from core.security.findings.reports.reading import read_report
from core.security.findings.tables import finding, scan
from core.store.migrations.upgrade import upgrade
from core.store.schema import PROGRAM_SCHEMA, schema_of
from core.store.sqlite.backend import APPLICATION_ID
from core.store.store import Store
from core.store.tables import metadata
from tests.core.security.findings.house import the_list

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Table

    from core.store.work import Author, Work

OPEN = """
import sys
from core.store.store import Store
Store.at(sys.argv[1]).close()
print("alembic" in sys.modules, "pydantic" in sys.modules)
"""

pytestmark = pytest.mark.embedded


ONLY_MIGRATIONS = re.compile("alembic_version|(request|incident)_found|request_(open|all)_|incident_open")
"""What no table declares: the index of words, and those over what is open and over expressions."""


@pytest.mark.filterwarnings(
    "ignore:Skipped unsupported reflection of expression-based index:sqlalchemy.exc.SAWarning"
)
@pytest.mark.filterwarnings(
    "ignore:autogenerate skipping metadata-specified expression-based index:UserWarning"
)
def test_migrations_make_what_the_tables_declare(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
        return [d for d in found if not ONLY_MIGRATIONS.search(str(d))]

    assert store.read(differences) == []


@pytest.mark.parametrize("name", ["request_in_sight", "request_all_due"])
def test_migrations_make_the_indexes_by_expressions_that_the_tables_declare(store: Store, name: str) -> None:
    def made(connection: Connection) -> str:
        asked = text("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = :name")
        return str(connection.scalar(asked, {"name": name}))

    declared = next(index for index in metadata.tables["request"].indexes if index.name == name)
    wanted = str(CreateIndex(declared).compile(dialect=sqlite.dialect()))
    assert _plain(store.read(made)) == _plain(wanted)


def _plain(statement: str) -> str:
    return " ".join(statement.replace("(", " ").replace(")", " ").split()).lower()


def test_opening_a_current_database_imports_neither_alembic_nor_pydantic(store: Store, place: Path) -> None:
    store.close()
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(place)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("statement", ["UPDATE journal SET actor = 'eve'", "DELETE FROM journal"])
def test_the_journal_refuses_to_be_changed(store: Store, ada: Author, statement: str) -> None:
    def note(work: Work) -> None:
        work.record("door.opened", Subject("door", "1"))

    def forge(work: Work) -> None:
        work.connection.execute(text(statement))

    store.write(ada, note)
    with pytest.raises(StoreUnavailable, match="only ever added to"):
        store.write(ada, forge)


def test_a_database_of_the_first_schema_keeps_its_samples_in_the_order_they_came(place: Path) -> None:
    rows = [(2, 20, None, 4), (1, 10, 1.5, 0), (1, 5, 2.5, 2)]
    place.unlink()
    old = create_engine(f"sqlite:///{place}")
    with old.begin() as connection:
        upgrade(connection, "0001")
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        connection.exec_driver_sql("INSERT INTO sample_open VALUES (?, ?, ?, ?)", rows)
    old.dispose()
    store = Store.at(place)
    columns = (sample_open.c.probe, sample_open.c.at, sample_open.c.value, sample_open.c.state)
    found = store.read(lambda c: c.execute(select(*columns).order_by(sample_open.c.id)).all())
    assert [tuple(row) for row in found] == rows
    assert store.read(schema_of) == (PROGRAM_SCHEMA, 1, 32)
    assert store.read(packing_of).upto == 0
    store.close()


def test_a_database_of_the_schema_before_the_list_was_kept_keeps_what_findings_hold(
    place: Path, ada: Author, tmp_path: Path
) -> None:
    place.unlink()
    old = create_engine(f"sqlite:///{place}")
    with old.begin() as connection:
        upgrade(connection, "0031")
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        assert schema_of(connection) == (31, 1, 31)
        told = {
            "state": "new", "vulnerability": "CVE-2026-1", "component": "web", "package": "lib", "severity": "low",
            "aliases": "[]", "is_listed": 1, "listed_due": "2026-11-26", "start": "2026-11-23", "due": "2026-11-26",
            "due_rule": "known to be exploited", "seen_in": "[]", "is_open": 1,
        }  # fmt: skip
        connection.execute(insert(finding), _row(finding, told))
        connection.execute(insert(scan), _row(scan, {"kind": "kev", "components": "[]", "refusals": "[]"}))
    old.dispose()
    store = Store.at(place)
    kept, found = store.read(kept_list), store.read(one_finding, 1)
    assert (kept.days, kept.is_there, kept.newest and kept.newest.label) == ({}, False, "S-1")
    assert (found.exploited.is_listed, str(found.due)) == (True, "2026-11-26")
    store.write(ada, import_report, read_report(the_list(tmp_path, {"CVE-2026-1": "2026-11-25"})))
    assert str(store.read(one_finding, 1).due) == "2026-11-25"
    store.close()


def _row(table: Table[Any], told: dict[str, Any]) -> dict[str, Any]:
    """Returns a row with what is told, number 1, and nothing in all other columns."""
    nothing = {c.name: None if c.nullable else "" if isinstance(c.type, Text) else 0 for c in table.columns}
    return {**nothing, "id": 1, **told}


@pytest.mark.parametrize("said", ["mysql://h/d", "postgresql:/h/d", "host=h dbname=d"])
def test_what_is_meant_as_an_address_makes_no_file(said: str) -> None:
    with pytest.raises(BadInput, match="no database of Watchfloor"):
        Store.at(said)
