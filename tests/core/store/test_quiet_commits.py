"""Who waits for news of an embedded database is woken for them, and not for a commit that changed nothing anybody shows."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from core.journal.model import Subject, Via
from core.presence.commands import be_here, leave
from core.presence.model import Open
from core.store.sqlite.watch import NET_S, SqliteWatch
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.store import Store
    from core.store.work import Work

pytestmark = pytest.mark.embedded
BOB = Author("bob", Via.CONSOLE, "seat-2")
LONG_S = 4 * NET_S
"""Longer than the database itself is asked for the first time."""


class Waiter:
    """A watch on a thread of its own, as a feed has one; `woken` counts."""

    def __init__(self, place: Path) -> None:
        self.watch = SqliteWatch(place, place.with_name(place.name + ".doorbells"))
        self.watch.wait(0)  # it knows how the database stands now
        self.woken = threading.Semaphore(0)
        self._ending = False
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    def _wait(self) -> None:
        while not self._ending:
            if self.watch.wait(60):
                self.woken.release()

    def end(self) -> None:
        self._ending = True
        self.watch.wake()
        self._thread.join()
        self.watch.close()


@pytest.fixture
def waiter(store: Store, place: Path) -> Iterator[Waiter]:
    store.write(BOB, be_here, "watch-2", Open("incident", "I-7"))
    made = Waiter(place)
    yield made
    made.end()


def note(work: Work) -> None:
    work.record("door.opened", Subject("door", "1"))


def test_a_beat_and_a_look_at_another_list_wake_nobody(store: Store, waiter: Waiter) -> None:
    for view in ("incident", "incident", "board"):
        store.write(BOB, be_here, "watch-2", Open(view, "I-7"))
    assert not waiter.woken.acquire(timeout=LONG_S)
    store.write(BOB, note)
    assert waiter.woken.acquire(timeout=20)
    assert not waiter.woken.acquire(blocking=False)


@pytest.mark.parametrize(
    "opened", [Open("incident", "I-8"), Open("incident", "I-7", "note:I-7"), Open("board")], ids=str
)
def test_another_subject_and_what_is_written_wake(store: Store, waiter: Waiter, opened: Open) -> None:
    store.write(BOB, be_here, "watch-2", opened)
    assert waiter.woken.acquire(timeout=20)


def test_who_comes_and_who_goes_wake(store: Store, waiter: Waiter, ada: Author) -> None:
    store.write(ada, be_here, "watch-1", Open("board"))
    assert waiter.woken.acquire(timeout=20)
    store.write(ada, leave)
    assert waiter.woken.acquire(timeout=20)


def test_news_that_came_with_a_beat_are_news(store: Store, waiter: Waiter) -> None:
    def both(work: Work) -> None:
        be_here(work, "watch-2", Open("incident", "I-7"))
        note(work)

    store.write(BOB, both)
    assert waiter.woken.acquire(timeout=20)


def test_a_quiet_commit_leaves_the_next_one_loud(store: Store, waiter: Waiter) -> None:
    store.write(BOB, be_here, "watch-2", Open("incident", "I-7"))
    store.write(BOB, note)
    assert waiter.woken.acquire(timeout=20)
