"""Another program holds the database: a command waits for a while, says whose doing it is, and is never half done."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from core.errors import StoreBusy
from core.journal import queries
from core.journal.model import START, Subject
from core.store.sqlite import backend as sqlite_backend
from core.store.store import Store
from core.store.thread import DatabaseThread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from core.store.work import Author, Work

HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""

pytestmark = pytest.mark.embedded


def note(work: Work) -> None:
    work.record("door.opened", Subject("door", "1"))


def numbers(store: Store) -> list[int]:
    return [entry.seq for entry in store.read(queries.after, START) or []]


@pytest.fixture
def hold(store: Store, place: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Has another program hold the database's lock; it lets go when its input ends."""
    started: list[subprocess.Popen[str]] = []

    def begin() -> subprocess.Popen[str]:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(place)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(holder)
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        return holder

    yield begin
    for holder in started:
        holder.communicate()


def test_a_command_waits_until_the_other_program_lets_go(
    store: Store, place: Path, ada: Author, hold: Callable[[], subprocess.Popen[str]]
) -> None:
    database = DatabaseThread(place)
    database.open().result()
    holder = hold()
    written = database.write(ada, note)
    assert numbers(store) == []
    holder.communicate()
    written.result(timeout=30)
    assert numbers(store) == [1]
    database.close()


def test_a_program_that_does_not_let_go_is_named_to_each_who_waits(
    store: Store,
    place: Path,
    ada: Author,
    hold: Callable[[], subprocess.Popen[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sqlite_backend, "TRY_S", 0.02)
    monkeypatch.setattr(sqlite_backend, "BUSY_S", 0.2)
    stores = [Store.at(place) for _ in range(8)]
    holder = hold()

    def refused(each: Store) -> str:
        with pytest.raises(StoreBusy) as told:
            each.write(ada, note)
        return str(told.value)

    with ThreadPoolExecutor(8) as threads:
        for said in threads.map(refused, stores):
            assert str(place) in said
            assert "locked by another program" in said
            assert "Close the program that has it open" in said
    assert numbers(store) == []
    holder.communicate()
    for each in stores:
        each.write(ada, note)
        each.close()
    assert numbers(store) == list(range(1, 9))
