"""What is in front shows the present: from its first picture on, behind a box, and above it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from screens.boxes.help import HelpBox
from screens.widgets.canvas import Canvas
from screens.widgets.lines import Lines
from tests.screens.at_the_keys import Desk, desk_at
from tests.screens.scene import NOW, StandingClock

if TYPE_CHECKING:
    from pathlib import Path

    from textual.geometry import Region
    from textual.strip import Strip

OLD, NEW = " 1m ", "21m"
"""The age of what broke last, and the same age twenty minutes later."""


@pytest.fixture(autouse=True)
def _the_clock_goes_back_after_each_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StandingClock, "at", NOW)


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every line that any canvas paints from now on."""
    lines: list[str] = []
    paint = Canvas.render_lines

    def watched(self: Canvas, crop: Region) -> list[Strip]:
        strips = paint(self, crop)
        lines.extend(strip.text for strip in strips)
        return strips

    monkeypatch.setattr(Canvas, "render_lines", watched)
    return lines


def pass_time(**time: Any) -> None:
    StandingClock.at += timedelta(**time)


async def box_of(desk: Desk, key: str) -> None:
    await desk.pilot.press(key)
    for _ in range(200):
        if len(desk.app.screen_stack) > 1 and desk.app.screen.query("#header-over"):
            await desk.pilot.pause()
            return
        await desk.pilot.pause(0.02)
    raise AssertionError("no box came")


@pytest.mark.parametrize("view", ["board", "incidents", "home", "dependencies"])
async def test_a_view_that_comes_back_counts_ages_on_in_its_first_picture(
    night: Path, painted: list[str], view: str
) -> None:
    async with desk_at(night, "board") as desk:
        desk.app.go_to(view, "orders-files-001" if view == "dependencies" else "")
        await desk.until_seen(OLD)
        await desk.press("9")
        pass_time(minutes=20)
        await desk.until_seen("03:32:40Z")
        painted.clear()

        desk.app.go_to(view)
        await desk.until_seen(NEW)

        assert not [line for line in painted if OLD in line]


async def test_another_incident_is_never_shown_under_the_old_ones_words(
    night: Path, painted: list[str]
) -> None:
    async with desk_at(night, "incidents") as desk:
        desk.app.go_to("incident", "I-1")
        await desk.until_seen("the disk of this host was full")
        await desk.press("3")
        painted.clear()

        desk.app.go_to("incident", "I-2")
        await desk.until_seen("03:11:00Z")

        assert not [line for line in painted if "disk of this host" in line or "nothing yet" in line]


@pytest.mark.parametrize("key", ["question_mark", "colon"])
async def test_time_goes_on_above_a_box(night: Path, key: str) -> None:
    async with desk_at(night, "board") as desk:
        await box_of(desk, key)
        pass_time(minutes=5)

        await desk.until_seen("03:17:40Z")

        assert len(desk.app.screen_stack) == 2


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_stale_is_said_first_above_a_box(night: Path, size: tuple[int, int]) -> None:
    async with desk_at(night, "board", size) as desk:
        await box_of(desk, "question_mark")
        assert isinstance(desk.app.screen, HelpBox)
        desk.app.trouble = "the database cannot be read"
        desk.app.judge_freshness()
        await desk.until_seen(" STALE database away ")

        assert desk.seen.split("\n")[0].startswith(" STALE database away ")


async def test_what_stood_behind_a_box_is_the_present_when_it_closes(night: Path, painted: list[str]) -> None:
    async with desk_at(night, "board") as desk:
        await box_of(desk, "question_mark")
        pass_time(minutes=20)
        painted.clear()

        await desk.pilot.press("escape")
        await desk.until_seen(NEW)

        assert not [line for line in painted if OLD in line]
        assert "03:32:40Z" in desk.seen


async def test_what_is_said_while_a_box_is_open_stands_there_when_it_closes(night: Path) -> None:
    async with desk_at(night, "board") as desk:
        await box_of(desk, "question_mark")
        desk.app.say("I-2 was taken by bo", bad=True)
        await desk.pilot.press("escape")
        await desk.pilot.pause()

        assert "I-2 was taken by bo" in desk.seen
        assert desk.app.screen.query_one("#message", Lines).is_mounted


async def test_header_and_rows_turn_stale_together_when_the_agent_is_known_dead(night: Path) -> None:
    async with desk_at(night, "board") as desk:
        assert desk.app.agents_seen is not None
        sight = desk.app.agents_seen.home
        assert "○ STALE" not in desk.seen
        sight.note_death()
        desk.app.refresh_bars()
        assert "STALE" not in desk.seen, "a bar drawn anew judges nothing: it says what the rows say"

        desk.app.judge_freshness()
        await desk.pilot.pause()

        assert desk.seen.split("\n")[0].startswith(" STALE agent silent ")
        assert "○ STALE" in desk.seen
        assert "● OK      " not in desk.seen


async def test_what_was_refused_leaves_with_a_key_once_it_was_there_to_be_read(night: Path) -> None:
    async with desk_at(night, "board") as desk:
        desk.app.say("nothing is called 'zzz'", bad=True)
        pass_time(seconds=10)
        await desk.press("j")
        assert desk.said == "nothing is called 'zzz'"

        pass_time(minutes=3)
        desk.app.frame_ticked()
        assert desk.said == "nothing is called 'zzz'", "nobody was there who pressed a key"
        await desk.press("j")
        assert desk.said == ""
