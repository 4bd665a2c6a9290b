"""The list of grants worked from the keyboard, on a real database, at an instant that stands still."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.security.grants import commands
from core.security.grants.importing import Asked, note_trouble, take_in
from core.security.grants.matching import Of
from core.security.grants.model import Grant, Standing
from core.security.grants.queries import one_grant
from core.security.grants.sources.opening import open_source
from core.store.store import Store
from tests.screens.at_the_keys import LEE, Desk, desk_at, with_a_lead
from tests.screens.desk_scene import BEN, BOX
from tests.screens.scene import NOW, console, make_night, read, settle_in, stand_still

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

HEAD = "user,role,privileged,owner,reason,until,last used,name\n"
LINES = (
    "ben,admin,yes,,,,2026-02-27,Ben Okoro", "ivy,reader,no,,,,2025-09-01,Ivy Tan", "deploy,login,no,,,,,the deploy account",
    "old-backup,admin,yes,,,,2025-06-01,", "cara,reader,no,,,,2026-02-20,Cara",
)  # fmt: skip


def make_grants(folder: Path, *, more: int = 0) -> Path:
    """Makes the night, with a source read a week ago and some of it decided; returns its place."""
    place = make_night(folder, with_a_lead)
    file = folder / "orders.csv"
    many = [f"user-{n:04},reader,no,,,,," for n in range(more)]
    file.write_text(HEAD + "\n".join([*LINES, *many]) + "\n")
    clock = [NOW - timedelta(days=8, minutes=5)]
    store = Store.at(place, now=lambda: clock[0])
    asked = Asked(Of("orders-db", "service:orders"), str(file), "ben")
    store.write(BEN, take_in, open_source(str(file)), asked)
    clock[0] = NOW - timedelta(days=6)
    store.write(LEE, commands.accept_grant, 1, "ben", "runs the shop", (NOW + timedelta(days=9)).date(), BOX)
    store.write(BEN, commands.end_grant, 5, "the backup moved", BOX, due=(NOW - timedelta(days=2)).date())
    store.write(LEE, commands.ignore_grant, 2, (NOW + timedelta(days=3)).date(), "asked her lead", BOX)
    store.write(
        BEN, note_trouble, "passwd", Asked(Of("shop-1", "host:shop-1")), "/etc/passwd: cannot be read"
    )
    store.close()
    return place


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_still(monkeypatch)
    return make_grants(tmp_path)


def grant(place: Path, number: int) -> Grant:
    return read(place, one_grant, number)


async def test_what_is_to_be_decided_stands_first_and_what_was_not_read_is_said(place: Path) -> None:
    async with desk_at(place, "access", (80, 24)) as desk:
        await desk.at_list("access", 5)
        assert list(desk.grid.model.rows) == ["G-3", "G-4", "G-5", "G-2", "G-1"]
        await desk.until_seen("5 open")
        for words in ("not read: shop-1", "2 not granted", "1 late to remove", "STANDING", "late 2d"):
            assert words in desk.seen, words


async def test_how_each_source_was_read_is_shown_and_one_chosen_stands_alone(place: Path) -> None:
    async with desk_at(place, "access", (120, 30)) as desk:
        await desk.at_list("access", 5)
        await desk.press("r")
        await desk.until_seen("how the sources are read")
        seen = " ".join(desk.seen.split())
        good, tried = (
            f"{NOW - timedelta(days=days, minutes=minutes):%Y-%m-%d %H:%M}Z"
            for days, minutes in ((8, 5), (6, 0))
        )
        assert f"orders-db read {good}, 5 rights; good" in seen
        assert f"shop-1 read never, 0 rights; failed at {tried}" in seen
        await desk.write("orders")
        await desk.press("enter")
        await desk.until_seen("source:orders-db")
        await desk.at_list("access", 5)


async def test_a_source_that_was_not_read_when_it_was_due_says_so_first(place: Path) -> None:
    file = place.parent / "orders.csv"
    store = Store.at(place, now=lambda: NOW - timedelta(days=2))
    asked = Asked(Of("orders-db", "component:orders-db-005"), str(file), "ben", every_s=3600.0)
    store.write(BEN, take_in, open_source(str(file)), asked)
    store.close()
    async with desk_at(place, "access", (80, 24)) as desk:
        await settle_in(desk.pilot, "access")
        assert "orders-db-005 component" not in desk.seen, "a component is called by its name alone"
        await desk.press("r")
        at = f"{NOW - timedelta(days=2):%Y-%m-%d %H:%M}Z"
        await desk.until_seen(f"late: read {at}, 5 rights; good")


async def test_a_difference_is_granted_with_owner_end_and_reason(place: Path) -> None:
    async with desk_at(place, "access") as desk:
        await desk.at_list("access", 5)
        await desk.press("E")
        await desk.until_seen("who answers for it")
        await desk.write("")
        await desk.press("enter", "enter")
        await desk.write("reads the orders")
        await desk.press("f2")
        await desk.until_seen("1 grant of 1 will change")
        await desk.write("")
        await desk.press("right", "enter")
        await desk.until_said("granted until 2026-05-30")
    found = grant(place, 3)
    assert (found.standing, found.owner, found.reason, str(found.expires)) == (
        Standing.GRANTED, "ana", "reads the orders", "2026-05-30",
    )  # fmt: skip


async def test_what_ends_is_chosen_and_tracked(place: Path) -> None:
    async with desk_at(place, "access") as desk:
        await desk.at_list("access", 5)
        await desk.press("D")
        await desk.until_seen("what is to become of G-3")
        await desk.write("end")
        await desk.press("enter")
        await desk.until_seen("why the right is to end")
        await desk.write("left the team")
        await desk.press("f2")
        await desk.until_seen("1 to be removed from")
        await desk.write("")
        await desk.press("right", "enter")
        await desk.until_said("to end")
        await desk.until(lambda: desk.grid.model.items["G-3"].standing is Standing.REMOVING)
    assert grant(place, 3).standing_in_words == "to be removed by 2026-03-08"


async def test_a_grant_that_ends_this_week_is_opened_from_what_ends(place: Path) -> None:
    async with desk_at(place, "ends") as desk:
        await settle_in(desk.pilot, "ends")
        await desk.until_seen("ignored: cara")
        await desk.press("enter")
        await desk.until(lambda: desk.app.current == "access" and desk.grid.cursor_id == "G-2")


async def test_what_is_not_possible_says_why(place: Path) -> None:
    async with desk_at(place, "access") as desk:
        await desk.at_list("access", 5)
        desk.grid.go_to("G-5")
        await desk.press("K")
        await desk.until_said("G-5 is to be removed by")
        assert len(desk.app.screen_stack) == 1, "no box opened"


async def test_a_view_and_a_filter_are_asked_of_the_database(place: Path) -> None:
    async with desk_at(place, "access") as desk:
        await desk.at_list("access", 5)
        await desk.press("w")
        await desk.write("privileged")
        await desk.press("enter")
        await desk.until(lambda: sorted(desk.grid.model.rows) == ["G-1", "G-5"])
        await desk.press("slash")
        await desk.write("!backup")
        await desk.press("enter")
        await desk.until(lambda: list(desk.grid.model.rows) == ["G-1"])


async def test_of_a_long_list_only_a_window_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_still(monkeypatch)
    place = make_grants(tmp_path, more=900)
    async with desk_at(place, "access") as desk:
        await settle_in(desk.pilot, "access")
        await desk.until(lambda: desk.grid.is_loaded and "905 open" in desk.seen)
        assert len(desk.grid.model.rows) == 300
        await desk.press("G")
        await desk.until(lambda: desk.grid.cursor_id == "G-1")


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
def test_picture(place: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    async def look(pilot: Pilot[Any]) -> None:
        desk = Desk(pilot, pilot.app)  # type: ignore[arg-type]
        await desk.at_list("access", 5)
        await desk.until_seen("2 not granted")
        desk.grid.go_to("G-5")
        await desk.until_seen("to be removed by 2026-02-27")
        await desk.until_seen("the backup moved")
        await settle_in(pilot, "access")

    assert snap_compare(console(place, "access"), terminal_size=size, run_before=look)


async def test_what_ends_this_week_opens_the_grant(place: Path) -> None:
    store = Store.at(place, now=lambda: NOW)
    store.write(LEE, commands.accept_grant, 3, "ben", "for the move", NOW.date() + timedelta(days=2), BOX)
    store.close()
    async with desk_at(place, "ends") as desk:
        await settle_in(desk.pilot, "ends")
        await desk.until_seen("granted: ")
        await desk.press("enter")
        await settle_in(desk.pilot, "access")
        await desk.until_seen("── G-3  ")


async def test_on_a_wide_terminal_every_column_has_room_beside_the_details(place: Path) -> None:
    async with desk_at(place, "access", (200, 50)) as desk:
        await desk.at_list("access", 5)
        await desk.until_seen("REASON")
        await desk.pilot.resize_terminal(80, 24)
        await desk.until(lambda: "REASON" not in desk.seen)
        await desk.until_seen("── G-3  ")


async def test_what_opens_a_box_says_so_and_what_was_typed_for_one_that_did_not_come_is_not_done(
    place: Path,
) -> None:
    async with desk_at(place, "access", (120, 30)) as desk:
        await desk.at_list("access", 5)
        for words in ("D decide…", "A owner…"):
            assert words in desk.seen, words
        await desk.press("space", "space", "l", "V")
        await desk.until_said("one at a time")
        assert len(desk.app.screen_stack) == 1
