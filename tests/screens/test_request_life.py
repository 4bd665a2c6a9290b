"""The rest of a request's life from the keyboard, on a real database, at an instant that stands still."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import Approval, FormField, RequestType, Staff
from core.catalog.queries import declared_catalog
from core.desk.links.queries import links_of
from core.desk.requests import commands
from core.desk.requests.attending import watchers_of
from core.desk.requests.checklists import checks_of
from core.desk.requests.model import Asked, RequestState
from core.desk.requests.queries import one_request
from core.store.store import Store
from tests.screens.at_the_keys import desk_at
from tests.screens.desk_scene import BEN, make_desk
from tests.screens.scene import AGENT, ANA, NOW, read, settle_in, stand_still

if TYPE_CHECKING:
    from pathlib import Path

PHONE = RequestType(
    "phone", "A phone for somebody", "office", (FormField("model", "Model", "choice", True, ("small", "large")),),
    Approval(("role:lead",)), checklist=("number chosen", "handed out"),
)  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk whose agreement offers a type with a form, an approval and a checklist; R-9 is one of it."""
    stand_still(monkeypatch)
    found = make_desk(tmp_path)
    store = Store.at(found, now=lambda: NOW)
    catalog = store.read(declared_catalog)
    house = catalog.agreements["house"]
    catalog.agreements["house"] = replace(house, request_types=(PHONE,))
    catalog.staff["ana"] = replace(catalog.staff.get("ana", Staff("ana", "Ana")), role="lead")
    store.write(AGENT, load_catalog, catalog, directory="/c", digest="2", changes=())
    asked = Asked("A phone for Kofi", "office", "kofi@shop.example", type="phone", form={"model": "small"})
    store.write(AGENT, commands.record_request, asked)
    store.close()
    return found


async def test_an_approval_is_seen_and_given(place: Path) -> None:
    async with desk_at(place, "queue", (80, 24)) as desk:
        await desk.at_request("R-9")
        assert "approve asked of the role lead: 0 of 1 said yes" in desk.seen
        assert "tick    0 of 2 ticked off; next 1 number chosen" in desk.seen
        await desk.press("V")
        await desk.pilot.pause(0.3)
        await desk.press("y")
        await desk.confirm("Approve")
        await desk.until_said("R-9 approved by you")
        await desk.until_seen("granted: 1 of 1 said yes (ana)")
        await desk.press("V")
        await desk.until_said("it waits for no approval")
    assert read(place, one_request, 9).state is RequestState.NEW


