"""A database that cannot be used says what it is, where, and what to do; and nothing is touched."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from core.errors import StoreRefused, StoreUnavailable
from core.journal import queries
from core.journal.model import START, Subject
from core.store.sqlite import backend as sqlite_backend
from core.store.sqlite.failures import explained
from core.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.work import Author, Work

pytestmark = pytest.mark.embedded


def note(work: Work) -> None:
    work.record("door.opened", Subject("door", "1"))


def test_a_file_that_is_not_a_database(place: Path) -> None:
    place.write_bytes(b"not a database at all\n" * 500)
    with pytest.raises(StoreRefused, match="is not a database"):
        Store.at(place)
    assert place.read_bytes().startswith(b"not a database")


def test_a_database_of_another_program(place: Path) -> None:
    place.unlink()
    with sqlite3.connect(place) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    with pytest.raises(StoreRefused, match="another program"):
        Store.at(place)


def test_a_database_newer_than_the_program(store: Store, place: Path) -> None:
    store.close()
    with sqlite3.connect(place) as newer:
        newer.execute("UPDATE schema_info SET version = 99, min_reader = 99")
    newer.close()
    with pytest.raises(StoreRefused, match="schema 99"):
        Store.at(place)


def test_a_database_that_only_newer_programs_write_is_read(store: Store, place: Path, ada: Author) -> None:
    store.write(ada, note)
    store.close()
    with sqlite3.connect(place) as newer:
        newer.execute("UPDATE schema_info SET version = 99, min_writer = 99")
    newer.close()
    store.open()
    assert len(store.read(queries.after, START) or []) == 1
    with pytest.raises(StoreUnavailable, match="may read, but no longer write"):
        store.write(ada, note)
    assert len(store.read(queries.after, START) or []) == 1


def test_a_database_that_was_moved_away_is_not_written_where_nobody_finds_it(
    store: Store, place: Path, ada: Author
) -> None:
    store.write(ada, note)
    away = place.rename(place.with_name("away"))
    for ask in (lambda: store.write(ada, note), lambda: store.read(queries.newest)):
        with pytest.raises(StoreUnavailable, match="no longer at its place"):
            ask()
    assert not place.exists()
    away.rename(place)
    store.write(ada, note)
    assert store.read(queries.newest).seq == 2


def test_a_database_that_another_took_the_place_of_is_the_one_that_is_read_and_written(
    store: Store, place: Path, ada: Author
) -> None:
    other = place.with_name("other.db")
    Store.at(other).close()
    store.write(ada, note)
    place.rename(place.with_name("former.db"))
    for each in place.parent.glob(f"{place.name}-*"):
        each.unlink()
    other.rename(place)
    assert store.read(queries.newest).seq == 0
    store.write(ada, note)
    assert store.read(queries.newest).seq == 1


def test_a_watch_beside_which_no_doorbell_can_hang_asks_the_database(
    store: Store, place: Path, ada: Author
) -> None:
    doorbells = place.with_name(place.name + ".doorbells")
    doorbells.write_text("in the way")
    watch = store.watch()
    watch.wait(0)
    store.write(ada, note)
    assert watch.wait(10)
    watch.close()


def test_a_damaged_database(store: Store, place: Path, ada: Author) -> None:
    for _ in range(300):
        store.write(ada, note)
    store.close()
    with place.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(place.stat().st_size - 8192))
    with pytest.raises(StoreRefused, match="damaged"):
        Store.at(place).read(queries.page)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnavailable, match="folder cannot be made"):
        Store.at(tmp_path / "file" / "sub" / "x.db")


def test_a_database_locked_by_a_foreign_program(
    store: Store, place: Path, ada: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    monkeypatch.setattr(sqlite_backend, "BUSY_S", 0.05)
    foreign = sqlite3.connect(place, isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    store.open()
    with pytest.raises(StoreUnavailable, match="locked by another program"):
        store.write(ada, note)
    foreign.execute("ROLLBACK")
    foreign.close()
    store.write(ada, note)
    assert store.read(queries.newest).seq == 1


def test_a_read_only_database_is_read_and_refuses_writes(store: Store, ada: Author) -> None:
    store.write(ada, note)
    store.read(lambda connection: connection.execute(text("PRAGMA query_only=ON")))
    with pytest.raises(StoreUnavailable, match="read-only"):
        store.write(ada, note)
    assert len(store.read(queries.after, START) or []) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write every file")
def test_what_may_not_be_written_is_named_also_where_it_is_not_the_database(
    store: Store, place: Path, ada: Author
) -> None:
    store.write(ada, note)
    beside = place.with_name(place.name + "-shm")
    beside.chmod(0o444)
    error = sqlite3.OperationalError("attempt to write a readonly database")
    error.sqlite_errorname = "SQLITE_READONLY"
    assert str(beside) in str(explained(error, str(place)))


def test_a_full_disk_gives_up_the_ballast_once_and_loses_nothing(
    store: Store, place: Path, ada: Author
) -> None:
    ballast = place.with_name(place.name + ".ballast")
    assert ballast.exists()
    store.write(ada, note)
    pages = store.read(lambda c: c.execute(text("PRAGMA page_count")).scalar_one())
    store.read(lambda c: c.execute(text(f"PRAGMA max_page_count={pages}")).scalar_one())

    def much(work: Work) -> None:
        for _ in range(2000):
            work.record("door.opened", Subject("door", "1"), note="x" * 200)

    with pytest.raises(StoreUnavailable, match="disk is full"):
        store.write(ada, much)
    assert not ballast.exists()
    store.read(lambda c: c.execute(text("PRAGMA max_page_count=1000000")).scalar_one())
    store.write(ada, note)
    assert [e.seq for e in store.read(queries.after, START) or []] == [1, 2]
