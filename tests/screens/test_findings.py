"""The list of findings worked from the keyboard, on a real database, at an instant that stands still."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.catalog.model import Catalog, Staff
from core.journal.model import Via
from core.security.findings import commands
from core.security.findings.importing import import_report
from core.security.findings.model import Finding, FindingState
from core.security.findings.queries import one_finding
from core.security.findings.reports.reading import read_report
from core.store.store import Store
from core.store.work import Author
from tests.screens.at_the_keys import Desk, desk_at
from tests.screens.desk_scene import BEN, BOX
from tests.screens.scene import NOW, console, make_night, settle_in, stand_still

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

COMPONENT = "orders-files-001"
HEAD = "cve,component,package,version,fixed,severity,title,kev,kev due\n"
LINES = (
    "CVE-2026-0001,{c},openssl,3.0.14,3.0.15,critical,A handshake that never ends,yes,2026-03-03",
    "CVE-2026-0002,{c},zlib,1.2.13,,medium,A short read,,",
    "CVE-2026-0003,{c},jinja-two,2.1,2.2,high,A template escapes its sandbox,,",
    "CVE-2026-0004,{c},tar,1.34,,low,A path that climbs,,",
    "CVE-2026-0005,{c},curl,8.1,8.2,info,A cookie too many,,",
)


LEE = Author("lee", Via.CONSOLE, "console:host:4:0000")


def _with_a_lead(catalog: Catalog) -> None:
    catalog.staff["lee"] = Staff("lee", "Lee Marsh", role="lead")


def make_findings(folder: Path, *, more: int = 0) -> Path:
    """Makes the night, with a report imported a week ago and worked on; returns its place."""
    place = make_night(folder, _with_a_lead)
    report = folder / "report.csv"
    many = [f"CVE-2027-{n:04},{COMPONENT},package-{n % 7},1.0,1.1,low,One of many,," for n in range(more)]
    report.write_text(HEAD + "\n".join([*(line.format(c=COMPONENT) for line in LINES), *many]) + "\n")
    clock = [NOW - timedelta(days=8, minutes=5)]
    store = Store.at(place, now=lambda: clock[0])
    store.write(BEN, import_report, read_report(report))
    clock[0] = NOW - timedelta(days=6)
    store.write(BEN, commands.start_finding, 3)
    store.write(
        LEE, commands.accept_finding, 4, (NOW + timedelta(days=9)).date(), "ben", "only read by us", BOX
    )
    store.close()
    return place


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_still(monkeypatch)
    return make_findings(tmp_path)


def finding(place: Path, number: int) -> Finding:
    store = Store.at(place)
    found = store.read(one_finding, number)
    store.close()
    return found


async def until(desk: Desk, holds: Callable[[], Any]) -> None:
    for _ in range(500):
        if holds():
            return
        await desk.pilot.pause(0.02)
    raise AssertionError(desk.seen)


async def at_findings(desk: Desk, rows: int) -> None:
    await settle_in(desk.pilot, "findings")
    await until(desk, lambda: desk.grid.is_loaded and len(desk.grid.model.rows) == rows)


async def test_what_is_due_next_stands_first_with_what_is_late_and_how_many(place: Path) -> None:
    async with desk_at(place, "findings", (80, 24)) as desk:
        await at_findings(desk, 4)
        assert list(desk.grid.model.rows) == ["F-1", "F-3", "F-2", "F-5"]
        await until(desk, lambda: "4 open" in desk.seen)
        for words in ("1 late", "SEVERITY", "DUE▲", "late 1d", "critical !", "2026-02-28 (1 day late)"):
            assert words in desk.seen, words


async def test_a_finding_is_confirmed_taken_and_said_to_be_corrected_with_a_key_each(place: Path) -> None:
    async with desk_at(place, "findings") as desk:
        await at_findings(desk, 4)
        await desk.press("a")
        await desk.until_said("F-1 confirmed")
        await until(desk, lambda: finding_of(desk, "F-1").state is FindingState.CONFIRMED)
        await desk.press("t")
        await desk.until_said("F-1 taken by ana")
        await until(desk, lambda: finding_of(desk, "F-1").owner == "ana")
        await desk.press("d")
        await desk.until_said("said to be corrected")
        await until(desk, lambda: "too late" in desk.seen)
    found = finding(place, 1)
    assert (found.state, found.owner, found.corrected_by, found.in_time) == (
        FindingState.CORRECTED,
        "ana",
        "ana",
        False,
    )


async def test_a_risk_is_accepted_until_the_day_typed_with_owner_and_reason(place: Path) -> None:
    async with desk_at(place, "findings") as desk:
        await at_findings(desk, 4)
        await desk.press("E")
        await until(desk, lambda: "who answers for it" in desk.seen)
        await desk.write("")
        await desk.press("enter", "enter")
        await desk.write("behind the gate")
        await desk.press("f2")
        await until(desk, lambda: "1 finding of 1 will change" in desk.seen)
        await desk.write("")
        await desk.press("right", "enter")
        await desk.until_said("accepted until 2026-05-30")
        await until(desk, lambda: "2 accepted" in desk.seen)
    found = finding(place, 1)
    assert (found.standing, found.accepted_owner, found.why) == (
        "accepted until 2026-05-30",
        "ana",
        "behind the gate",
    )


async def test_a_view_and_a_filter_are_asked_of_the_database(place: Path) -> None:
    async with desk_at(place, "findings") as desk:
        await at_findings(desk, 4)
        await desk.press("w")
        await desk.write("accepted")
        await desk.press("enter")
        await until(desk, lambda: list(desk.grid.model.rows) == ["F-4"])
        assert "10d held" in desk.seen or "9d held" in desk.seen
        await desk.press("slash")
        await desk.write("nothing-like-it")
        await desk.press("enter")
        await until(desk, lambda: "passes the filter" in desk.seen)


async def test_a_long_list_is_walked_to_its_end_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_still(monkeypatch)
    place = make_findings(tmp_path, more=1200)
    async with desk_at(place, "findings") as desk:
        await settle_in(desk.pilot, "findings")
        await until(desk, lambda: desk.grid.is_loaded and desk.grid.cursor_id == "F-1")
        await desk.press("G")
        await until(desk, lambda: desk.grid.cursor_id == "F-5")  # no day is set for it
        assert len(desk.grid.model.items) < 600
        await desk.press("g")
        await until(desk, lambda: desk.grid.cursor_id == "F-1")


def finding_of(desk: Desk, label: str) -> Any:
    return desk.grid.model.items[label]


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
def test_picture(place: Path, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    async def look(pilot: Pilot[int]) -> None:
        desk = Desk(pilot, pilot.app)  # type: ignore[arg-type]
        await at_findings(desk, 4)
        await until(desk, lambda: "4 open" in desk.seen and "found: CVE" in desk.seen)
        await settle_in(pilot, "findings")

    assert snap_compare(console(place, "findings"), terminal_size=size, run_before=look)
