"""What no agreement covers waits for a lead, who reads the clause before deciding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.desk.requests import commands
from core.desk.requests.model import Asked, Request, RequestState
from core.desk.requests.queries import one_request
from core.store.store import Store
from tests.screens.at_the_keys import Desk, desk_at
from tests.screens.desk_scene import make_desk
from tests.screens.scene import AGENT, NOW, read, stand_still

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk with one request more, R-9, of a service that no agreement covers."""
    stand_still(monkeypatch)
    made = make_desk(tmp_path)
    store = Store.at(made, now=lambda: NOW)
    store.write(AGENT, commands.record_request, Asked("A crane for a day", "billing", "eve@shop.example"))
    store.close()
    return made


def standing(place: Path, number: int) -> Request:
    return read(place, one_request, number)


async def open_request(desk: Desk, label: str) -> None:
    await desk.press("colon")
    await desk.write(label)
    await desk.press("enter")
    await desk.until(lambda: desk.app.current == "request" and "nobody has answered" in desk.seen)


@pytest.mark.parametrize(
    ("verb", "state", "said"),
    [("request.admit", RequestState.NEW, "R-9 let in"), ("request.refuse", RequestState.REFUSED, "R-9 refused")],
)  # fmt: skip
async def test_a_lead_decides_with_the_clause_before_them(
    place: Path, verb: str, state: RequestState, said: str
) -> None:
    clause = "agreement house: covers orders, network, identity, office, not billing"
    assert standing(place, 9).held_why == clause
    async with desk_at(place, "queue") as desk:
        await open_request(desk, "R-9")
        assert f"held    {clause[:40]}" in desk.seen
        await desk.press("colon")
        await desk.write(verb)
        await desk.press("enter")
        await desk.pilot.pause(0.3)
        assert clause[:40] in desk.seen.partition("clause")[2]
        await desk.write("they asked before")
        await desk.press("tab", "tab", "enter")
        await desk.until_said(said)
    assert standing(place, 9).state is state
