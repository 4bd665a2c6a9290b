"""Each zone's agent judges by the revisions of its own components, from when they are made until their end, whoever ends them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from console.agent_catalog import AgentCatalog
from core.catalog.commands import load_catalog
from core.catalog.model import Threshold, Zone
from core.monitoring.engine import Engine
from core.monitoring.probes.context import ProbeContext
from core.monitoring.probes.pools import Pools
from core.monitoring.revisions.commands import end_revision, revise_threshold
from core.monitoring.revisions.model import Name
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.timekeeping import utc_now
from tests.core.monitoring.revisions.house import ADA, AGENT, DECLARED, LATENCY, LEE, PROBE, catalog
from tests.new_database import new_database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

PLANT = "plant"
VAULT = Name("vault", "tcp", "latency_ms")


class Agent:
    """What an agent of a zone goes by, without its looks."""

    def __init__(self, place: Path, thread: DatabaseThread, zone: str) -> None:
        nobody = cast("Any", None)
        self.engine = Engine(
            nobody, AGENT, 1, Pools(), ProbeContext(place.parent), about={}, warn=print, zone=zone
        )  # fmt: skip
        where = cast("Any", SimpleNamespace(beats=place.parent, title="here"))
        self.catalog = AgentCatalog(
            place.parent, zone, where, read=lambda *asked: asyncio.wrap_future(thread.read(*asked)),
            write=lambda *asked, **named: asyncio.wrap_future(thread.write(AGENT, *asked, **named)), say=print,
        )  # fmt: skip

    def judges_by(self, name: Name) -> Threshold | None:
        probe = self.engine.roster.probes().get((name.component, name.probe))
        return (
            next((each for each in probe.thresholds if each.metric == name.metric), None) if probe else None
        )

    async def comes_to_judge(self, by: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not by():
                await asyncio.sleep(0.01)


class House:
    def __init__(self, place: Path, thread: DatabaseThread) -> None:
        self.place, self.thread, self.store = place, thread, Store.at(place)
        self.tasks: list[asyncio.Task[None]] = []
        self.loads = 0
        self.load(PROBE)

    def load(self, *probes: Any) -> None:
        declared = catalog(*probes)
        vault = replace(declared.components["vault"], zone=PLANT)
        declared = replace(
            declared, components=declared.components | {"vault": vault}, zones={PLANT: Zone(PLANT, "Plant")}
        )
        self.loads += 1
        self.store.write(AGENT, load_catalog, declared, directory="x", digest=str(self.loads), changes=["x"])

    async def agent(self, zone: str) -> Agent:
        made = Agent(self.place, self.thread, zone)
        await made.catalog._read_revisions()
        await made.catalog._take(made.engine, await made.catalog._in_force())
        self.tasks.append(asyncio.create_task(made.catalog.follow_revisions(made.engine)))
        return made


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    place = new_database(tmp_path / "watchfloor.db")
    thread = DatabaseThread(place)
    await asyncio.wrap_future(thread.open())
    made = House(place, thread)
    yield made
    for task in made.tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    made.store.close()
    await asyncio.to_thread(thread.close)


async def test_each_zone_takes_its_own_and_falls_back_at_the_end_by_itself(house: House) -> None:
    home, plant = await house.agent(""), await house.agent(PLANT)
    house.store.write(
        ADA, revise_threshold, LATENCY, {"warning": "300"}, utc_now() + timedelta(hours=1), "", "x"
    )
    soon = utc_now() + timedelta(seconds=1)
    house.store.write(LEE, revise_threshold, VAULT, {"critical": "900"}, soon, "", "x")
    for agent in (home, plant):
        agent.catalog.note_revision()
    await plant.comes_to_judge(lambda: plant.judges_by(VAULT) == replace(DECLARED, critical="900"))
    await home.comes_to_judge(
        lambda: home.judges_by(LATENCY) == replace(DECLARED, warning="300", warning_clear="")
    )
    assert (home.judges_by(VAULT), plant.judges_by(LATENCY)) == (None, None)
    await plant.comes_to_judge(lambda: plant.judges_by(VAULT) == DECLARED)  # nobody told it
    assert utc_now() >= soon
    house.store.write(ADA, end_revision, LATENCY)
    home.catalog.note_revision()
    await home.comes_to_judge(lambda: home.judges_by(LATENCY) == DECLARED)


async def test_an_agent_that_begins_goes_by_what_holds_then(house: House) -> None:
    soon = utc_now() + timedelta(seconds=1)
    house.store.write(ADA, revise_threshold, LATENCY, {"warning": "300"}, soon, "", "x")
    first = await house.agent("")
    assert first.judges_by(LATENCY) == replace(DECLARED, warning="300", warning_clear="")
    while utc_now() < soon:
        await asyncio.sleep(0.05)
    second = await house.agent("")  # nobody has ended it yet
    assert second.judges_by(LATENCY) == DECLARED


async def test_a_revision_stays_on_top_of_another_catalog(house: House) -> None:
    home = await house.agent("")
    house.store.write(
        ADA, revise_threshold, LATENCY, {"warning": "300"}, utc_now() + timedelta(hours=1), "", "x"
    )
    home.catalog.note_revision()
    revised = replace(DECLARED, warning="300", warning_clear="")
    await home.comes_to_judge(lambda: home.judges_by(LATENCY) == revised)
    house.load(replace(PROBE, attempts=5, thresholds=(Threshold("latency_ms", "222"),)))
    await home.catalog._take(home.engine, await home.catalog._in_force())
    assert home.judges_by(LATENCY) == revised
    assert home.engine.roster.probes()["shop", "http"].attempts == 5
    house.store.write(ADA, end_revision, LATENCY)
    home.catalog.note_revision()
    await home.comes_to_judge(lambda: home.judges_by(LATENCY) == Threshold("latency_ms", "222"))
