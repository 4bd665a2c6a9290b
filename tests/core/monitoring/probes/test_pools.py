"""Places for looks: few enough for this machine, none lost, none held by who hangs."""

from __future__ import annotations

import asyncio

import pytest

from core.catalog.model import CommandTarget, FileTarget, HttpTarget, Target, TcpTarget
from core.monitoring.model import Reading, State
from core.monitoring.probes import pools as module
from core.monitoring.probes.context import good
from core.monitoring.probes.pools import Pools


class Looks:
    """Looks that wait for a sign, and how many are under way."""

    def __init__(self, pools: Pools) -> None:
        self.pools = pools
        self.release = asyncio.Event()
        self.now = self.most = 0

    async def _look(self) -> Reading:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self.release.wait()
        finally:
            self.now -= 1
        return good("done")

    def begin(self, target: Target, count: int) -> list[asyncio.Task[Reading]]:
        return [asyncio.create_task(self.pools.run(target, self._look)) for _ in range(count)]


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("target", "pool", "places"),
    [
        (TcpTarget("10.0.0.1", 1), "hosts", module.PER_HOST),
        (HttpTarget("https://10.0.0.1/"), "hosts", module.PER_HOST),
        (TcpTarget("127.0.0.1", 1), "hosts", module.PER_LOCAL_HOST),
        (FileTarget("/x"), "files", module.FILES),
    ],
)
async def test_no_more_than_there_are_places(target: Target, pool: str, places: int) -> None:
    looks = Looks(Pools())
    tasks = looks.begin(target, places + 5)
    await settle()
    assert looks.now == places
    assert looks.pools.queued() == {pool: 5}
    looks.release.set()
    assert {reading.verdict for reading in await asyncio.gather(*tasks)} == {State.OK}
    assert looks.most == places
    assert looks.pools.queued() == {}


async def test_handshakes_of_all_hosts_together_have_their_own_limit() -> None:
    looks = Looks(Pools())
    tasks = [t for n in range(30) for t in looks.begin(HttpTarget(f"https://10.0.0.{n}/"), 4)]
    await settle()
    assert looks.now == module.HANDSHAKES
    plain = looks.begin(HttpTarget("http://10.0.1.1/"), 1)
    await settle()
    assert looks.now == module.HANDSHAKES + 1
    looks.release.set()
    await asyncio.gather(*tasks, *plain)


async def test_a_command_too_many_is_not_run_and_judges_nothing() -> None:
    looks = Looks(Pools())
    tasks = looks.begin(CommandTarget(("x",)), 200)
    await settle()
    turned_away = [task for task in tasks if task.done()]
    assert len(tasks) - len(turned_away) == looks.now + module.PLUGINS_QUEUED
    assert {type(task.exception()) for task in turned_away} == {module.NoPlace}
    looks.release.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(answer, Reading) for answer in answers) == len(tasks) - len(turned_away)


async def test_a_look_given_up_while_it_waits_or_runs_gives_its_place_back() -> None:
    looks = Looks(Pools())
    tasks = looks.begin(TcpTarget("10.0.0.1", 1), module.PER_HOST * 2)
    await settle()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert looks.pools.queued() == {}
    again = looks.begin(TcpTarget("10.0.0.1", 1), module.PER_HOST)
    await settle()
    assert looks.now == module.PER_HOST
    looks.release.set()
    await asyncio.gather(*again)
