"""The agent sees to access reviews with nobody asking for it: time, events, and access that is over."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from console.reviewing import Reviewing
from core.journal.model import Via
from core.security.grants.model import Standing
from core.security.grants.queries import one_grant
from core.security.requests import commands
from core.security.requests.model import AskState, Wish
from core.security.requests.queries import one_access_request
from core.security.reviews.model import LAST_CALL
from core.security.reviews.queries import one_review, reviews
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.store.work import Author
from core.timekeeping import to_micros, utc_now
from tests.core.security.reviews.house import (
    GRANTS,
    PLAN,
    STAFF,
    House,
    author,
    declare,
    grant_row,
    put_grants,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

AGENT = Author("agent", Via.AGENT, "agent:host:1:0000")


async def test_what_is_due_is_done_and_an_event_opens_a_review(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reviewing, "look_s", 0.02)
    monkeypatch.setattr(Reviewing, "events_s", 0.02)
    place = tmp_path / "watchfloor.db"
    house = House(place, author("ada"))
    house.now = utc_now() - timedelta(days=20)
    house.opened()
    house.do(
        commands.ask_access, Wish("cy", "hosts", "cy", "admin", "component:web", "the disk is full"), by="cy"
    )
    old = to_micros(utc_now() - timedelta(days=400))
    house.do(put_grants, [grant_row("kim", person="vic"), grant_row("old", last_used=old), *GRANTS[:0]])
    said: list[str] = []
    thread = DatabaseThread(place)
    await asyncio.wrap_future(thread.open())
    duty = Reviewing(thread, AGENT, {}, said.append)
    running = asyncio.create_task(duty.run())
    store = Store.at(place)
    async with asyncio.timeout(20):
        while len(store.read(reviews)) < 2:
            await asyncio.sleep(0.05)
        house.now = utc_now()
        declare(house, [each for each in STAFF if each.id != "vic"])
        while len(store.read(reviews)) < 3:
            await asyncio.sleep(0.05)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await duty.end()
    thread.close()
    assert store.read(one_review, 1).stage == LAST_CALL
    assert store.read(one_access_request, 1).state is AskState.EXPIRED
    assert store.read(reviews)[0].name == "vic left"
    assert said == [f"RV-{n} is open: something happened that asks for a review" for n in (2, 3)]
    store.close()
    house.store.close()


async def test_what_nobody_decided_is_suspended_with_nobody_asking_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reviewing, "look_s", 0.02)
    place = tmp_path / "watchfloor.db"
    house = House(place, author("ada"))
    house.now = utc_now() - timedelta(days=20)
    house.opened(
        replace(PLAN, is_suspended_by_agent=True), [grant_row("u1", entitlement="admin", is_privileged=1)]
    )
    house.pass_(days=15)
    house.steps()  # the stage is over, and its last call begins
    house.store.close()
    thread = DatabaseThread(place)
    await asyncio.wrap_future(thread.open())
    running = asyncio.create_task(
        Reviewing(thread, replace(AGENT, seat="agent:host:2:0000"), {}, print).run()
    )
    store = Store.at(place)
    async with asyncio.timeout(20):
        while store.read(one_grant, 1).standing is not Standing.REMOVING:
            await asyncio.sleep(0.05)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert store.read(one_grant, 1).why == "RV-1: suspended, for nobody decided about it"
    store.close()
    thread.close()
