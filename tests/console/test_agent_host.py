"""A console whose agent cannot live: it says why, and tries ever more rarely."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, cast

from console.agent_host import AgentHost
from console.connections.place import Place
from core.monitoring.watch import AgentsSight

if TYPE_CHECKING:
    from pathlib import Path


class Desk:
    """Stands for the console: what it would show, and no live agent."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.agents_seen = AgentsSight()

    def pin_agent(self, text: str) -> None:
        self.said.append(text)

    def judge_freshness(self) -> None:
        pass


async def said_by(host: AgentHost, desk: Desk, count: int) -> list[str]:
    """Lets the host work until it has said so much."""
    work = asyncio.create_task(host.keep_one_running(cast("Any", desk)))
    ends = time.monotonic() + 60
    while len(desk.said) < count and time.monotonic() < ends:
        await asyncio.sleep(0.05)
    work.cancel()
    await asyncio.wait([work])
    await asyncio.to_thread(host.end)
    return desk.said


async def test_an_agent_that_ends_at_once_is_quoted_and_started_ever_more_rarely(tmp_path: Path) -> None:
    (tmp_path / "w.db").write_text("this is no database, and never was one")
    said = await said_by(AgentHost(Place.of_file(tmp_path / "w.db"), tmp_path, tmp_path / "state"), Desk(), 2)
    assert "the agent ended with 3" in said[0]
    assert "w.db" in said[0]
    assert "after 4 s" in said[0]
    assert "after 8 s" in said[1]


async def test_an_agent_that_cannot_even_be_started_is_said_too(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder of logs should be")
    said = await said_by(AgentHost(Place.of_file(tmp_path / "w.db"), tmp_path, tmp_path / "state"), Desk(), 1)
    assert "no agent can be started" in said[0]
