"""The agent ends what holds until a day, with nobody asking for it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from console.ending import Ending
from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Staff
from core.desk.commands import raise_for_failure
from core.desk.messages.queries import messages_of
from core.improvement.commands import complete_action, draft_action
from core.improvement.model import ActionState
from core.improvement.queries import one_action
from core.journal.model import Subject, Via
from core.journal.queries import of_subject
from core.security.findings import commands
from core.security.findings.importing import import_report
from core.security.findings.model import FindingState
from core.security.findings.queries import one_finding
from core.security.findings.reports.reading import read_report
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.store.work import Author
from core.timekeeping import utc_now
from tests.core.improvement.actions import WRITTEN
from tests.core.security.findings.house import BOX, CATALOG, SAMPLES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest

ADA = Author("ada", Via.CLI, "seat")
AGENT = Author("agent", Via.AGENT, "agent:host:1:0000")


@asynccontextmanager
async def ending(place: Path) -> AsyncIterator[list[str]]:
    """Has an agent end what is over; gives what it says of it."""
    said: list[str] = []
    thread = DatabaseThread(place)
    await asyncio.wrap_future(thread.open())
    duty = Ending(thread, AGENT, {}, said.append)
    running = asyncio.create_task(duty.run())
    try:
        yield said
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await duty.end()
        thread.close()


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
    async with ending(place) as said, asyncio.timeout(20):
        while store.read(one_finding, 1).state is not FindingState.REOPENED:
            await asyncio.sleep(0.05)
    assert store.read(one_finding, 2).state is FindingState.ACCEPTED
    assert said == []
    store.close()


async def test_what_came_back_is_opened_again_and_who_is_late_is_reminded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ending, "look_s", 0.02)
    place = tmp_path / "watchfloor.db"
    clock = [utc_now() - timedelta(days=40)]
    store = Store.at(place, now=lambda: clock[0])
    catalog = Catalog(staff={"ada": Staff("ada", "Ada", role="lead")})
    store.write(ADA, load_catalog, catalog, directory="x", digest="1", changes=["all"])
    fields = {"deviation": "the till stood still", **WRITTEN, "due": clock[0].date().isoformat()}
    for _ in range(2):
        number = store.write(ADA, draft_action, fields).id
    store.write(ADA, complete_action, number)
    clock[0] = utc_now()
    incident = store.write(AGENT, raise_for_failure, "till", "shop", "till is down", 1, cause=None)
    async with ending(place) as said, asyncio.timeout(20):
        while (
            len(store.read(messages_of, Subject("action", "1"))) < 1 or not store.read(one_action, 2).recurred
        ):
            await asyncio.sleep(0.05)
    (told,) = store.read(messages_of, Subject("action", "1"))
    assert (told.recipient, told.title) == ("ada", "Late: A-1 the till stood still")
    action = store.read(one_action, 2)
    assert action.state is ActionState.NOT_EFFECTIVE
    last = store.read(of_subject, Subject("action", "2"))
    assert (
        next(each.note for each in last if each.kind == "action.recurred")
        == f"till fails again: I-{incident}"
    )
    assert said == []
    store.close()
