"""Keys that come in one packet with those that ask for a list: they mean its rows, not those that stood there before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.events import Key
from textual.keys import _character_to_key

from core.security.findings.model import FindingState
from core.security.findings.queries import one_finding
from tests.screens.at_the_keys import Desk, desk_at
from tests.screens.findings_scene import make_findings
from tests.screens.review_scene import make_review
from tests.screens.scene import read, settle, settle_in, stand_still

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_still(monkeypatch)


async def at_once(desk: Desk, *typed: str) -> None:
    """Types all of it without a pause: words letter by letter, and in brackets a key by its name."""
    for text in typed:
        if text.startswith("<"):
            desk.app.post_message(Key(text.strip("<>"), None))
            continue
        for letter in text:
            desk.app.post_message(Key(_character_to_key(letter), letter))
    await settle(desk.pilot)


async def test_a_key_behind_the_name_of_a_list_means_its_first_row(tmp_path: Path) -> None:
    place = make_findings(tmp_path, more=1200)
    async with desk_at(place, "board") as desk:
        await at_once(desk, ":findings", "<enter>", "E")
        await desk.until_seen("who answers for it")
        assert "accept the risk of F-1" in desk.seen


async def test_a_key_behind_a_filter_means_what_passes_it(tmp_path: Path) -> None:
    place = make_findings(tmp_path, more=300)
    async with desk_at(place, "findings") as desk:
        await settle_in(desk.pilot, "findings")
        await desk.until(lambda: desk.grid.cursor_id == "F-1")
        await at_once(desk, "/CVE-2026-0002", "<enter>", "a")
        await desk.until_said("F-2 confirmed")
    assert read(place, one_finding, 1).state is FindingState.NEW
    assert read(place, one_finding, 2).state is FindingState.CONFIRMED


async def test_enter_behind_the_name_of_a_list_that_is_an_answer_opens_its_first_row(tmp_path: Path) -> None:
    async with desk_at(make_review(tmp_path), "board") as desk:
        await at_once(desk, ":reviews", "<enter>", "<enter>")
        await desk.until(lambda: desk.app.current == "review")
        await desk.until(lambda: desk.app.views["review"].argument().startswith("RV-1"))


async def test_a_list_that_is_read_when_it_is_shown_stands_on_the_row_asked_for(
    tmp_path: Path,
) -> None:
    async with desk_at(make_review(tmp_path), "board") as desk:
        desk.app.go_to("reviews", "RV-2")
        await desk.until(lambda: desk.app.current == "reviews" and desk.app.views["reviews"].is_mounted)
        await settle(desk.pilot)
        assert desk.grid.cursor_id == "RV-2"


async def test_why_a_key_did_nothing_leaves_with_the_screen_it_was_said_of(tmp_path: Path) -> None:
    async with desk_at(make_findings(tmp_path), "findings") as desk:
        await desk.at_list("findings", 4)
        await at_once(desk, "/nothing-like-it", "<enter>", "a")
        await desk.until_said("there is no finding under the cursor")
        await desk.press("1")
        assert desk.app.current == "board"
        assert desk.said == ""


async def test_what_was_done_is_still_said_on_the_next_screen(tmp_path: Path) -> None:
    async with desk_at(make_findings(tmp_path), "findings") as desk:
        await desk.at_list("findings", 4)
        await desk.press("a")
        await desk.until_said("F-1 confirmed")
        await desk.press("1")
        assert "F-1 confirmed" in desk.said
