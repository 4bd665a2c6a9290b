"""What is written to a catalog while its agent begins is taken in, though nobody tells of it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from console.agent_catalog import AgentCatalog
from core.catalog.queries import declared_catalog
from core.journal.model import Via
from core.monitoring.engine import Engine
from core.monitoring.probes.context import ProbeContext
from core.monitoring.probes.pools import Pools
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.store.work import Author
from tests.new_database import new_database

if TYPE_CHECKING:
    from pathlib import Path

AGENT = Author("agent", Via.AGENT, "agent:host:1:0000")
ONE = """
[[service]]
id = "s"
title = "Shop"

[[component]]
id = "{}"
title = "One"
service = "s"
"""


async def test_what_was_written_behind_the_first_reading_is_taken_in(tmp_path: Path) -> None:
    place, directory = new_database(tmp_path / "watchfloor.db"), tmp_path / "catalog"
    directory.mkdir()
    file = directory / "shop.toml"
    file.write_text(ONE.format("first"))
    thread, store = DatabaseThread(place), Store.at(place)
    await asyncio.wrap_future(thread.open())
    nobody = cast("Any", None)
    engine = Engine(nobody, AGENT, 1, Pools(), ProbeContext(tmp_path), about={}, warn=print, zone="")
    where = cast("Any", SimpleNamespace(beats=tmp_path, title="here"))
    catalog = AgentCatalog(
        directory, "", where, read=lambda *asked: asyncio.wrap_future(thread.read(*asked)),
        write=lambda *asked, **named: asyncio.wrap_future(thread.write(AGENT, *asked, **named)), say=print,
    )  # fmt: skip
    await catalog.begin(engine)
    assert set(store.read(declared_catalog).components) == {"first"}
    file.write_text(ONE.format("second"))
    following = asyncio.create_task(catalog.follow(engine))
    try:
        async with asyncio.timeout(20):
            while set(store.read(declared_catalog).components) != {"second"}:
                await asyncio.sleep(0.02)
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        store.close()
        await asyncio.to_thread(thread.close)
