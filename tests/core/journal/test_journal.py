from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.journal import queries
from core.journal.chain import link
from core.journal.model import START, Cursor, Subject
from core.store.store import Store, backend_for

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.work import Author, Work

DOOR = Subject("door", "1")
FRAME = len('[{},""]')
SIXTEENTH = queries.PAGE_BYTES // 16


def open_door(work: Work) -> None:
    work.record("door.opened", DOOR, {"state": ("shut", "open")})


def knock_then_open(work: Work) -> None:
    knock = work.record("door.knocked", DOOR)
    work.record("door.opened", DOOR, cause=knock)


def test_numbers_are_gapless_also_after_a_transaction_that_failed(store: Store, ada: Author) -> None:
    def fails(work: Work) -> None:
        work.record("door.opened", DOOR)
        raise RuntimeError("on purpose")

    store.write(ada, open_door)
    with pytest.raises(RuntimeError):
        store.write(ada, fails)
    store.write(ada, open_door)
    assert [e.seq for e in store.read(queries.after, START) or []] == [1, 2]


def test_a_reader_gets_every_entry_after_its_cursor_in_order(store: Store, ada: Author) -> None:
    store.write(ada, knock_then_open)
    first = (store.read(queries.after, START) or [])[-1].cursor
    store.write(ada, knock_then_open)
    assert [e.seq for e in store.read(queries.after, first) or []] == [3, 4]


def test_a_reader_whose_entry_is_not_the_one_it_saw_is_told_to_rebuild(store: Store, ada: Author) -> None:
    store.write(ada, knock_then_open)
    assert store.read(queries.after, Cursor(2, "another hash")) is None
    assert store.read(queries.after, Cursor(7, "beyond the end")) is None


def test_a_page_ends_where_its_entries_say_much_and_tells_that_more_stand_behind(
    store: Store, ada: Author
) -> None:
    def knock_long(work: Work) -> None:
        work.record("door.knocked", DOOR, note="€" * ((SIXTEENTH - FRAME) // 3))

    for _ in range(20):
        store.write(ada, knock_long)
    first = store.read(queries.page_after, START)
    assert first is not None
    entries, is_more = first
    assert (len(entries), is_more) == (16, True)
    rest = store.read(queries.page_after, entries[-1].cursor)
    assert rest is not None
    assert ([entry.seq for entry in rest[0]], rest[1]) == ([17, 18, 19, 20], False)


def test_a_cause_within_one_transaction_is_walked_both_ways(store: Store, ada: Author) -> None:
    store.write(ada, knock_then_open)
    for start in (1, 2):
        assert [e.kind for e in store.read(queries.chain_of, start)] == ["door.knocked", "door.opened"]


def test_each_hash_covers_its_entry_and_the_one_before(store: Store, ada: Author) -> None:
    store.write(ada, knock_then_open)
    one, two = store.read(queries.after, START) or []
    assert one.hash != two.hash
    assert link(one.hash, 2, 0) != link("", 2, 0)
    assert link("", 1, 0, "ab", "c") != link("", 1, 0, "a", "bc")


def test_time_never_runs_backwards_in_the_journal(place: Path, ada: Author) -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    times = iter([noon, noon - timedelta(hours=3), noon + timedelta(seconds=1)])
    store = Store(backend_for(place), now=lambda: next(times))
    store.open()
    for _ in range(3):
        store.write(ada, open_door)
    ats = [e.at for e in store.read(queries.after, START) or []]
    assert ats == [noon, noon, noon + timedelta(seconds=1)]
    store.close()


def test_a_transaction_is_found_again_by_its_key(store: Store, ada: Author) -> None:
    store.write(ada, knock_then_open, key="k1")
    assert store.committed("k1")
    assert not store.committed("k2")


def test_as_of_reads_a_subject_at_an_instant(store: Store, ada: Author) -> None:
    store.write(ada, open_door)
    at = (store.read(queries.after, START) or [])[0].at
    assert store.read(queries.as_of, DOOR, at) == {"state": "open"}
    assert store.read(queries.as_of, DOOR, at - timedelta(microseconds=1)) == {}
