"""What one did is attached to an incident from the keyboard, and read there again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.attached import attached_logs
from tests.screens.at_the_keys import desk_at
from tests.screens.scene import settle_in

if TYPE_CHECKING:
    from pathlib import Path


async def test_it_is_shown_before_it_is_attached_and_read_again(night: Path) -> None:
    async with desk_at(night, "incidents") as desk:
        await settle_in(desk.pilot, "incidents")
        await desk.press("g", "t")
        label = desk.app.views["incidents"].subject_ids()[0]
        await desk.until_said(f"{label} taken by")
        number = int(label.removeprefix("I-"))
        await desk.app.obey("action:incident.logs")
        await desk.until_said(f"no log is attached to {label}")
        desk.pilot.app.run_worker(desk.app.obey("action:incident.attach"))
        await desk.until_seen(f"Attach to {label} what you did")
        await desk.write("")
        await desk.press("f2")
        await desk.until_seen(f"{label} taken")
        assert await desk.app.ask(attached_logs, number) == []
        await desk.write("")
        await desk.press("right", "enter")
        await desk.until_said("attached")
        (log,) = await desk.app.ask(attached_logs, number)
        assert log.is_as_attached
        assert log.doings.entries[-1].kind == "incident.taken"
        desk.pilot.app.run_worker(desk.app.obey("action:incident.logs"))
        await desk.until_seen(" attached what ")
        await desk.until_seen(f"{label} taken")
        await desk.press("escape")


async def test_what_names_no_instant_is_said_and_kept(night: Path) -> None:
    async with desk_at(night, "incidents") as desk:
        await settle_in(desk.pilot, "incidents")
        await desk.press("g")
        desk.pilot.app.run_worker(desk.app.obey("action:incident.attach"))
        await desk.until_seen("what you did")
        await desk.write("soon")
        await desk.press("f2")
        await desk.until_seen("'soon' is no instant")
        assert "soon" in desk.seen, "what was typed stands there still"
