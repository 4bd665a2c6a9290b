"""Escalating by hand from the keyboard, how an escalation is shown, and who is on call, on a real database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import Staff
from core.catalog.oncall import Layer, Policy, PolicyStep, Rota
from core.desk.commands import open_incident
from core.desk.escalation.commands import escalate
from core.desk.escalation.queries import escalation_of
from core.desk.oncall.commands import make_override
from core.gate.model import Consent, Level
from core.store.store import Store
from tests.screens.at_the_keys import Desk, desk_at
from tests.screens.scene import ANA, NOW, make_night, stand_still

if TYPE_CHECKING:
    from pathlib import Path

    from core.catalog.model import Catalog

BOX = Consent(Level.BOX)
ROTA = Rota(
    "ops", "Operations on call", "Europe/Lisbon", (Layer("weeks", ("bea", "cid"), "2026-01-05", at=540),)
)
OFFICE = Rota(
    "desk",
    "Desk",
    "UTC",
    (Layer("days", ("bea",), "2026-01-05", hours=((0, 480, 1080),)),),
    ((0, 480, 1140),),
)


def declare(catalog: Catalog) -> None:
    catalog.staff.update(
        bea=Staff("bea", "Bea", email="bea@house.example"),
        cid=Staff("cid", "Cid"),
        ana=Staff("ana", "Ana", role="lead"),
    )
    catalog.rotas.update(ops=ROTA, desk=OFFICE)
    catalog.policies["p"] = Policy(
        "p", "P", (PolicyStep(("rota:ops",), 600.0), PolicyStep(("rota:desk",), 900.0))
    )
    for name, service in list(catalog.services.items()):
        catalog.services[name] = type(service)(service.id, service.title, policy="p")


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_still(monkeypatch)
    place = make_night(tmp_path, declare)
    store = Store.at(place, now=lambda: NOW - timedelta(minutes=1))
    store.write(ANA, open_incident, "", "orders", "the till is down", 1, BOX)
    store.close()
    return place


def newest(place: Path) -> int:
    from core.desk.queries import incidents

    store = Store.at(place)
    (number, *_) = [each.id for each in store.read(incidents)]
    store.close()
    return number


async def to_incident(desk: Desk, number: int) -> None:
    await desk.press("colon")
    await desk.write(f"I-{number}")
    await desk.press("enter")
    await desk.until_seen("escalation step 1 of 2 is due")


async def test_e_shows_whom_it_tells_asks_why_and_takes_the_next_step(night: Path) -> None:
    number = newest(night)
    async with desk_at(night, "incidents") as desk:
        await to_incident(desk, number)
        await desk.press("E")
        await desk.until_seen("step 1 of 2: who is on call in ops")
        await desk.write("it spreads")
        await desk.press("tab", "tab", "enter")
        await desk.until_said(f"I-{number}: step 1 told cid")
        await desk.until_seen("escalation step 1 of 2 told cid")
        assert "escalated to cid (step 1 of p): it spreads" in " ".join(desk.seen.split())


async def test_who_comes_second_takes_no_step(night: Path) -> None:
    number = newest(night)
    async with desk_at(night, "incidents") as desk:
        await to_incident(desk, number)
        await desk.press("E")
        await desk.write("me, too")
        store = Store.at(night, now=lambda: NOW)
        store.write(ANA, escalate, "incident", number, "first", BOX)
        store.close()
        await desk.press("tab", "tab", "enter")
        await desk.until_said("moved on since you saw it")
    store = Store.at(night)
    found = store.read(escalation_of, "incident", number)
    store.close()
    assert found is not None
    assert [each.step for each in found.taken] == [1]


async def test_nobody_to_tell_is_said_in_words(night: Path) -> None:
    number = newest(night)
    store = Store.at(night, now=lambda: NOW)
    store.write(ANA, escalate, "incident", number, "first", BOX)
    store.close()
    async with desk_at(night, "incidents") as desk:
        await desk.press("colon")
        await desk.write(f"I-{number}")
        await desk.press("enter")
        await desk.until_seen("step 1 of 2 told cid")
        await desk.press("E")
        await desk.write("again")
        await desk.press("tab", "tab", "enter")
        await desk.until_said("NOBODY was found to tell")
        await desk.until_seen("! nobody was told")
        await desk.press("colon")
        await desk.write("oncall")
        await desk.press("enter")
        await desk.until_seen(f"! I-{number} nobody was told since Sun 01 Mar 03:12Z")


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_oncall_shows_now_next_and_what_is_missing(night: Path, size: tuple[int, int]) -> None:
    store = Store.at(night, now=lambda: NOW)
    store.write(
        ANA, make_override, "ops", "bea", NOW + timedelta(hours=1), NOW + timedelta(hours=4), "a swap", BOX
    )
    store.close()
    async with desk_at(night, "oncall", size) as desk:
        await desk.until_seen("Operations on call")
        seen = " ".join(desk.seen.split())
        assert "now Cid (cid) until Sun 01 Mar 04:12 by weeks" in seen
        assert "next Bea (bea) from Sun 01 Mar 04:12 by OV-1" in seen
        assert "! Sun 01 Mar 03:12 to 04:12 cid is on call, and nothing reaches them" in seen
        assert "now NOBODY until Mon 02 Mar 08:00" in seen
        assert "! Mon 02 Mar 18:00 to 19:00 nobody is on call" in seen
        assert "OV-1 bea in ops" in seen
