"""An agent whose journal is not the one it read: it takes in anew what others say of components."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from console.agent import _Agent
from console.connections.place import Place
from core.catalog.commands import load_catalog
from core.journal.model import Cursor, Via
from core.monitoring.commands import Change, record_changes, stop_on_purpose
from core.monitoring.engine import Engine
from core.monitoring.model import Reading
from core.monitoring.probes.context import ProbeContext
from core.monitoring.probes.pools import Pools
from core.store.store import Store
from core.store.work import Author
from tests.core.monitoring.numbered import numbered
from tests.core.monitoring.plant import CRIT, HOUSE, OK, PLANT, UNREACHABLE, told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.store.work import Work

AGENT, ADA = Author("agent", Via.AGENT, "home"), Author("ada", Via.CONSOLE, "seat-1")
NOT_THIS_JOURNAL = Cursor(1, "another's")


def declare(work: Work) -> None:
    load_catalog(work, HOUSE, directory="d", digest="x", changes=())
    record_changes(work, [Change(told("db", CRIT), "s", "db", 1)])
    stop_on_purpose(work, "lamp", "to be cleaned")


async def until(is_so: Callable[[], object]) -> None:
    ends = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < ends
        await asyncio.sleep(0.01)


async def test_how_other_zones_are_and_what_people_stopped_is_read_again(tmp_path: Path) -> None:
    place = Place.of_file(tmp_path / "watchfloor.db")
    store = Store.at(place.target)
    store.write(AGENT, declare)
    store.close()
    agent = _Agent(place, tmp_path, PLANT, for_console=False, standby=False, over="")
    await asyncio.wrap_future(agent._database.open())
    engine = Engine(
        agent._database, AGENT, 1, Pools(), ProbeContext(tmp_path), about={}, warn=print, zone=PLANT
    )
    known = {name: told(name, OK) for name in HOUSE.components}
    engine.take_catalog(HOUSE, known, {}, numbered(HOUSE))
    engine.roster.take_reading(("press", "p"), Reading(CRIT, "no answer"), 100_000_000)
    engine._batch.changes.clear()
    asked: list[str] = []
    engine.look_soon = lambda keys: asked.extend(key[0] for key in keys)  # type: ignore[method-assign]
    feed = agent._follow(engine, NOT_THIS_JOURNAL)
    try:
        await until(lambda: "press" in engine._batch.changes)
        change = engine._batch.changes["press"]
        assert (change.now.state, change.now.roots) == (UNREACHABLE, ("db",))
        lamp = engine.roster.status("lamp")
        assert lamp is not None
        assert lamp.stopped is not None
        assert lamp.stopped.reason == "to be cleaned"
        assert not asked, "what is as it was known is not looked at all at once"
    finally:
        await asyncio.to_thread(feed.stop)
        await asyncio.to_thread(agent._database.close)
