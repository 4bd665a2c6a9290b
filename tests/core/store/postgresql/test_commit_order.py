"""Commits come out of order; the journal does not. A cursor over numbers given out at the insert loses entries."""

from __future__ import annotations

import random
import threading
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from core.journal import queries as journal
from core.journal.model import START, Cursor, Subject, Via
from core.store.postgresql.preparing import prepare
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.store.work import Work
    from tests.postgres import Database

WRITERS, EACH = 6, 25


class OnPurpose(Exception):
    """A transaction that is given up."""


def hold() -> None:
    time.sleep(random.choice((0, 0, 0.002, 0.02)))


def in_threads(write: Callable[[int], None]) -> list[threading.Thread]:
    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    return threads


def read_until_over(threads: list[threading.Thread], read_on: Callable[[], None]) -> None:
    while any(thread.is_alive() for thread in threads):
        read_on()
    read_on()


def naive(database: Database) -> tuple[set[int], set[int]]:
    """Returns what was committed and what a reader of `id > cursor` saw."""
    with database.connect() as one:
        one.execute("CREATE TABLE line (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)")
    seen: set[int] = set()
    cursor = 0

    def write(_: int) -> None:
        with database.connect() as one:
            one.autocommit = False
            for _n in range(EACH):
                one.execute("INSERT INTO line DEFAULT VALUES")
                hold()
                one.commit()

    threads = in_threads(write)
    with database.connect() as reader:

        def read_on() -> None:
            nonlocal cursor
            found = [
                row[0] for row in reader.execute("SELECT id FROM line WHERE id > %s ORDER BY id", (cursor,))
            ]
            seen.update(found)
            cursor = max([cursor, *found])

        read_until_over(threads, read_on)
        committed = {row[0] for row in reader.execute("SELECT id FROM line")}
    return committed, seen


def ours(place: str) -> tuple[list[tuple[str, int]], list[Any]]:
    """Returns what was acknowledged, and what our reader saw, in order."""
    acknowledged: list[tuple[str, int]] = []
    seen: list[Any] = []
    cursor = START

    def write(number: int) -> None:
        def knock(work: Work, n: int) -> None:
            work.record("door.knocked", Subject("door", str(number)), note=str(n))
            hold()
            if n % 10 == 9:
                raise OnPurpose

        store = Store.at(place)
        author = Author(f"w{number}", Via.CLI, f"w{number}")
        for n in range(EACH):
            try:
                store.write(author, knock, n)
            except OnPurpose:
                continue
            acknowledged.append((f"w{number}", n))
        store.close()

    threads = in_threads(write)
    reader = Store.at(place)

    def read_on() -> None:
        nonlocal cursor
        found = reader.read(journal.after, cursor)
        assert found is not None
        seen.extend(found)
        cursor = found[-1].cursor if found else cursor

    read_until_over(threads, read_on)
    reader.close()
    return acknowledged, seen


def test_a_naive_cursor_loses_entries_and_ours_loses_none(postgres: Database) -> None:
    prepare(postgres.socket_url())
    committed, read = naive(postgres)
    assert committed - read, "the harness must be able to show a loss"
    acknowledged, seen = ours(postgres.socket_url(options="-cwatchfloor.trusted=on"))
    assert [entry.seq for entry in seen] == list(range(1, len(seen) + 1))
    assert sorted(acknowledged) == sorted((entry.actor, int(entry.note)) for entry in seen)
    assert all(before.at <= after.at for before, after in pairwise(seen))


def test_a_commit_that_waits_for_its_turn_comes_after(postgres: Database) -> None:
    """The one that began first and committed last has the higher number."""
    prepare(postgres.socket_url())
    place = postgres.socket_url(options="-cwatchfloor.trusted=on")
    first, second = Store.at(place), Store.at(place)

    def outer(work: Work) -> None:
        work.record("door.opened", Subject("door", "1"), note="began first")
        second.write(Author("b", Via.CLI, "b"), lambda w: w.record("door.opened", Subject("door", "2")))

    first.write(Author("a", Via.CLI, "a"), outer)
    assert [entry.actor for entry in first.read(journal.after, START) or []] == ["b", "a"]
    assert first.read(journal.newest) != Cursor(0, "")
    first.close()
    second.close()
