"""A feed whose reader stumbles: it says so, leaves out what is in the way, and goes on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from core.errors import NotPossible, WatchfloorError
from core.journal.model import START, Subject
from core.store.feed import Feed, News
from core.store.thread import DatabaseThread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from core.journal.model import Entry
    from core.store.store import Store
    from core.store.work import Author, Work

import pytest


def note(work: Work, text: str) -> None:
    work.record("incident.noted", Subject("incident", "1"), note=text)


class Reader:
    """What a feed told, where `stumbles` raises for an entry that is gathered for, and `falls` for one that is told."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.rebuilds = 0
        self.failures: list[WatchfloorError] = []
        self.stumbles: Callable[[Entry], bool] = lambda _: False
        self.falls: Callable[[Entry], bool] = lambda _: False
        self._changed = threading.Condition()

    def gather(self, connection: Connection, entries: Sequence[Entry]) -> int:
        if any(map(self.stumbles, entries)):
            raise KeyError("a field that is not there")
        return len(entries)

    def tell(self, news: News[int]) -> None:
        if any(map(self.falls, news.entries)):
            raise ValueError("\x1b[31mno such state")
        with self._changed:
            self.notes += [entry.note for entry in news.entries]
            self.rebuilds += news.rebuild
            self._changed.notify_all()

    def fail(self, error: WatchfloorError) -> None:
        self.failures.append(error)
        raise RuntimeError("the screen is gone")

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, timeout=20), (self.notes, self.failures)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def following(place: Path | str, reader: Reader) -> Iterator[Callable[[], None]]:
    database = DatabaseThread(place)
    database.open().result()
    feed: Feed[Any] = Feed(
        database, START, gather=reader.gather, tell=reader.tell, fail=reader.fail, pace_s=0.01
    )
    yield feed.start
    feed.stop()
    database.close()


def test_an_entry_that_cannot_be_taken_in_keeps_nobody_from_the_others(
    store: Store, ada: Author, reader: Reader, following: Callable[[], None]
) -> None:
    reader.stumbles = lambda entry: entry.note == "bad"
    for text in ("one", "bad", "two"):
        store.write(ada, note, text)
    following()
    reader.wait_for(lambda: reader.notes == ["one", "two"] and reader.rebuilds == 1)
    store.write(ada, note, "bad")
    reader.wait_for(lambda: reader.rebuilds == 2)
    store.write(ada, note, "three")
    reader.wait_for(lambda: reader.notes == ["one", "two", "three"])
    assert all(isinstance(error, NotPossible) for error in reader.failures)
    assert "KeyError: 'a field that is not there'" in reader.failures[0].what


def test_a_reader_that_falls_while_it_is_told_builds_anew(
    store: Store, ada: Author, reader: Reader, following: Callable[[], None]
) -> None:
    reader.falls = lambda entry: entry.note == "bad"
    following()
    store.write(ada, note, "bad")
    reader.wait_for(lambda: reader.rebuilds == 1)
    store.write(ada, note, "good")
    reader.wait_for(lambda: reader.notes == ["good"])
    assert "ValueError: no such state" in reader.failures[0].what
