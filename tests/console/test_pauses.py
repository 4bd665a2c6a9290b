"""A pause ends early, and never swallows a cancellation that comes in the same moment."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from console.agent import _Agent
from console.agent_host import AgentHost
from console.connections.place import Place

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path


async def is_cancelled(pause: Coroutine[None, None, None], ends: asyncio.Event, turns: int) -> bool:
    """Tells whether a pause, its end told and `turns` turns of the loop later cancelled, was cancelled or had ended."""
    task = asyncio.create_task(pause)
    for _ in range(3):
        await asyncio.sleep(0)
    ends.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    had_ended = task.done()
    task.cancel()
    await asyncio.wait([task])
    return had_ended or task.cancelled()


@pytest.mark.parametrize("turns", range(4))
async def test_an_agent_cancelled_as_its_end_is_told_is_cancelled(tmp_path: Path, turns: int) -> None:
    agent = _Agent(Place.of_file(tmp_path / "x.db"), tmp_path, "", for_console=False, standby=False, over="")
    assert await is_cancelled(agent._pause(60), agent._ending, turns)


@pytest.mark.parametrize("turns", range(4))
async def test_a_host_cancelled_as_its_agent_ends_is_cancelled(tmp_path: Path, turns: int) -> None:
    host = AgentHost(Place.of_file(tmp_path / "x.db"), tmp_path, tmp_path)
    assert await is_cancelled(host._until_it_ends(60), host._child_ended, turns)


async def test_a_pause_is_over_after_its_time(tmp_path: Path) -> None:
    place = Place.of_file(tmp_path / "x.db")
    agent = _Agent(place, tmp_path, "", for_console=False, standby=False, over="")
    async with asyncio.timeout(20):
        await agent._pause(0.01)
        await AgentHost(place, tmp_path, tmp_path)._until_it_ends(0.01)
