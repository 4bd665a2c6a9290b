"""What is refused when a database is moved, saved or restored, and that nothing is left half then."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from psycopg import errors

from core.errors import (
    BadInput,
    NotPermitted,
    NotPossible,
    StoreBusy,
    StoreRefused,
    StoreUnavailable,
    Unavailable,
)
from core.gate.rights import Role
from core.journal import queries as journal
from core.journal.sealing import JournalBroken
from core.store.moving.backup import backup, restore
from core.store.moving.move import move, take_database_back
from core.store.postgresql.connecting import connect
from core.store.postgresql.filling import filling
from core.store.postgresql.preparing import group_of, prepare
from tests.core.store.moving.conftest import opened
from tests.core.store.moving.houses import ADA, entries, verified, work_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Database, Server

pytestmark = pytest.mark.embedded


@pytest.fixture
def source(tmp_path: Path) -> Path:
    place = tmp_path / "w.db"
    with opened(place) as store:
        work_in(store, [("open", "till is slow", 1), ("seal", "", 0)])
    return place


@pytest.fixture
def saved(source: Path, tmp_path: Path) -> Path:
    backup(source, tmp_path / "b.db")
    return tmp_path / "b.db"


def test_a_backup_is_its_owners_and_replaces_nothing_unasked(source: Path, saved: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600
    before = saved.read_bytes()
    with pytest.raises(NotPossible, match="something of that name"):
        backup(source, saved)
    assert saved.read_bytes() == before
    backup(source, saved, may_replace=True)
    with pytest.raises(BadInput, match="both"):
        backup(source, source, may_replace=True)


def test_a_backup_never_replaces_a_database_that_is_open(source: Path, tmp_path: Path) -> None:
    with opened(tmp_path / "other.db") as other:
        other.write(ADA, entries, 1)
        with pytest.raises(NotPossible, match="open"):
            backup(source, tmp_path / "other.db", may_replace=True)


def test_a_folder_that_is_not_there(source: Path, saved: Path, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="No such file"):
        backup(source, tmp_path / "no" / "b.db")
    with pytest.raises(Unavailable, match="No such file"):
        restore(saved, tmp_path / "no" / "r.db")


def test_a_backup_is_looked_at_and_not_written(saved: Path) -> None:
    with opened(saved) as store:
        assert verified(store) == 1
        with pytest.raises(StoreUnavailable, match="is a backup"):
            store.write(ADA, entries, 1)


def test_looking_at_a_backup_leaves_nothing_beside_it_and_changes_no_byte_of_it(saved: Path) -> None:
    before, beside = saved.read_bytes(), set(saved.parent.iterdir())
    with opened(saved) as store:
        watch = store.watch()
        assert not watch.wait(0.01)
        assert store.read(journal.newest).seq
        with pytest.raises(StoreUnavailable, match="is a backup"):
            store.check_writable()
        assert set(saved.parent.iterdir()) == beside
        watch.close()
    assert set(saved.parent.iterdir()) == beside
    assert saved.read_bytes() == before


@pytest.mark.parametrize("fault", ["cut", "foreign", "text", "empty", "newer", "changed"])
def test_what_is_no_backup_is_not_restored(
    saved: Path, tmp_path: Path, postgres: Database, fault: str
) -> None:
    if fault == "cut":
        saved.write_bytes(saved.read_bytes()[:-9000])
    elif fault in {"text", "empty"}:
        saved.write_bytes(b"a shopping list" if fault == "text" else b"")
    else:
        with closing(sqlite3.connect(saved)) as one, one:
            one.execute("DROP TRIGGER journal_no_update")
            one.execute(
                {
                    "foreign": "PRAGMA application_id=7",
                    "newer": "UPDATE schema_info SET version = 99, min_reader = 99",
                    "changed": "UPDATE journal SET actor = 'eve'",
                }[fault]
            )
    wanted = JournalBroken if fault == "changed" else StoreRefused
    before = set(tmp_path.iterdir())
    for to in (tmp_path / "r.db", postgres.socket_url()):
        with pytest.raises(wanted):
            restore(saved, to)
    assert set(tmp_path.iterdir()) == before
    with connect(postgres.socket_url()) as psql:
        assert psql.execute("SELECT to_regclass('watchfloor.journal')").fetchone() == (None,)


def test_only_what_is_empty_is_restored_to(source: Path, saved: Path, postgres: Database) -> None:
    with pytest.raises(NotPossible, match="something of that name"):
        restore(saved, source)
    restore(saved, postgres.socket_url())
    with pytest.raises(NotPossible, match="is not empty"):
        restore(saved, postgres.socket_url())
    with opened(postgres.socket_url()) as store:
        work_in(store, [("open", "once more", 1)])


def test_another_source_is_refused(source: Path, tmp_path: Path, postgres: Database) -> None:
    with opened(tmp_path / "other.db") as other:
        other.write(ADA, entries, 5)
    with filling(postgres.socket_url()) as target, opened(source) as store:
        from core.journal.seals import records_after, standing

        target.begin()
        target.add(store.read(records_after, 0), store.read(standing).head)
    with pytest.raises(NotPossible, match="another database: entry 1 there is not entry 1 here"):
        move(tmp_path / "other.db", postgres.socket_url(), ADA)
    move(source, postgres.socket_url(), ADA)


def test_a_broken_source_leaves_the_target_empty(source: Path, postgres: Database) -> None:
    with closing(sqlite3.connect(source)) as one, one:
        one.execute("DROP TRIGGER journal_no_update")
        one.execute("UPDATE journal SET actor = 'eve'")
    with pytest.raises(JournalBroken):
        move(source, postgres.socket_url(), ADA)
    with opened(source) as store:
        store.write(ADA, entries, 1)
    with opened(postgres.socket_url()) as empty:
        empty.check_writable()


def test_only_its_owner_fills_a_database(source: Path, postgres: Database) -> None:
    prepare(postgres.socket_url())
    postgres.role("anna", "of-anna", [group_of(postgres.name, Role.ADMIN)])
    with pytest.raises(NotPermitted, match="owner alone"):
        move(source, postgres.loopback_url("anna", password="of-anna"), ADA)


def test_who_had_the_target_open_writes_nothing_meanwhile(postgres: Database) -> None:
    prepare(postgres.socket_url())
    postgres.role("anna", "of-anna", [group_of(postgres.name, Role.ADMIN)])
    with opened(postgres.loopback_url("anna", password="of-anna")) as anna:
        with filling(postgres.socket_url()) as target, pytest.raises(NotPossible, match="other session"):
            target.begin()
        anna.close()
        with filling(postgres.socket_url()) as target:
            target.begin()
        with pytest.raises(StoreUnavailable, match="until it is whole"):
            anna.open()


def test_one_process_fills_at_a_time_and_nobody_without_rights_keeps_it_from_that(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.postgresql.filling.WAIT_S", 0.3)
    prepare(postgres.socket_url())
    postgres.role("anna", "of-anna", [group_of(postgres.name, Role.ADMIN)])
    with connect(postgres.loopback_url("anna", password="of-anna")) as anna:
        with pytest.raises(errors.InsufficientPrivilege):
            anna.execute("LOCK TABLE journal_head IN SHARE UPDATE EXCLUSIVE MODE")
        anna.rollback()
        anna.execute("LOCK TABLE journal_head IN ACCESS SHARE MODE")  # all that it lets her
        with (
            filling(postgres.socket_url()),
            pytest.raises(StoreBusy, match="is being filled by another process"),
            filling(postgres.socket_url()),
        ):
            pass
        with filling(postgres.socket_url()) as target:
            assert not target.is_begun()


def test_a_moved_database_says_where_it_went_and_can_be_taken_back(
    source: Path, postgres: Database, postgres_server: Server
) -> None:
    with opened(source) as console:
        move(source, postgres.socket_url(), ADA)
        with pytest.raises(StoreUnavailable, match=f"was moved to postgresql:.*{postgres.name}"):
            console.write(ADA, entries, 1)
        assert move(source, postgres.socket_url(), ADA).was_done
        with postgres_server.fresh_database() as other, pytest.raises(NotPossible, match="was moved to"):
            move(source, other.socket_url(), ADA)
        take_database_back(source, ADA)
        console.write(ADA, entries, 1)
    with pytest.raises(NotPossible, match="was not moved"):
        take_database_back(source, ADA)
    with pytest.raises(NotPossible, match="is not empty"):
        move(source, postgres.socket_url(), ADA)
