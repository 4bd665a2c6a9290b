"""Seals in a real database: made in batches under a lease, and no way around the checks with the database's own tools."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from core.errors import NotPossible, StoreUnavailable
from core.journal import queries
from core.journal.model import Subject
from core.journal.sealing import BATCH, JournalBroken
from core.journal.seals import (
    DUTY,
    keep_seal,
    newest_seals,
    next_batch,
    pieces,
    seal_batch,
    standing,
)
from core.journal.signing import PrivateKey
from core.journal.verifying import Verdict, Verifier, verify
from core.store.lease import LeaseLost, lease_of, take_lease
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.timekeeping import utc_now
from tests.core.journal.sealed import hold_duty

if TYPE_CHECKING:
    from pathlib import Path

    from core.journal.sealing import SealingKey
    from core.store.work import Author, Work

KEY = PrivateKey.make()
DOOR = Subject("door", "1")


def doors(work: Work, count: int) -> None:
    for n in range(count):
        work.record("door.opened", DOOR, {"state": ("shut", n)})


def seal_all(store: Store, author: Author, key: SealingKey | None, token: int) -> int:
    """Seals all that waits; returns how many seals were made."""
    made = 0
    while batch := store.read(next_batch):
        assert store.write(author, keep_seal, seal_batch(batch, utc_now(), key), token)
        made += 1
    return made


def verified(store: Store, *trusted: str) -> Verdict:
    return verify(pieces(store, store.read(standing)), Verifier(frozenset(trusted)))


@pytest.fixture
def token(store: Store, ada: Author) -> int:
    return store.write(ada, hold_duty)


def test_a_journal_is_sealed_in_batches_and_sealing_leaves_no_entry(
    store: Store, ada: Author, token: int
) -> None:
    store.write(ada, doors, 2 * BATCH + 7)
    assert seal_all(store, ada, KEY, token) == 3
    assert [(s.first, s.last) for s in store.read(newest_seals, 9)] == [
        (1, BATCH), (BATCH + 1, 2 * BATCH), (2 * BATCH + 1, 2 * BATCH + 7),
    ]  # fmt: skip
    assert store.read(queries.count) == 2 * BATCH + 7
    found = verified(store, KEY.key_id)
    assert (found.entries, found.signed_to) == (2 * BATCH + 7, 2 * BATCH + 7)
    store.write(ada, doors, 3)
    assert store.read(standing).unsealed == 3
    assert verified(store, KEY.key_id).entries == 2 * BATCH + 10


def test_who_was_paused_and_replaced_cannot_seal(store: Store, ada: Author, token: int) -> None:
    store.write(ada, doors, 5)
    batch = store.read(next_batch)
    assert batch
    made = seal_batch(batch, utc_now(), KEY)
    store.write(ada, take_lease, DUTY, "two", over=store.read(lease_of, DUTY))
    with pytest.raises(LeaseLost):
        store.write(ada, keep_seal, made, token)
    assert store.read(newest_seals, 9) == []


def test_what_was_sealed_meanwhile_is_not_sealed_twice(store: Store, ada: Author, token: int) -> None:
    store.write(ada, doors, 5)
    batch = store.read(next_batch)
    assert batch
    made = seal_batch(batch, utc_now(), None)
    assert store.write(ada, keep_seal, made, token)
    assert not store.write(ada, keep_seal, made, token)
    assert len(store.read(newest_seals, 9)) == 1


def test_without_its_key_a_signed_journal_waits(store: Store, ada: Author, token: int) -> None:
    store.write(ada, doors, 1)
    seal_all(store, ada, KEY, token)
    store.write(ada, doors, 1)
    batch = store.read(next_batch)
    assert batch
    with pytest.raises(NotPossible, match="cannot be found"):
        seal_batch(batch, utc_now(), None)


@pytest.mark.embedded
def test_seals_refuse_to_be_changed_by_mistake(store: Store, ada: Author, token: int) -> None:
    store.write(ada, doors, 1)
    seal_all(store, ada, None, token)
    for statement in ("UPDATE seal SET at = 0", "DELETE FROM seal"):
        with pytest.raises(StoreUnavailable, match="only ever added to"):
            store.write(ada, lambda work, said: work.connection.execute(text(said)), statement)


FORGED = [
    ("UPDATE journal SET actor = 'eve' WHERE seq = 7", 7),
    ("UPDATE journal SET at = at - 1 WHERE seq = 7", 7),
    ("UPDATE journal SET cause = 0 WHERE seq = 7", 7),
    ("UPDATE journal SET key = '' WHERE seq = 8", 8),
    ("DELETE FROM journal WHERE seq = 7", 8),
    ("DELETE FROM journal WHERE seq = 1", 2),
    ("UPDATE journal SET seq = seq + 1000 WHERE seq = 12", 1012),
    ("INSERT INTO journal SELECT -5, at, actor, via, kind, 'a', 'b', body, cause, 'x', hash FROM journal WHERE seq = 3", -5),
    ("UPDATE journal SET body = (SELECT body FROM journal WHERE seq = 4) WHERE seq = 3", 3),
    ("DELETE FROM journal WHERE seq > 8", None),
    ("DELETE FROM seal WHERE n = 1", None),
    ("UPDATE seal SET at = at + 1 WHERE n = 1", None),
    ("UPDATE seal SET sig = '00' WHERE n = 1", None),
    ("UPDATE seal SET last = 11 WHERE n = 2", None),
    ("INSERT INTO seal SELECT -1, first, -1, at, root, prev, key_id, sig FROM seal WHERE n = 1", None),
]  # fmt: skip
FORGED_TYPES = [
    ("UPDATE journal SET body = CAST(x'ff' AS TEXT) WHERE seq = 7", 7),
    ("UPDATE journal SET body = x'ff' WHERE seq = 7", 7),
    ("UPDATE journal SET at = 'noon' WHERE seq = 7", 7),
    ("UPDATE seal SET sig = x'00' WHERE n = 1", None),
    ("UPDATE seal SET first = 'x' WHERE n = 2", None),
]
"""What only a database does that lets any column hold anything."""


@pytest.mark.parametrize(("statement", "entry"), FORGED)
def test_what_is_changed_with_the_databases_own_tools_is_found(
    store: Store, place: Path | str, ada: Author, token: int, statement: str, entry: int | None
) -> None:
    check_found(store, place, ada, token, statement, entry)


@pytest.mark.embedded
@pytest.mark.parametrize(("statement", "entry"), FORGED_TYPES)
def test_what_is_no_value_of_its_column_is_found(
    store: Store, place: Path | str, ada: Author, token: int, statement: str, entry: int | None
) -> None:
    check_found(store, place, ada, token, statement, entry)


def check_found(
    store: Store, place: Path | str, ada: Author, token: int, statement: str, entry: int | None
) -> None:
    for _ in range(2):
        store.write(ada, doors, 6)
        seal_all(store, ada, KEY, token)
    assert verified(store, KEY.key_id).entries == 12
    store.close()
    forge(place, statement)
    again = Store.at(place)
    try:
        with pytest.raises(JournalBroken) as broken:
            verified(again, KEY.key_id)
        assert broken.value.entry == entry
        assert "\x1b" not in str(broken.value)
    finally:
        again.close()


def forge(place: Path | str, statement: str) -> None:
    """Does to the database what somebody may who owns it: triggers are no hindrance."""
    if isinstance(place, str):
        with connect(place) as shared:
            shared.execute("SET session_replication_role = replica")
            assert shared.execute(statement.encode()).rowcount
        return
    with closing(sqlite3.connect(place)) as connection, connection:
        for name in ("journal_no_update", "journal_no_delete", "seal_no_update", "seal_no_delete"):
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(statement).rowcount


@pytest.mark.parametrize(("statement", "said"), [
    ("UPDATE journal SET actor = 'eve' WHERE seq = 9", "entry 9"),
    ("UPDATE seal SET at = at + 1 WHERE n = 1", "seal 1"),
])  # fmt: skip
def test_what_is_broken_is_not_sealed(
    store: Store, place: Path | str, ada: Author, token: int, statement: str, said: str
) -> None:
    store.write(ada, doors, 6)
    seal_all(store, ada, KEY, token)
    store.write(ada, doors, 6)
    forge(place, statement)
    batch = store.read(next_batch)
    assert batch
    with pytest.raises(JournalBroken, match=said):
        seal_batch(batch, utc_now(), KEY)


def test_entries_that_come_while_it_is_verified_do_no_harm(store: Store, ada: Author, token: int) -> None:
    store.write(ada, doors, 3000)
    seal_all(store, ada, None, token)
    upto, seen = store.read(standing), Verifier()
    for piece in pieces(store, upto):
        seen.take(piece)
        store.write(ada, doors, 1)
        seal_all(store, ada, None, token)
    assert seen.finish().entries == 3000


@pytest.mark.parametrize("module", ["core.journal.seals", "core.journal.verifying"])
def test_the_library_that_signs_is_imported_when_something_is_signed(module: str) -> None:
    program = (
        f"import sys, {module}\n"
        "heavy = {'cryptography', 'keyring'} & {name.partition('.')[0] for name in sys.modules}\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done: Any = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
