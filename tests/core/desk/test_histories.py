"""What a process keeps of items' histories is what reading all of it gives: whoever writes, gives up, redacts, or puts a copy back."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

import pytest

from core.desk.clocks.histories import EACH, OF_PROCESS, UNREAD, Histories, history_question
from core.desk.clocks.keeping import differences
from core.desk.clocks.promises import item_of, told_of
from core.desk.requests import commands as requests
from core.desk.requests.model import Asked
from core.desk.requests.queries import one_request
from core.errors import BadInput
from core.gate.model import Consent, Level
from core.journal.model import Subject, Via
from core.redaction.commands import redact
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import to_micros, utc_now

if TYPE_CHECKING:
    from pathlib import Path

    from core.desk.clocks.promises import Item
    from core.store.work import Work

BOX = Consent(Level.BOX)
BEA = Author("bea", Via.CLI, "another process")
ASKER = "eve@acme.example"


def new(store: Store, ada: Author) -> Item:
    made = store.write(ada, requests.new_request, Asked("a mouse", "mail", ASKER), BOX)
    return item_of(store.read(one_request, made.id))


def assert_same(store: Store, kept: Histories, item: Item) -> None:
    whole = store.read(told_of, "request", [item.id]).get(item.id, [])
    assert list(store.read(kept.read, item)) == whole


def write_something(store: Store, chance: random.Random, item: Item, n: int) -> None:
    done = chance.choice(("note", "priority", "priority", "assign", "tell", "give up"))
    by = chance.choice((BEA, Author("ada", Via.CONSOLE, "console")))
    if done == "note":
        store.write(by, requests.note_request, item.id, f"note {n}")
    elif done == "priority":
        store.write(by, requests.set_priority, item.id, chance.randint(1, 4))
    elif done == "assign":
        store.write(by, requests.assign_request, item.id, chance.choice(("ada", "bea", ASKER)))
    elif done == "tell":
        store.write(by, requests.tell_requester, item.id, f"told {n}")
    else:

        def give_up(work: Work) -> None:
            requests.set_priority(work, item.id, chance.randint(1, 4))
            raise BadInput("given up")

        with pytest.raises(BadInput):
            store.write(by, give_up)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_reading_all_gives(store: Store, ada: Author, seed: int) -> None:
    chance = random.Random(seed)
    kept = [Histories(), Histories(60)]  # as two processes have them, one with little room
    items = [new(store, ada) for _ in range(3)]
    for n in range(60):
        item = chance.choice(items)
        write_something(store, chance, item, n)
        if n == 30:
            assert any(told.requester == ASKER for told in store.read(kept[0].read, item))
            asked = Consent(Level.NAME, f"R-{item.id}", "a person asked for it")
            store.write(ada, redact, Subject("request", str(item.id)), ASKER, asked)
            assert_same(store, kept[0], item)
            assert all(told.requester != ASKER for told in store.read(kept[0].read, item))
        for each in chance.sample(items, 2):
            assert_same(store, chance.choice(kept), each)
    now = to_micros(utc_now())
    assert store.read(differences, items, now, within=60_000_000) == []


@pytest.mark.embedded
def test_a_copy_that_was_put_back_is_read_anew(store: Store, ada: Author, place: Path) -> None:
    kept, item = Histories(), new(store, ada)
    assert_same(store, kept, item)
    store.close()
    copy = place.with_name("copy.db")
    shutil.copy(place, copy)
    for source, times in ((place, 1), (copy, 2), (place, 3)):
        with_it = Store.at(source)
        for n in range(times):  # as many entries here as there, or more, or fewer
            with_it.write(ada, requests.set_priority, item.id, 1 + (n + times) % 4)
            assert_same(with_it, kept, item)
        with_it.close()


@pytest.mark.embedded
def test_what_was_told_in_another_database_is_not_taken_for_it(
    store: Store, ada: Author, tmp_path: Path
) -> None:
    item, kept = new(store, ada), Histories()
    assert_same(store, kept, item)
    other = Store.at(tmp_path / "other.db")
    statement, values = history_question(item, kept.known(item))
    rows = other.read(lambda one: one.execute(statement, values).all())
    assert kept.told(item, kept.known(item), rows) is None
    assert other.read(kept.read, item) == ()
    other.close()


def test_only_so_much_is_kept_and_what_was_not_needed_goes_first(store: Store, ada: Author) -> None:
    kept = Histories(40)
    items = [new(store, ada) for _ in range(6)]
    for item in (*items, *items):
        assert_same(store, kept, item)
        assert sum(len(each.told) + EACH for each in kept._kept.values()) == kept._size <= 40
    assert kept.known(items[0]) == UNREAD
    assert kept.known(items[-1]) != UNREAD


def test_a_change_asks_only_for_what_came_behind_the_last(store: Store, ada: Author) -> None:
    item = new(store, ada)
    for n in range(9):
        store.write(ada, requests.set_priority, item.id, 1 + n % 4)
    known = OF_PROCESS.known(item)
    statement, values = history_question(item, known)
    rows = store.read(lambda one: one.execute(statement, values).all())
    assert [row.kind for row in rows] == ["request.graded"] * 2
    assert rows[0].hash == known.hash
