"""The list of findings worked from the keyboard, on a real database, at an instant that stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.security.findings.model import Finding, FindingState
from core.security.findings.queries import one_finding
from tests.screens.at_the_keys import Desk, desk_at
from tests.screens.findings_scene import make_findings
from tests.screens.scene import console, read, settle_in, stand_still

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_still(monkeypatch)
    return make_findings(tmp_path)


def finding(place: Path, number: int) -> Finding:
    return read(place, one_finding, number)


async def test_what_is_due_next_stands_first_with_what_is_late_and_how_many(place: Path) -> None:
    async with desk_at(place, "findings", (80, 24)) as desk:
        await desk.at_list("findings", 4)
        assert list(desk.grid.model.rows) == ["F-1", "F-3", "F-2", "F-5"]
        await desk.until_seen("4 open")
        for words in ("1 late", "SEVERITY", "DUE▲", "late 1d", "critical !", "2026-02-28 (1 day late)"):
            assert words in desk.seen, words


async def test_a_finding_is_confirmed_taken_and_said_to_be_corrected_with_a_key_each(place: Path) -> None:
    async with desk_at(place, "findings") as desk:
        await desk.at_list("findings", 4)
        await desk.press("a")
        await desk.until_said("F-1 confirmed")
        await desk.until(lambda: finding_of(desk, "F-1").state is FindingState.CONFIRMED)
        await desk.press("t")
        await desk.until_said("F-1 taken by ana")
        await desk.until(lambda: finding_of(desk, "F-1").owner == "ana")
        await desk.press("d")
        await desk.until_said("said to be corrected")
        await desk.until_seen("too late")
    found = finding(place, 1)
    assert (found.state, found.owner, found.corrected_by, found.in_time) == (
        FindingState.CORRECTED,
        "ana",
        "ana",
        False,
    )


async def test_a_risk_is_accepted_until_the_day_typed_with_owner_and_reason(place: Path) -> None:
    async with desk_at(place, "findings") as desk:
        await desk.at_list("findings", 4)
        await desk.press("E")
        await desk.until_seen("who answers for it")
        await desk.write("")
        await desk.press("enter", "enter")
        await desk.write("behind the gate")
        await desk.press("f2")
        await desk.until_seen("1 finding of 1 will change")
        await desk.write("")
        await desk.press("right", "enter")
        await desk.until_said("accepted until 2026-05-30")
        await desk.until_seen("2 accepted")
    found = finding(place, 1)
    assert (found.standing, found.accepted_owner, found.why) == (
        "accepted until 2026-05-30",
        "ana",
        "behind the gate",
    )


async def test_a_view_and_a_filter_are_asked_of_the_database(place: Path) -> None:
    async with desk_at(place, "findings") as desk:
        await desk.at_list("findings", 4)
        await desk.press("w")
        await desk.write("accepted")
        await desk.press("enter")
        await desk.until(lambda: list(desk.grid.model.rows) == ["F-4"])
        assert "10d held" in desk.seen or "9d held" in desk.seen
        await desk.press("slash")
        await desk.write("nothing-like-it")
        await desk.press("enter")
        await desk.until_seen("passes the filter")


async def test_a_long_list_is_walked_to_its_end_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_still(monkeypatch)
    place = make_findings(tmp_path, more=1200)
    async with desk_at(place, "findings") as desk:
        await settle_in(desk.pilot, "findings")
        await desk.until(lambda: desk.grid.is_loaded and desk.grid.cursor_id == "F-1")
        await desk.press("G")
        await desk.until(lambda: desk.grid.cursor_id == "F-5")  # no day is set for it
        assert len(desk.grid.model.items) < 600
        await desk.press("g")
        await desk.until(lambda: desk.grid.cursor_id == "F-1")


def finding_of(desk: Desk, label: str) -> Any:
    return desk.grid.model.items[label]


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
def test_picture(place: Path, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    async def look(pilot: Pilot[int]) -> None:
        desk = Desk(pilot, pilot.app)  # type: ignore[arg-type]
        await desk.at_list("findings", 4)
        await desk.until(lambda: "4 open" in desk.seen and "found: CVE" in desk.seen)
        await settle_in(pilot, "findings")

    assert snap_compare(console(place, "findings"), terminal_size=size, run_before=look)
