"""On a shared database everybody says of themselves alone that they are here: tried with psql."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import errors

from core.gate.rights import Role
from core.journal.model import Via
from core.presence.commands import be_here, leave
from core.presence.model import Open
from core.presence.queries import everyone
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.store.postgresql.conftest import House

CLAIMED = Author("the-boss", Via.CONSOLE, "seat-1")


@pytest.fixture
def ada(house: House) -> Iterator[Store]:
    store = Store.at(house.person("ada", Role.OPERATOR))
    store.write(CLAIMED, be_here, "watch-1", Open("incident", "I-7", "note:I-7"))
    yield store
    store.close()


@pytest.fixture
def psql(house: House, ada: Store) -> Iterator[psycopg.Connection[Any]]:
    with connect(house.person("vic", Role.VIEWER)) as connection:
        connection.autocommit = True
        yield connection


def row(**given: object) -> str:
    values = {
        "seat": "seat-9", "actor": "vic", "host": "h", "view": "board", "subject": "", "editing": "", "since": 1,
        "beat": 1,
    } | given  # fmt: skip
    return (
        f"INSERT INTO presence ({', '.join(values)}) VALUES ({', '.join(repr(v) for v in values.values())})"
    )


FORGERIES = {
    "somebody else said to be here": row(actor="ada"),
    "somebody else moved elsewhere": "UPDATE presence SET view = 'board', editing = '' WHERE seat = 'seat-1'",
    "somebody else's seat taken": "UPDATE presence SET actor = 'vic' WHERE seat = 'seat-1'",
    "somebody else taken away": "DELETE FROM presence WHERE seat = 'seat-1'",
    "everybody taken away": "TRUNCATE presence",
    "a row over theirs": row(actor="ada") + " ON CONFLICT (seat) DO UPDATE SET actor = 'ada'",
    "a book for a name": row(host="h" * 201),
    "the rule taken away": "DROP TRIGGER presence_is_ones_own ON presence",
    "the rule silenced": "ALTER TABLE presence DISABLE TRIGGER ALL",
    "the trusted word said": f"SET watchfloor.trusted = 'on'; {row(actor='ada')}",
}


@pytest.mark.parametrize("attempt", FORGERIES)
def test_a_forgery_is_refused(psql: psycopg.Connection[Any], ada: Store, attempt: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        psql.execute(FORGERIES[attempt].encode())
    (found,) = ada.read(everyone)
    assert (found.seat, found.actor, found.open) == ("seat-1", "ada", Open("incident", "I-7", "note:I-7"))


def test_one_s_own_row_turned_into_another_s_is_refused(psql: psycopg.Connection[Any]) -> None:
    psql.execute(row().encode())
    with pytest.raises(errors.InsufficientPrivilege, match="who says this"):
        psql.execute("UPDATE presence SET actor = 'ada' WHERE seat = 'seat-9'")


def test_who_only_watches_is_here_too_by_the_server_s_clock_and_goes(
    psql: psycopg.Connection[Any], ada: Store
) -> None:
    psql.execute(row().encode())
    found = next(each for each in ada.read(everyone) if each.actor == "vic")
    assert abs(found.beat.timestamp() - time.time()) < 60
    assert found.since == found.beat
    psql.execute("UPDATE presence SET since = 1, beat = 1, view = 'log' WHERE seat = 'seat-9'")
    after = next(each for each in ada.read(everyone) if each.actor == "vic")
    assert (after.since, after.open.view) == (found.since, "log")
    assert after.beat >= found.beat
    psql.execute("DELETE FROM presence WHERE seat = 'seat-9'")
    assert [each.actor for each in ada.read(everyone)] == ["ada"]


def test_the_name_is_the_session_s_whatever_the_program_claims(ada: Store) -> None:
    assert [each.actor for each in ada.read(everyone)] == ["ada"]


def test_nobody_is_here_more_than_a_hundred_times(psql: psycopg.Connection[Any]) -> None:
    for n in range(100):
        psql.execute(row(seat=f"s{n}").encode())
    with pytest.raises(errors.InsufficientPrivilege, match="a hundred times"):
        psql.execute(row().encode())


def test_others_are_woken_for_what_they_show_and_for_nothing_else(ada: Store, house: House) -> None:
    watcher = Store.at(house.person("bob", Role.OPERATOR))
    watch = watcher.watch()
    try:
        watch.wait(5)  # it listens from here on
        seconds = 0.4
        ada.write(CLAIMED, be_here, "watch-1", Open("incident", "I-7", "note:I-7"))  # a beat
        assert not watch.wait(seconds)
        ada.write(CLAIMED, be_here, "watch-1", Open("board", "I-7", "note:I-7"))
        assert not watch.wait(seconds)
        ada.write(CLAIMED, be_here, "watch-1", Open("board"))
        assert watch.wait(5)
        ada.write(CLAIMED, leave)
        assert watch.wait(5)
    finally:
        watch.close()
        watcher.close()
