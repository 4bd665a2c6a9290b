"""A text of several lines is shown with all of them, wherever it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk import commands as desk
from core.gate.model import Consent, Level
from core.improvement.commands import revise_action
from core.store.store import Store
from tests.screens.at_the_keys import desk_at
from tests.screens.scene import ANA

if TYPE_CHECKING:
    from pathlib import Path

FIRST, SECOND = "the first line of it", "the second line of it"
TEXT = f"{FIRST}\n{SECOND}"


def assert_under_each_other(seen: str) -> None:
    """Checks that the second line stands right below the first, at the same cell."""
    lines = seen.splitlines()
    at = next(n for n, line in enumerate(lines) if FIRST in line)
    assert lines[at + 1].index("the second") <= lines[at].index("the first")
    assert SECOND in lines[at + 1]


async def test_a_resolution_of_two_lines_stands_in_the_details_and_on_the_time_line(night: Path) -> None:
    store = Store.at(night)
    store.write(ANA, desk.resolve_incident, 2, TEXT, Consent(Level.BOX))
    store.close()
    async with desk_at(night, "incidents", (120, 40)) as there:
        there.grid.go_to("I-2")
        await there.press()
        assert f"resolution {FIRST}" in there.seen
        assert_under_each_other(there.seen)
        await there.press("enter")
        assert f"resolution {FIRST}" in there.seen
        assert there.seen.count(SECOND) == 2, there.seen
        assert_under_each_other(there.seen.partition("time line")[2])


async def test_a_note_of_two_lines_stands_on_the_time_line(night: Path) -> None:
    store = Store.at(night)
    store.write(ANA, desk.note_incident, 2, TEXT)
    store.close()
    async with desk_at(night, "incidents") as there:
        there.grid.go_to("I-2")
        await there.press("enter")
        assert_under_each_other(there.seen)
        assert f"{FIRST} …" not in there.seen, "nothing says that there is more, for it stands below"


async def test_a_corrective_action_shows_every_line_of_its_fields(night: Path) -> None:
    store = Store.at(night)
    store.write(ANA, revise_action, 1, {"cause": TEXT, "action": "none"}, None)
    store.close()
    async with desk_at(night, "actions", (100, 40)) as there:
        assert_under_each_other(there.seen)
