"""The agent's duty of sealing: one agent at a time, late rather than wrong, and the head said where it can be kept."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from console import sealing
from console.connections.place import Place
from console.sealing import Sealing
from console.sealing_key import key_beside, write_key
from core.journal import queries
from core.journal.keys import replace_key
from core.journal.model import Subject, Via
from core.journal.sealing import BATCH
from core.journal.seals import DUTY, newest_seals, pieces, standing
from core.journal.verifying import Verifier, parse_head, verify
from core.store.lease import lease_of
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from core.journal.verifying import Verdict
    from core.store.work import Work

ADA = Author("ada", Via.CLI, "ada")


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute is a moment, and there is no keyring."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    for name, seconds in (
        ("EVERY_S", 0.2),
        ("LOOK_S", 0.05),
        ("BEAT_S", 0.2),
        ("LOST_S", 1.0),
        ("FIRST_S", 0.1),
    ):
        monkeypatch.setattr(sealing, name, seconds)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "w.db"


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    opened = Store.at(place)
    yield opened
    opened.close()


class Agent:
    """Stands for an agent that only seals."""

    def __init__(self, place: Path, name: str) -> None:
        self.said: list[str] = []
        self.database = DatabaseThread(place)
        self.sealing = Sealing(
            self.database, Author("agent", Via.AGENT, name), Place.of_file(place), self.said.append
        )
        self._work: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._work = asyncio.create_task(self.sealing.run())

    async def freeze(self) -> None:
        """Has it stand still as it is, its lease in hand."""
        assert self._work is not None
        self._work.cancel()
        await asyncio.wait([self._work])


@asynccontextmanager
async def agent_at(place: Path, name: str = "one") -> AsyncIterator[Agent]:
    agent = Agent(place, name)
    agent.begin()
    try:
        yield agent
    finally:
        await agent.freeze()
        await agent.sealing.end()
        await asyncio.to_thread(agent.database.close)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


def doors(work: Work, count: int) -> None:
    for n in range(count):
        work.record("door.opened", Subject("door", "1"), {"state": ("shut", n)})


def sealed_to(store: Store) -> int:
    seal = store.read(standing).seal
    return seal.last if seal else 0


def verified(store: Store) -> Verdict:
    return verify(pieces(store, store.read(standing)), Verifier())


async def test_what_is_written_is_sealed_soon_and_nothing_else_is_written(store: Store, place: Path) -> None:
    async with agent_at(place) as agent:
        for count in (3, 4):
            store.write(ADA, doors, count)
            await until(lambda: store.read(standing).unsealed == 0)
        await asyncio.sleep(0.5)  # ten looks, in which nothing is to be written
        store.write(ADA, doors, 5)
    found = verified(store)
    kinds = [entry.kind for entry in store.read(queries.page)]
    assert (found.entries, kinds.count("door.opened"), kinds.count("lease.taken")) == (14, 12, 1)
    assert kinds[0] == "lease.given_up"
    assert (found.sealed_to, found.signed_to) == (13, 0)
    assert "unsigned: proves order, not authorship" in agent.said[-1]
    kept = parse_head(agent.said[-1].removeprefix("journal sealed to "))
    assert (kept.seq, kept.seals) == (13, found.seals)
    assert verify(pieces(store, store.read(standing)), Verifier(kept=kept)).head_checked == 13


async def test_many_entries_are_sealed_at_once_in_batches(
    store: Store, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "EVERY_S", 3600.0)
    monkeypatch.setattr(sealing, "FIRST_S", 3600.0)
    async with agent_at(place):
        store.write(ADA, doors, BATCH - 2)  # and the entry that tells who seals
        await asyncio.sleep(0.4)  # eight looks, in which too little is there to be sealed
        assert sealed_to(store) == 0
        store.write(ADA, doors, BATCH + 5)
        await until(lambda: sealed_to(store) == 2 * BATCH + 4)


async def test_a_key_is_taken_up_when_it_is_made(store: Store, place: Path) -> None:
    async with agent_at(place) as agent:
        store.write(ADA, doors, 2)
        await until(lambda: store.read(standing).unsealed == 0)
        key = write_key(key_beside(Place.of_file(place)))
        store.write(ADA, doors, 2)
        await until(lambda: store.read(standing).unsealed == 0)
    keys = [seal.key_id for seal in store.read(newest_seals, 9)]
    assert (keys[0], keys[-1]) == ("", key.key_id)
    assert any(key.key_id[:16] in line for line in agent.said)


async def test_a_key_that_cannot_be_used_is_said_once_and_nothing_is_sealed(
    store: Store, place: Path
) -> None:
    key_beside(Place.of_file(place)).write_text("hello")
    async with agent_at(place) as agent:
        store.write(ADA, doors, 2)
        await until(lambda: bool(agent.said))
        await until(
            lambda: "is not sealed" in str(getattr(store.read(lease_of, DUTY), "info", {}).get("trouble"))
        )
        await asyncio.sleep(0.8)  # four times the pause between two seals: it is not to be said again
        assert len(agent.said) == 1
        assert "the journal is not sealed" in agent.said[0]
        key_beside(Place.of_file(place)).unlink()
        await until(lambda: sealed_to(store) == 3)
        assert "sealed again" in " ".join(agent.said)


async def test_another_key_signs_once_it_is_said_and_not_because_it_is_found(
    store: Store, place: Path
) -> None:
    beside = key_beside(Place.of_file(place))
    former = write_key(beside)
    async with agent_at(place) as agent:
        store.write(ADA, doors, 2)
        await until(lambda: store.read(standing).unsealed == 0)
        beside.unlink()
        other = write_key(beside)
        store.write(ADA, replace_key, other.key_id, "the host was given away")
        await until(lambda: store.read(standing).unsealed == 0)
        assert any(f"seals are signed with key {other.key_id[:16]}" in line for line in agent.said)
    assert [signer.key for signer in verified(store).signers] == [former.key_id, other.key_id]
    beside.unlink()
    write_key(beside)
    async with agent_at(place, "two") as agent:
        store.write(ADA, doors, 2)
        await until(lambda: bool(agent.said))
        assert f"the journal is signed with key {other.key_id[:16]}" in agent.said[0]
        assert "journal key --replace" in agent.said[0]
    assert store.read(standing).unsealed


async def test_a_frozen_agent_is_replaced_and_seals_nothing_when_it_thaws(store: Store, place: Path) -> None:
    store.write(ADA, doors, 1)
    async with agent_at(place) as first:
        await until(lambda: sealed_to(store) == 2)
        async with agent_at(place, "two"):
            await asyncio.sleep(0.5)  # ten looks of the second, which is to leave it to the first
            held = store.read(lease_of, DUTY)
            assert held
            assert held.holder == "one"
            await first.freeze()
            await until(lambda: getattr(store.read(lease_of, DUTY), "holder", "") == "two")
            await until(lambda: store.read(standing).unsealed == 0)
            store.write(ADA, doors, 1)
            first.begin()
            await until(lambda: "another agent seals the journal now" in first.said)
            await until(lambda: store.read(standing).unsealed == 0)
            taken = [entry for entry in store.read(queries.page) if entry.kind == "lease.taken"]
            assert len(taken) == 2
    assert verified(store).entries == store.read(queries.count)


async def test_a_journal_that_does_not_hold_is_not_sealed(store: Store, place: Path) -> None:
    import sqlite3

    store.write(ADA, doors, 3)
    with sqlite3.connect(place) as connection:
        connection.execute("DROP TRIGGER journal_no_update")
        connection.execute("UPDATE journal SET actor = 'eve' WHERE seq = 2")
    connection.close()
    async with agent_at(place) as agent:
        await until(lambda: bool(agent.said))
        assert "the journal is not sealed: entry 2" in agent.said[0]
        await until(lambda: "signal.seen" in {each.kind for each in store.read(queries.page)})
        await asyncio.sleep(0.5)  # ten looks more, in which it is not to be raised again
        found = [each for each in store.read(queries.page) if each.kind == "signal.seen"]
        assert [each.changes["rule"][1] for each in found] == ["journal-broken"]
        assert "entry 2" in found[0].changes["samples"][1]
    assert sealed_to(store) == 0
