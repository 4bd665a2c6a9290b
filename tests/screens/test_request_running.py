"""A procedure begun for a request from the keyboard, and the way from each to the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.app import Console
from core.catalog.commands import load_catalog
from core.catalog.model import RequestType, Staff
from core.catalog.queries import declared_catalog
from core.desk.requests import commands
from core.desk.requests.model import Asked
from core.gate.commands import unlock_operate
from core.gate.model import Consent, Level
from core.operations.commands import begin_run
from core.operations.model import RunState
from core.operations.queries import runs_for_request
from core.operations.reports import end_run
from core.store.store import Store
from tests.screens.at_the_keys import desk_at
from tests.screens.desk_scene import make_desk
from tests.screens.scene import AGENT, ANA, NOW, read, settle_in, stand_still

if TYPE_CHECKING:
    from pathlib import Path

REASON = "the shop asked"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk whose agreement names a procedure; R-9 asks for it, R-10 is of a type that names none. Nothing is carried out."""
    stand_still(monkeypatch)
    monkeypatch.setattr(Console, "start_run", lambda _app, _number: None)
    found = make_desk(tmp_path)
    store = Store.at(found, now=lambda: NOW)
    catalog = store.read(declared_catalog)
    text = catalog.procedures["restart"].text
    component = next(name for name in catalog.components if f'component = "{name}"' in text)
    service = catalog.components[component].service
    types = (
        RequestType("restart", "Restart it", service, procedure="restart"),
        RequestType("ask", "Ask", service),
    )
    house = catalog.agreements["house"]
    services = tuple(dict.fromkeys((*house.services, service)))
    catalog.agreements["house"] = replace(house, services=services, request_types=types)
    for name, each in catalog.agreements.items():
        catalog.agreements[name] = replace(each, only_for_requests=("restart",))
    catalog.staff["ana"] = catalog.staff.get("ana", Staff("ana", "Ana"))
    store.write(AGENT, load_catalog, catalog, directory="/c", digest="2", changes=())
    for type_ in ("restart", "ask"):
        asked = Asked("Please restart it", service, "kofi@shop.example", type=type_, component=component)
        store.write(AGENT, commands.record_request, asked)
    store.close()
    return found


def begun(place: Path) -> int:
    """Begins the run of R-9 at a console, and has it end."""
    store = Store.at(place, now=lambda: NOW)
    store.write(ANA, unlock_operate, REASON)
    text = store.read(declared_catalog).procedures["restart"].text
    component = text.partition('component = "')[2].partition('"')[0]
    sure = Consent(Level.NAME, typed=component, reason=REASON)
    number = store.write(ANA, begin_run, "restart", sure, reason=REASON, request=9).id
    store.write(AGENT, end_run, number, RunState.FAILED, "exit code 7")
    store.close()
    return int(number)


async def test_the_procedure_of_its_type_is_offered_and_in_watch_not_begun(place: Path) -> None:
    async with desk_at(place, "queue", (80, 24)) as desk:
        await desk.at_request("R-9")
        await desk.press("X")
        await desk.until_seen("procedures of R-9")
        await desk.press("enter")
        await desk.until_said("this console is in WATCH")
        desk.app.go_to("request", "R-10")
        await desk.until_seen("type ask")
        await desk.press("X")
        await desk.until_said("R-10: its type ask names no procedure")
    assert read(place, runs_for_request, 9) == []


async def test_request_and_run_show_each_other(place: Path) -> None:
    number = begun(place)
    async with desk_at(place, "queue", (100, 30)) as desk:
        await desk.at_request("R-9")
        assert f"run     PR-{number} failed" in desk.seen
        assert f"PR-{number} begun for it" in desk.seen
        await desk.press("X")
        await desk.until(lambda: f"PR-{number} failed" in desk.seen and "procedures of R-9" in desk.seen)
        await desk.press("down", "enter")
        await settle_in(desk.pilot, "run")
        await desk.until_seen("for R-9")
        await desk.press("i")
        await settle_in(desk.pilot, "request")
        assert desk.app.current == "request"


async def test_the_clause_stands_in_the_box_before_a_start_without_a_request(place: Path) -> None:
    store = Store.at(place, now=lambda: NOW)
    store.write(ANA, unlock_operate, REASON)
    store.close()
    async with desk_at(place, "runs", (120, 30)) as desk:
        await desk.press("g")
        await desk.press("X")
        await desk.until_seen("runs only for a request")


async def test_for_a_request_that_is_over_nothing_is_asked_before_it_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Console, "operates", property(lambda _app: True))
    store = Store.at(place, now=lambda: NOW)
    store.write(ANA, commands.cancel_request, 9, "asked twice", Consent(Level.BOX))
    store.close()
    async with desk_at(place, "queue", (80, 24)) as desk:
        desk.app.go_to("request", "R-9")
        await desk.until_seen("type restart")
        await desk.press("X")
        await desk.until_seen("procedures of R-9")
        await desk.press("enter")
        await desk.until_said("R-9 is cancelled; no procedure is begun for it")
        assert "reason:" not in desk.seen
