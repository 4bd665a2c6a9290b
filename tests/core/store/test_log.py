"""The write-ahead log is emptied when it has grown, written over from its start, and never for a reader's sake waited on."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from core.journal import queries
from core.journal.model import START, Subject
from core.store.sqlite import backend as sqlite_backend
from core.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.work import Author, Work

LIMIT = 1024 * 1024
"""More than making a new database writes."""
FRAME = 4096 + 24

pytestmark = pytest.mark.embedded


def note(work: Work) -> None:
    work.record("door.opened", Subject("door", "1"), note="x" * 3000)


@pytest.fixture
def busy(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store whose log is emptied often."""
    monkeypatch.setattr(sqlite_backend, "CHECKPOINT_BYTES", LIMIT)
    monkeypatch.setattr(sqlite_backend, "LOG_BYTES", 2 * LIMIT)
    opened = Store.at(place)
    yield opened
    opened.close()


def log_bytes(place: Path) -> int:
    return place.with_name(place.name + "-wal").stat().st_size


def test_the_log_stays_small_and_its_file_is_written_over(busy: Store, place: Path, ada: Author) -> None:
    sizes = set()
    for _ in range(300):
        busy.write(ada, note)
        sizes.add(log_bytes(place))
    assert LIMIT <= max(sizes) <= LIMIT + 32 * FRAME
    assert log_bytes(place) == max(sizes)
    assert len(busy.read(queries.after, START) or []) == 300


def test_the_logs_of_two_writers_in_turn_stay_small(busy: Store, place: Path, ada: Author) -> None:
    other = Store.at(place)
    for _ in range(150):
        busy.write(ada, note)
        other.write(ada, note)
    assert log_bytes(place) <= LIMIT + 32 * FRAME
    other.close()


def test_behind_a_reader_the_log_grows_and_is_emptied_once_he_has_gone(
    busy: Store, place: Path, ada: Author
) -> None:
    busy.write(ada, note)
    reader = sqlite3.connect(place, isolation_level=None)
    reader.execute("BEGIN")
    before = reader.execute("SELECT count(*) FROM journal").fetchone()
    for _ in range(300):
        busy.write(ada, note)
    assert reader.execute("SELECT count(*) FROM journal").fetchone() == before
    grown = log_bytes(place)
    assert grown > 3 * LIMIT
    reader.close()
    for _ in range(300):
        busy.write(ada, note)
    assert log_bytes(place) <= 2 * LIMIT
    assert busy.read(lambda c: c.execute(text("PRAGMA integrity_check")).scalar_one()) == "ok"
