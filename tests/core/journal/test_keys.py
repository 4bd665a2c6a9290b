"""Another key signs seals only once an entry says so, and whoever verifies is told which seals are by which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import BadInput, NotPossible
from core.journal import queries
from core.journal.keys import REPLACED, OtherKey, key_in_force, replace_key
from core.journal.model import Subject
from core.journal.sealing import BATCH, JournalBroken, seal_hash
from core.journal.seals import keep_seal, last_seal, next_batch, pieces, seal_batch, standing
from core.journal.signing import PrivateKey
from core.journal.verifying import Signer, Verifier, verify
from core.journal.wording import sentence
from core.timekeeping import utc_now
from tests.core.journal.sealed import hold_duty

if TYPE_CHECKING:
    from core.journal.verifying import Verdict
    from core.store.store import Store
    from core.store.work import Author, Work

OLD, NEW, THIRD = PrivateKey.make(), PrivateKey.make(), PrivateKey.make()


def doors(work: Work, count: int) -> None:
    for n in range(count):
        work.record("door.opened", Subject("door", "1"), {"state": ("shut", n)})


def seal(store: Store, author: Author, key: PrivateKey | None, token: int) -> None:
    while batch := store.read(next_batch):
        assert store.write(author, keep_seal, seal_batch(batch, utc_now(), key), token)


def verified(store: Store, *trusted: PrivateKey) -> Verdict:
    keys = frozenset(key.key_id for key in trusted)
    return verify(pieces(store, store.read(standing)), Verifier(keys))


@pytest.fixture
def token(store: Store, ada: Author) -> int:
    return store.write(ada, hold_duty)


@pytest.fixture
def sealed(store: Store, ada: Author, token: int) -> Store:
    """A store with five entries sealed by the old key."""
    store.write(ada, doors, 5)
    seal(store, ada, OLD, token)
    return store


def test_another_key_signs_nothing_until_it_is_said_to_take_the_place_of_the_former(
    sealed: Store, ada: Author, token: int
) -> None:
    sealed.write(ada, doors, 2)
    with pytest.raises(OtherKey, match="the journal is signed with key"):
        seal(sealed, ada, NEW, token)
    assert sealed.write(ada, replace_key, NEW.key_id, "the host was given away") == OLD.key_id
    with pytest.raises(OtherKey):
        seal(sealed, ada, OLD, token)
    seal(sealed, ada, NEW, token)
    assert verified(sealed).signers == (Signer(OLD.key_id, 1, 1, 5), Signer(NEW.key_id, 2, 2, 8))
    assert verified(sealed, OLD, NEW).signed_to == 8
    with pytest.raises(JournalBroken, match="not by key"):
        verified(sealed, OLD)
    said = [sentence(entry) for entry in sealed.read(queries.page) if entry.kind == REPLACED]
    assert said == [f"seals are signed with key {NEW.key_id[:16]}… from now on: the host was given away"]


def test_a_key_may_come_back(sealed: Store, ada: Author, token: int) -> None:
    for key in (NEW, THIRD, OLD):
        sealed.write(ada, replace_key, key.key_id, "drill")
        seal(sealed, ada, key, token)
    assert [signer.key for signer in verified(sealed).signers] == [
        key.key_id for key in (OLD, NEW, THIRD, OLD)
    ]


def test_the_new_key_also_seals_what_waited_before_it_was_said(
    sealed: Store, ada: Author, token: int
) -> None:
    sealed.write(ada, doors, 2 * BATCH)
    sealed.write(ada, replace_key, NEW.key_id, "the former is lost")
    seal(sealed, ada, NEW, token)
    assert verified(sealed).signers[-1] == Signer(NEW.key_id, 2, 4, 2 * BATCH + 6)


def test_a_seal_made_before_the_key_was_replaced_is_not_kept_after(
    sealed: Store, ada: Author, token: int
) -> None:
    sealed.write(ada, doors, 2)
    batch = sealed.read(next_batch)
    assert batch is not None
    made = seal_batch(batch, utc_now(), OLD)
    sealed.write(ada, replace_key, NEW.key_id, "it was seen on another host")
    with pytest.raises(OtherKey):
        sealed.write(ada, keep_seal, made, token)
    assert seal_hash(sealed.read(last_seal)) == made.prev


def test_what_is_no_replacing_is_refused(store: Store, ada: Author, token: int) -> None:
    store.write(ada, doors, 1)
    with pytest.raises(NotPossible, match="no seal was signed yet"):
        store.write(ada, replace_key, NEW.key_id, "x")
    seal(store, ada, OLD, token)
    with pytest.raises(NotPossible, match="already"):
        store.write(ada, replace_key, OLD.key_id, "x")
    with pytest.raises(BadInput, match="reason"):
        store.write(ada, replace_key, NEW.key_id, "  ")
    assert store.read(key_in_force) == OLD.key_id
    assert store.read(queries.count) == 1


def test_an_entry_of_another_kind_about_the_key_says_nothing(sealed: Store, ada: Author, token: int) -> None:
    def pretend(work: Work) -> None:
        work.record("door.opened", Subject("journal", "key"), {"key": (OLD.key_id, NEW.key_id)})

    sealed.write(ada, pretend)
    assert sealed.read(key_in_force) == OLD.key_id
    with pytest.raises(OtherKey):
        seal(sealed, ada, NEW, token)