async def test_what_is_done_is_ticked_off_and_the_rest_asks_why(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await desk.at_request("R-9")
        await desk.press("V")
        await desk.pilot.pause(0.3)
        await desk.press("y")
        await desk.confirm("Approve")
        await desk.until_said("approved")
        await desk.press("x")
        await desk.pilot.pause(0.3)
        await desk.press("enter")
        await desk.until_said("done: number chosen")
        await desk.pilot.pause(0.3)
        await desk.write("cable laid")
        await desk.press("enter")
        await desk.until_said("R-9: cable laid")
        await desk.pilot.pause(0.3)
        await desk.press("escape")
        await desk.press("R")
        await desk.pilot.pause(0.3)
        assert "why it is delivered without: 2 handed out; 3 cable laid" in desk.seen
        await desk.press("escape")
    checks = read(place, checks_of, 9)
    assert [(each.text, each.ticked_by) for each in checks] == [
        ("number chosen", "ana"), ("handed out", ""), ("cable laid", ""),
    ]  # fmt: skip


async def test_two_about_the_same_become_one_and_two_again(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await desk.at_request("R-2")
        await desk.press("M")
        await desk.write("R-1")
        await desk.press("enter")
        await desk.write("the same tunnel")
        await desk.confirm("Merge")
        await desk.until_said("R-2 merged into R-1")
        assert read(place, one_request, 2).merged_into == 1
        await desk.until_seen("merged into R-1")
        await desk.press("M")
        await desk.confirm("Take out")
        await desk.until_said("R-2 goes on by itself")
    assert read(place, one_request, 2).state is RequestState.NEW


async def test_linked_watched_and_taken_back(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await desk.at_request("R-1")
        await desk.press("w")
        await desk.until_said("R-1 watched by you")
        await desk.until_seen("watch   ana")
        await desk.press("L")
        await desk.write("caused")
        await desk.press("enter")
        await desk.write("I-1")
        await desk.press("enter")
        await desk.until_said("R-1 is caused by I-1")
        await desk.until_seen("links   caused by I-1")
        await desk.press("u")
        await desk.until(lambda: "links " not in desk.seen)
    assert read(place, links_of, commands.subject(1)) == []
    assert read(place, watchers_of, commands.subject(1)) == ["ana"]


async def test_an_incident_is_tied_to_a_request_and_loosed_from_its_own_screen(place: Path) -> None:
    async with desk_at(place, "queue", (80, 30)) as desk:
        await settle_in(desk.pilot, "queue")
        desk.app.go_to("incident", "I-1")
        await settle_in(desk.pilot, "incident")
        await desk.press("Y")
        await desk.write("cause of")
        await desk.press("enter")
        await desk.write("R-1")
        await desk.press("enter")
        await desk.until_said("I-1 is cause of R-1")
        await desk.until_seen("links   cause of R-1")
        await desk.press("Y")
        await desk.write("no longer")
        await desk.press("enter")
        await desk.until_said("I-1: link taken away")
        await desk.until(lambda: "links " not in desk.seen)
    assert read(place, links_of, commands.subject(1)) == []


async def test_snoozed_it_leaves_the_queue_and_comes_back_with_the_same_key(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await settle_in(desk.pilot, "queue")
        await desk.until(lambda: desk.grid.is_loaded)
        while desk.grid.cursor_id != "R-7":
            await desk.press("j")
        await desk.press("Z")
        await desk.fill_in("2h", "the maps come at noon")
        await desk.until_said("R-7 out of sight until")
        await desk.until(lambda: "1 snoozed" in desk.seen or "snoozed 1" in desk.seen)
        assert read(place, one_request, 7).snoozed_by == "ana"
        desk.app.go_to("request", "R-7")
        await desk.until_seen("snoozed until")
        await desk.press("Z")
        await desk.until_said("R-7 back in sight")
    assert read(place, one_request, 7).snoozed_until is None


async def test_a_new_one_of_a_type_asks_for_its_form(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await settle_in(desk.pilot, "queue")
        await desk.press("n")
        for text in ("A phone for Ama", "ama@shop.example", "Ama", "office"):
            await desk.write(text)
            await desk.press("enter")
        await desk.press("f2")
        await desk.until_seen("A phone for somebody")
        await desk.press("enter")
        await desk.write("huge")
        await desk.press("f2")
        assert "small" in desk.seen
        assert read(place, checks_of, 10) == []
        for _ in "huge":
            await desk.press("backspace")
        await desk.fill_in("large")
        await desk.until_said("R-10 recorded")
    found = read(place, one_request, 10)
    assert (found.type, found.form, found.state) == ("phone", {"model": "large"}, RequestState.APPROVAL)


async def test_what_is_asked_for_changes_and_a_part_goes_on_by_itself(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await desk.at_request("R-7")
        await desk.press("C")
        await desk.write(" and 213")
        await desk.press("f2")
        await desk.until_said("R-7 changed")
        await desk.press("D")
        await desk.fill_in("VLAN 213", "by itself")
        await desk.until_said("R-10 goes on with that part of R-7")
        await desk.until_seen("split into R-10")
    assert read(place, one_request, 10).requester == "net@shop.example"


@pytest.fixture
def hours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database whose entries lie an hour, half an hour, and ten minutes before now."""
    stand_still(monkeypatch)
    clock = [NOW - timedelta(hours=1)]
    found = tmp_path / "hours.db"
    store = Store.at(found, now=lambda: clock[0])
    for title in ("VPN drops", "Rename VLAN 212", "A printer"):
        store.write(AGENT, commands.record_request, Asked(title, "network", "eve@shop.example"))
    clock[0] = NOW - timedelta(minutes=30)
    store.write(ANA, commands.take_request, 1)
    store.write(ANA, commands.note_request, 1, "ticket 55-1820")
    store.write(BEN, commands.take_request, 2)
    clock[0] = NOW - timedelta(minutes=10)
    store.write(AGENT, commands.record_request, Asked("A phone", "network", "eve@shop.example"))
    store.close()
    return found


async def test_the_queue_and_a_request_are_seen_as_they_were(hours: Path) -> None:
    async with desk_at(hours, "queue") as desk:
        await settle_in(desk.pilot, "queue")
        await desk.until(lambda: sorted(desk.grid.model.rows) == ["R-1", "R-3", "R-4"])
        await desk.app.obey("@ 02:32")
        await desk.until_seen("3 there then")
        assert sorted(desk.grid.model.rows) == ["R-1", "R-2", "R-3"]
        assert "THEN" in desk.seen
        assert desk.app.view is not None
        desk.app.view.set_filter("vlan")
        await desk.until(lambda: list(desk.grid.model.rows) == ["R-2"])
        desk.app.view.set_filter("")
        await desk.until(lambda: len(desk.grid.model.rows) == 3)
        desk.app.go_to("request", "R-1")
        await desk.until(lambda: "nobody has it" in desk.seen and "asked for" in desk.seen)
        assert "55-1820" not in desk.seen
        await desk.press("w")
        assert "not now" in desk.said
        desk.app.go_to("request", "R-4")
        await desk.until_seen("R-4 was not opened yet")
        desk.app.go_to("request", "R-1")
        await desk.press("at")
        await desk.until(lambda: "55-1820" in desk.seen and "ana has it" in desk.seen)
        desk.app.go_to("queue")
        await desk.until(lambda: sorted(desk.grid.model.rows) == ["R-1", "R-3", "R-4"])
    assert read(hours, watchers_of, commands.subject(1)) == []
