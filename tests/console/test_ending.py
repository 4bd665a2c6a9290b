"""The agent ends what holds until a day, with nobody asking for it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from console.ending import Ending
from core.catalog.commands import load_catalog
from core.journal.model import Via
from core.security.findings import commands
from core.security.findings.importing import import_report
from core.security.findings.model import FindingState
from core.security.findings.queries import one_finding
from core.security.findings.reports.reading import read_report
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.store.work import Author
from core.timekeeping import utc_now
from tests.core.security.findings.house import BOX, CATALOG, SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ADA = Author("ada", Via.CLI, "seat")
AGENT = Author("agent", Via.AGENT, "agent:host:1:0000")


async def test_an_accepted_risk_is_open_again_once_its_day_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ending, "look_s", 0.02)
    place = tmp_path / "watchfloor.db"
    earlier = utc_now() - timedelta(days=3)
    store = Store.at(place, now=lambda: earlier)
    store.write(ADA, load_catalog, CATALOG, directory="x", digest="1", changes=["all"])
    store.write(ADA, import_report, read_report(SAMPLES / "findings.csv"))
    store.write(ADA, commands.accept_finding, 1, earlier.date() + timedelta(days=1), "ada", "no way in", BOX)
    store.write(
        ADA, commands.accept_finding, 2, utc_now().date() + timedelta(days=9), "ada", "no way in", BOX
    )
    said: list[str] = []
    thread = DatabaseThread(place)
    await asyncio.wrap_future(thread.open())
    duty = Ending(thread, AGENT, {}, said.append)
    running = asyncio.create_task(duty.run())
    async with asyncio.timeout(20):
        while store.read(one_finding, 1).state is not FindingState.REOPENED:
            await asyncio.sleep(0.05)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await duty.end()
    thread.close()
    assert store.read(one_finding, 2).state is FindingState.ACCEPTED
    assert said == []
    store.close()
