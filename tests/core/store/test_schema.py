"""The schema that migrations make is the one the tables declare, and opening a current one imports no alembic."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex

from core.errors import BadInput, StoreUnavailable
from core.journal.model import Subject
from core.monitoring.hours import packing_of
from core.monitoring.tables import sample_open
from core.store.migrations.upgrade import upgrade
from core.store.schema import PROGRAM_SCHEMA, schema_of
from core.store.sqlite.backend import APPLICATION_ID
from core.store.store import Store
from core.store.tables import metadata

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

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
    assert store.read(schema_of) == (PROGRAM_SCHEMA, 1, 31)
    assert store.read(packing_of).upto == 0
    store.close()


@pytest.mark.parametrize("said", ["mysql://h/d", "postgresql:/h/d", "host=h dbname=d"])
def test_what_is_meant_as_an_address_makes_no_file(said: str) -> None:
    with pytest.raises(BadInput, match="no database of Watchfloor"):
        Store.at(said)
