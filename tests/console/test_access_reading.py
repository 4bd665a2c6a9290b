"""The agent reads who has which right: when that is due, when a file changed, and says what it cannot read."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Self

import pytest

from console.access_reading import AccessReading
from console.connections.place import Place
from core.catalog.access import AccessSource
from core.catalog.commands import load_catalog
from core.journal import queries as journal
from core.journal.model import Via
from core.security.grants.queries import known_sources, readings
from core.security.grants.sources.known import sources_of
from core.security.grants.sources.staff import OWN
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.store.work import Author
from tests.core.security.grants.house import ADA, CATALOG, HEAD, standing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AGENT = Author("agent", Via.AGENT, "agent:host:1:0000")


def declare(store: Store, *sources: AccessSource) -> None:
    catalog = replace(CATALOG, staff={}, access_sources={each.id: each for each in sources})
    store.write(ADA, load_catalog, catalog, directory="x", digest=str(len(sources)), changes=["all"])


class Running:
    """A duty at work on a database, and how it stands."""

    def __init__(self, place: Path, store: Store) -> None:
        self.store, self.said = store, list[str]()
        self._thread, self._place = DatabaseThread(place), place

    async def __aenter__(self) -> Self:
        await asyncio.wrap_future(self._thread.open())
        self._duty = AccessReading(self._thread, AGENT, Place(self._place, "here"), {}, self.said.append)
        self._task = asyncio.create_task(self._duty.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await self._duty.end()
        self._thread.close()

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not is_so():
                if self._task.done():
                    self._task.result()
                await asyncio.sleep(0.02)

    @property
    def trouble(self) -> str:
        found = self.store.read(known_sources)
        return found["orders"].trouble if "orders" in found else "not read"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(AccessReading, "look_s", 0.02)
    return Store.at(tmp_path / "watchfloor.db")


async def test_a_source_is_read_when_due_and_soon_after_it_changed(tmp_path: Path, store: Store) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(HEAD + "alice,admin,yes,,,,\n")
    source = AccessSource("orders", "csv", "service:orders", str(file), owner="ada", privileged=("rep*",))
    declare(store, source)
    async with Running(tmp_path / "watchfloor.db", store) as at_work:
        await at_work.until(lambda: at_work.trouble == "")
        assert standing(store) == {"alice admin": "found, not granted"}
        file.write_text(HEAD + "alice,admin,yes,,,,\nbob,reporter,no,,,,\n")
        await at_work.until(lambda: "bob reporter" in standing(store))
        file.write_text(HEAD)
        await at_work.until(lambda: "lists nobody" in at_work.trouble)
        assert set(standing(store).values()) == {"found, not granted"}
        file.unlink()
        await at_work.until(lambda: "cannot be read" in at_work.trouble)
        file.write_text(HEAD + "alice,admin,yes,,,,\nbob,reporter,no,,,,\n")
        await at_work.until(lambda: at_work.trouble == "")
    assert len(store.read(readings)) == 2
    kinds = [e.kind for e in store.read(journal.page, limit=99) if e.subject.kind == "source"]
    assert kinds == ["source.mended", "source.failed", "source.failed"]
    assert [text.partition(":")[0] for text in at_work.said] == ["source orders"] * 2 + [
        "source orders can be read again"
    ]
    store.close()


async def test_nothing_is_said_of_a_source_that_is_as_it_was(tmp_path: Path, store: Store) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(HEAD + "alice,admin,yes,,,,\n")
    declare(store, AccessSource("orders", "csv", "service:orders", str(file), every_s=0.01))
    async with Running(tmp_path / "watchfloor.db", store) as at_work:
        await at_work.until(lambda: at_work.trouble == "")
        cursor, first = store.read(journal.newest), store.read(known_sources)["orders"].read_at
        await at_work.until(lambda: store.read(known_sources)["orders"].read_at != first)
        assert store.read(journal.newest) == cursor
    store.close()


async def test_our_own_staff_is_a_source_that_is_always_there(tmp_path: Path, store: Store) -> None:
    from core.gate.people import declare_staff

    declare(store)
    async with Running(tmp_path / "watchfloor.db", store) as at_work:
        store.write(ADA, declare_staff, [("ada", "Ada", "admin"), ("bob", "Bob", "viewer")])
        await at_work.until(lambda: len(standing(store)) == 2)
    assert standing(store) == {
        "ada role admin": "found, not granted",
        "bob role viewer": "found, not granted",
    }
    (own,) = store.read(sources_of)
    assert (own.id, own.is_declared, own.listed) == (OWN, True, 2)
    store.close()
