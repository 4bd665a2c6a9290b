"""The agent begins and ends windows in time, with nobody asking for it; two agents do it once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from console.maintaining import Maintaining
from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, Service
from core.gate.model import Consent, Level
from core.journal.model import START, Via
from core.journal.queries import after
from core.monitoring.queries import status_of
from core.operations.windows.commands import Plan, plan_window
from core.operations.windows.model import Scope, WindowState
from core.operations.windows.queries import one_window
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

ADA = Author("ada", Via.CLI, "seat")
CATALOG = Catalog(services={"s": Service("s", "S")}, components={"db": Component("db", "DB", "s")})


class Agent:
    """The duty as one agent keeps it."""

    def __init__(self, place: Path, number: int) -> None:
        self.thread = DatabaseThread(place)
        self.said: list[str] = []
        author = Author("agent", Via.AGENT, f"agent:host:{number}:0000")
        self.duty = Maintaining(self.thread, author, {}, self.said.append)

    async def start(self) -> None:
        await asyncio.wrap_future(self.thread.open())
        self.task = asyncio.create_task(self.duty.run())

    async def kill(self) -> None:
        """Ends it without a word."""
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task
        self.thread.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_window_begins_and_ends_once_though_its_agent_is_killed_and_two_more_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Maintaining, "look_s", 0.02)
    monkeypatch.setattr(Maintaining, "beat_s", 0.1)
    monkeypatch.setattr(Maintaining, "lost_s", 0.4)
    place = tmp_path / "watchfloor.db"
    store = Store.at(place)
    store.write(ADA, load_catalog, CATALOG, directory="x", digest="1", changes=["all"])
    begin = utc_now() + timedelta(seconds=1.5)
    plan = Plan(Scope(("db",)), begin, begin + timedelta(seconds=1.5), "", "a new disk")
    store.write(ADA, plan_window, plan, Consent(Level.BOX))
    first, *others = (Agent(place, number) for number in (1, 2, 3))
    await first.start()
    await until(lambda: store.read(one_window, 1).state is WindowState.RUNNING)
    assert store.read(status_of, "db").maintenance is not None
    await first.kill()
    for other in others:
        await other.start()
    await until(lambda: store.read(one_window, 1).state is WindowState.OVER)
    assert store.read(status_of, "db").maintenance is None
    await asyncio.sleep(0.2)
    kinds = [
        each.kind for each in store.read(after, START) or () if each.subject.kind in {"window", "component"}
    ]
    assert kinds == [
        "window.planned", "window.began", "component.maintenance_began", "window.ended", "component.maintenance_ended",
    ]  # fmt: skip
    for other in others:
        await other.kill()
    assert [agent.said for agent in (first, *others)] == [[], [], []]
    store.close()


async def test_a_component_that_is_declared_while_its_service_is_in_maintenance_comes_under_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Maintaining, "look_s", 0.02)
    monkeypatch.setattr(Maintaining, "settle_s", 0.1)
    place = tmp_path / "watchfloor.db"
    store = Store.at(place)
    store.write(ADA, load_catalog, CATALOG, directory="x", digest="1", changes=["all"])
    now = utc_now()
    plan = Plan(Scope(services=("s",)), now, now + timedelta(hours=1), "", "a new disk")
    store.write(ADA, plan_window, plan, Consent(Level.BOX))
    agent = Agent(place, 1)
    await agent.start()
    more = Catalog(
        services=CATALOG.services, components={**CATALOG.components, "new": Component("new", "New", "s")}
    )
    store.write(ADA, load_catalog, more, directory="x", digest="2", changes=["new"])
    await until(lambda: store.read(status_of, "new").maintenance is not None)
    await agent.kill()
    store.close()
