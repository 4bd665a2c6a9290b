"""A database whose journal does not hold is saved only by an explicit word, and the copy says what is broken."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from core.errors import StoreUnavailable
from core.journal.sealing import JournalBroken
from core.store.moving.backup import backup, report_of, restore
from core.store.postgresql.connecting import connect
from tests.core.store.moving.conftest import opened
from tests.core.store.moving.houses import ADA, KEY, entries, rows_of, seal, work_in

if TYPE_CHECKING:
    from core.store.store import Store

GUARDS = {
    "embedded": ("journal_no_update", "journal_no_delete", "seal_no_update"),
    "shared": ("journal_stays", "seal_stays"),
}
HIDDEN = """
INSERT INTO journal (seq, at, actor, via, kind, subject_kind, subject_id, body, hash)
VALUES (-7, 1, 'eve', 'cli', 'door.opened', 'door', '1', '[{},""]', 'x')
"""
FAULTS = {
    "changed": ("UPDATE journal SET actor = 'eve' WHERE seq = 3", "entry 3 "),
    "missing": ("DELETE FROM journal WHERE seq = 4", "entry 5 "),
    "numbered anew": ("UPDATE journal SET seq = -7 WHERE seq = 2", "entry -7 "),
    "hidden before the first": (HIDDEN, "entry -7 "),
    "unsealed": ("UPDATE seal SET root = 'x' WHERE n = 1", "seal 1 "),
}


@pytest.fixture(params=list(FAULTS))
def broken(request: pytest.FixtureRequest, store: Store, place: Path | str) -> tuple[Path | str, str]:
    """A database with something changed in its journal, and which part of it does not hold."""
    work_in(store, [("open", "till is slow", 1), ("note", "öpen", 1), ("samples", "", 3), ("action", "x", 1)])
    store.write(ADA, entries, 3000)
    seal(store, KEY)
    store.close()
    statement, at_fault = FAULTS[request.param]
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as one, one:
            for name in GUARDS["embedded"]:
                one.execute(f"DROP TRIGGER {name}")
            one.execute(statement)
    else:
        with connect(place) as server:
            for table, name in zip(("journal", "seal"), GUARDS["shared"], strict=True):
                server.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}".encode())
            server.execute(statement.encode())
    return place, at_fault


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    return rows_of(store)


def test_unasked_nothing_is_saved(broken: tuple[Path | str, str], tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    with pytest.raises(JournalBroken) as caught:
        backup(broken[0], tmp_path / "b.db")
    assert str(caught.value).startswith(broken[1].rstrip())
    assert set(tmp_path.iterdir()) - before <= {
        tmp_path / "watchfloor.db-wal",
        tmp_path / "watchfloor.db-shm",
    }


def test_by_a_word_all_of_it_is_saved_and_the_copy_says_what_is_broken(
    broken: tuple[Path | str, str], tmp_path: Path, store: Store
) -> None:
    file = tmp_path / "b.db"
    done = backup(broken[0], file, even_broken=True)
    assert f"the journal does not hold: {broken[1]}" in done.broken
    assert report_of(file) == done.broken
    with opened(broken[0]) as source, opened(file) as saved:
        assert everything(saved) == everything(source)
        with pytest.raises(StoreUnavailable, match="is a backup"):
            saved.write(ADA, entries, 1)
    for to in (tmp_path / "r.db", tmp_path / "r2.db"):
        with pytest.raises(
            JournalBroken, match="It was saved so on purpose, and says: the journal does not hold"
        ):
            restore(file, to)
        assert not to.exists()


def test_a_whole_one_is_saved_as_ever(store: Store, place: Path | str, tmp_path: Path) -> None:
    store.write(ADA, entries, 5)
    done = backup(place, tmp_path / "b.db", even_broken=True)
    assert (done.broken, done.verdict.entries) == ("", 5)
    assert report_of(tmp_path / "b.db") == ""
    with opened(tmp_path / "b.db") as saved:
        assert saved.read(lambda c: c.scalar(text("SELECT count(*) FROM journal"))) == 5
