"""A duty that looks every so often: what it stumbles over is said once, ends neither it nor the agent, and is said anew when it comes again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.duty import LookingDuty
from core.errors import BadInput
from core.journal.model import Via
from core.store.lease import lease_of
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.store.work import Author

if TYPE_CHECKING:
    from pathlib import Path

AGENT = Author("agent", Via.AGENT, "agent:host:1:0000")


class Stumbling(LookingDuty):
    """Does each of `meets` in turn: raises it, or for None nothing."""

    duty, doing, elsewhere = "stumbling", "stumbling", "another agent stumbles now"
    look_s = 0.001
    meets: list[Exception | None]

    async def look(self) -> None:
        if self.meets and (met := self.meets.pop(0)) is not None:
            raise met


async def test_a_mistake_is_said_once_with_its_place_and_the_duty_goes_on(tmp_path: Path) -> None:
    place = tmp_path / "w.db"
    Store.at(place).close()
    database, said = DatabaseThread(place), list[str]()
    await asyncio.wrap_future(database.open())
    duty = Stumbling(database, AGENT, {}, said.append)
    refused = BadInput("not now")
    wrong = "two \x1b[31m horns"
    duty.meets = [ValueError(wrong), ValueError(wrong), None, refused, refused, None, refused, None]
    running = asyncio.create_task(duty.run())
    async with asyncio.timeout(20):
        while duty.meets:
            await asyncio.sleep(0.001)
    assert not running.done()
    running.cancel()
    await duty.end()
    held = await asyncio.wrap_future(database.read(lease_of, "stumbling"))
    await asyncio.to_thread(database.close)
    assert held is not None
    assert held.is_given_up
    first, *others = said
    assert first.startswith("stumbling: a mistake in this program: ValueError: two ")
    assert "in look" in first
    assert "\x1b" not in first
    assert others == ["stumbling: not now", "stumbling: not now"]
