"""What a role does not allow is told before anything is typed: footer, help and palette know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.gate import people
from core.store.store import Store
from screens.tones import Tone
from screens.widgets.glyphs import UNICODE
from tests.screens.at_the_keys import desk_at
from tests.screens.scene import AGENT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.screens.at_the_keys import Desk

NOT_MINE = "your role viewer may not; operator may"


def staffed(night: Path, role: str) -> None:
    store = Store.at(night)
    store.write(AGENT, people.declare_staff, [("ana", "Ana", role), ("lena", "Lena", "lead")])
    store.close()


def bright(desk: Desk) -> str:
    """Returns the part of the footer that is not dimmed."""
    spans = desk.app.footer_lines(200, 1, UNICODE)[0]
    return "".join(text for text, tone in spans if tone is not Tone.GONE)


@pytest.mark.parametrize("key", ["O", "R", "C", "I", "X", "l", "P", "a", "t"])
async def test_no_box_opens_and_nothing_typed_for_it_is_done(night: Path, key: str) -> None:
    staffed(night, "viewer")
    async with desk_at(night, "incidents") as there:
        there.grid.go_to("I-2")
        await there.press(key)
        assert len(there.app.screen_stack) == 1
        assert there.said.endswith(f": {NOT_MINE}")


async def test_the_footer_shows_only_what_the_role_allows_in_colour(night: Path) -> None:
    staffed(night, "viewer")
    async with desk_at(night, "incidents") as there:
        there.grid.go_to("I-2")
        await there.press()
        assert "go" in bright(there)
        assert not {"ack", "take", "log", "resolve…"} & set(bright(there).split())


async def test_the_help_says_what_the_role_may_and_may_not(night: Path) -> None:
    staffed(night, "operator")
    async with desk_at(night, "actions", (100, 140)) as there:
        await there.press("question_mark")
        seen = " ".join(there.seen.split())
        assert "operator works the queues, runs the procedures" in seen
        assert "may unlocking OPERATE, going back to WATCH, acknowledging an incident" in seen
        assert "may not as lead may: " in seen, seen
        assert "closing a corrective action" in seen.partition("may not as lead may: ")[2]
        assert "may not as admin may: taking a text out for good, letting a person in" in seen
        assert "(not now: your role operator may not; lead may)" in seen


async def test_the_palette_says_it_too(night: Path) -> None:
    staffed(night, "viewer")
    async with desk_at(night, "incidents") as there:
        await there.press("colon")
        await there.write("incident.take")
        assert f"not now: {NOT_MINE}" in there.seen


async def test_another_role_counts_as_soon_as_an_entry_says_so(night: Path) -> None:
    staffed(night, "viewer")
    async with desk_at(night, "incidents") as there:
        there.grid.go_to("I-2")
        assert there.app.why_not("incident.take") == NOT_MINE
        staffed(night, "operator")
        await there.until(lambda: there.app.why_not("incident.take") is None)
        await there.press("t")
        await there.until_said("I-2")


async def test_who_is_not_named_among_the_staff_is_told_so(night: Path) -> None:
    store = Store.at(night)
    store.write(AGENT, people.declare_staff, [("lena", "Lena", "lead")])
    store.close()
    async with desk_at(night, "incidents") as there:
        there.grid.go_to("I-2")
        assert there.app.why_not("incident.take") == "you have no role here; operator may"
