"""What can be done where, and what is said where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.desk import commands as desk
from core.desk.model import IncidentState
from core.desk.queries import one_incident
from core.store.store import Store
from tests.screens.scene import AGENT, make_night, stand_still
from tests.screens.test_by_keyboard import BROKEN, desk_at

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_still(monkeypatch)
    return make_night(tmp_path)


@pytest.mark.parametrize(("key", "label"), [("t", "take"), ("P", "severity")])
async def test_a_closed_incident_says_why_it_is_not_taken_and_how_to_open_it(
    night: Path, key: str, label: str
) -> None:
    async with desk_at(night, "incidents") as there:
        there.grid.go_to("I-1")
        await there.press(key)

        assert there.said == f"{label}: I-1 is closed; J opens it again"
        assert len(there.app.screen_stack) == 1


async def test_note_is_taken_of_what_cleared_while_nobody_looked(night: Path) -> None:
    store = Store.at(night)
    store.write(AGENT, desk.clear_after_recovery, BROKEN, cause=None)
    async with desk_at(night, "incidents") as there:
        assert "cleared !" in there.seen
        there.grid.go_to("I-2")
        await there.press("a")
        await there.until_said("I-2 acknowledged")

    found = store.read(one_incident, 2)
    store.close()
    assert (found.state, found.acknowledged_by) == (IncidentState.RESOLVED, "ana")
