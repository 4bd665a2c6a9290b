"""Maintenance windows worked from the keyboard, on a real database, at an instant that stands still."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.operations.windows.commands import Plan, plan_window
from core.operations.windows.model import Scope, Window
from core.operations.windows.queries import one_window
from core.store.store import Store
from tests.screens.at_the_keys import desk_at
from tests.screens.desk_scene import BEN, BOX
from tests.screens.scene import NOW, make_night, stand_still

if TYPE_CHECKING:
    from pathlib import Path

BEGINS = NOW + timedelta(hours=1, seconds=3)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A night in which a window is to begin in an hour, not at a full minute."""
    stand_still(monkeypatch)
    made = make_night(tmp_path)
    store = Store.at(made, now=lambda: NOW)
    plan = Plan(Scope(("orders-files-001",)), BEGINS, BEGINS + timedelta(hours=2), "ben", "a new disk")
    store.write(BEN, plan_window, plan, BOX)
    store.close()
    return made


def planned(place: Path) -> Window:
    store = Store.at(place)
    found = store.read(one_window, 1)
    store.close()
    return found


async def test_what_is_left_as_it_stands_in_a_box_is_kept_to_the_second(place: Path) -> None:
    async with desk_at(place, "windows") as desk:
        await desk.at_list("windows", 1)
        await desk.press("D")
        await desk.until_seen("until when (UTC)")
        await desk.write("longer than thought")  # the first field with nothing in it
        await desk.press("shift+tab", "ctrl+u")
        await desk.write("4h")
        await desk.press("f2")
        await desk.until_seen("becomes")
        await desk.confirm("Change it")
        await desk.until(lambda: planned(place).version == 2)
    assert planned(place).begins_at == BEGINS
    assert planned(place).ends_at == BEGINS + timedelta(hours=4)
