"""What nobody asked for is said beside an answer, not over it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.screens.at_the_keys import desk_at
from tests.screens.scene import NOW, StandingClock, make_night, stand_still

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

AGAIN = "drafts are kept on disk again"


async def test_an_answer_stays_when_something_else_is_told_right_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_still(monkeypatch)
    monkeypatch.setattr(StandingClock, "at", NOW)
    async with desk_at(make_night(tmp_path), "actions") as desk:
        desk.app.say("A-2 drafted; 6 shows it")
        desk.app._say_of_files(AGAIN, False)
        await desk.until_said(AGAIN)
        assert desk.said == f"A-2 drafted; 6 shows it; {AGAIN}"

        StandingClock.at += timedelta(minutes=1)
        desk.app._say_of_files(AGAIN, False)
        await desk.pilot.pause(0.1)
        assert desk.said == AGAIN
