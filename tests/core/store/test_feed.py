"""The live feed: nothing missed, nothing twice, whoever writes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from core.journal import queries
from core.journal.model import START, Cursor, Entry, Subject
from core.store.feed import Feed, News
from core.store.store import Store
from core.store.thread import DatabaseThread

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from core.errors import WatchfloorError
    from core.store.work import Author, Work


class Reader:
    """A feed whose news can be waited for."""

    def __init__(self, place: Path, cursor: Cursor = START) -> None:
        self.entries: list[Entry] = []
        self.rebuilds = 0
        self.failures: list[WatchfloorError] = []
        self._changed = threading.Condition()
        self.database = DatabaseThread(place)
        self.database.open().result()
        self.feed: Feed[int] = Feed(
            self.database,
            cursor,
            gather=lambda _, __: 0,
            tell=self._tell,
            fail=self.failures.append,
            pace_s=0.01,
        )
        self.feed.start()

    def _tell(self, news: News[int]) -> None:
        with self._changed:
            self.entries += news.entries
            self.rebuilds += news.rebuild
            self._changed.notify_all()

    def wait_for(self, condition: Any) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self), timeout=20), self.entries

    def close(self) -> None:
        self.feed.stop()
        self.database.close()


def note(work: Work, text: str) -> None:
    work.record("door.opened", Subject("door", "1"), note=text)


def test_entries_of_another_process_arrive_once_and_in_order(store: Store, place: Path, ada: Author) -> None:
    reader = Reader(place)
    for n in range(40):
        store.write(ada, note, str(n))
    reader.wait_for(lambda r: len(r.entries) >= 40)
    assert [e.note for e in reader.entries] == [str(n) for n in range(40)]
    assert not reader.failures
    reader.close()


def test_a_reader_that_never_hears_the_bell_still_gets_everything(
    store: Store, place: Path, ada: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.sqlite.doorbell.Bell.ring", lambda _: None)
    reader = Reader(place)
    for n in range(3):
        store.write(ada, note, str(n))
        reader.wait_for(lambda r, n=n: len(r.entries) > n)
    reader.close()


def test_a_folder_with_a_very_long_name_still_has_a_bell(tmp_path: Path, ada: Author) -> None:
    place = tmp_path / ("long" * 30) / "deep" / "watchfloor.db"
    store = Store.at(place)
    reader = Reader(place)
    store.write(ada, note, "heard")
    reader.wait_for(lambda r: r.entries)
    assert list(place.with_name(place.name + ".doorbells").iterdir())
    reader.close()
    assert not list(place.with_name(place.name + ".doorbells").iterdir())
    store.close()


def test_a_reader_of_another_history_is_told_to_rebuild(store: Store, place: Path, ada: Author) -> None:
    store.write(ada, note, "one")
    reader = Reader(place, Cursor(5, "from a database that was restored"))
    reader.wait_for(lambda r: r.rebuilds)
    store.write(ada, note, "two")
    reader.wait_for(lambda r: r.entries)
    assert [e.note for e in reader.entries] == ["two"]
    reader.close()


def test_a_page_boundary_loses_nothing(store: Store, place: Path, ada: Author) -> None:
    def many(work: Work) -> None:
        for n in range(queries.PAGE * 2):
            note(work, str(n))

    store.write(ada, many)
    reader = Reader(place)
    reader.wait_for(lambda r: len(r.entries) >= queries.PAGE * 2)
    assert [e.seq for e in reader.entries] == list(range(1, queries.PAGE * 2 + 1))
    reader.close()
