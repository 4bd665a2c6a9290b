"""An agent whose role is taken away while it rolls up: it says so once and goes on, for it may be given back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.rolling_up import RollingUp
from core.gate.rights import Role
from core.journal.model import Via
from core.monitoring.hours import DUTY
from core.store.lease import lease_of
from core.store.postgresql.preparing import group_of, prepare
from core.store.thread import DatabaseThread
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.postgres import Database


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0.01)


def test_it_says_so_once_and_goes_on(postgres: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RollingUp, "look_s", 0.01)
    prepare(postgres.socket_url())
    viewer, agent = (group_of(postgres.name, role) for role in (Role.VIEWER, Role.AGENT))
    postgres.role("watcher", "x", [viewer])
    said: list[str] = []

    async def story() -> None:
        database = DatabaseThread(postgres.loopback_url("watcher", password="x"))
        rolling = RollingUp(database, Author("agent", Via.AGENT, "agent:one"), {}, said.append)
        duty = asyncio.create_task(rolling.run())
        await _until(lambda: bool(said) or duty.done())
        with postgres.connect() as owner:
            owner.execute(f'GRANT "{agent}" TO watcher'.encode())
        async with asyncio.timeout(20):
            while not await asyncio.wrap_future(database.read(lease_of, DUTY)):
                await asyncio.sleep(0.01)
        assert not duty.done()
        duty.cancel()
        await rolling.end()
        await asyncio.to_thread(database.close)

    asyncio.run(story())
    assert len(said) == 1
    assert said[0].startswith("rolling up: watcher is viewer here, and that role does not allow it")
