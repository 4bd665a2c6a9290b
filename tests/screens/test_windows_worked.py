"""Maintenance windows worked from the keyboard, on a real database, at an instant that stands still."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.operations.windows.commands import Plan, plan_window
from core.operations.windows.model import Scope, Window
from core.operations.windows.queries import one_window
from core.store.store import Store
from screens.boxes.form import FormBox
from screens.widgets.typed_line import TypedLine
from tests.screens.at_the_keys import desk_at
from tests.screens.desk_scene import BEN, BOX
from tests.screens.scene import NOW, make_night, stand_still

if TYPE_CHECKING:
    from pathlib import Path

    from tests.screens.at_the_keys import Desk

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


def typed(desk: Desk) -> dict[str, str]:
    return {str(each.id).removeprefix("f-"): each.value for each in desk.app.screen.query(TypedLine)}


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
@pytest.mark.parametrize(
    ("field", "wrong", "right", "words"),
    [
        ("covers", "orders-fles-001", "orders-files-001", "there is no component"),
        ("owner", "zzz", "ana", "'zzz' is not declared as staff"), ("until", "40d", "2h", "it lasts longer than 31 days"),
    ],
)  # fmt: skip
async def test_what_cannot_be_planned_is_refused_in_the_box_at_its_field_and_what_was_typed_stays(
    place: Path, field: str, wrong: str, right: str, words: str, size: tuple[int, int]
) -> None:
    async with desk_at(place, "board", size) as desk:
        await desk.at_list("board", 24)
        await desk.press("M")
        await desk.until_seen("plan a maintenance window")
        await desk.write("a new disk")  # the first field with nothing in it
        desk.app.screen.query_one(f"#f-{field}").focus()
        await desk.press("ctrl+u")
        await desk.write(wrong)
        before = typed(desk)
        await desk.press("f2")
        await desk.until_seen(words)
        assert isinstance(desk.app.screen, FormBox)
        assert desk.app.screen.query_one(f"#f-{field}").has_focus
        assert typed(desk) == before
        assert "esc: leave, the draft is kept" in desk.seen
        await desk.press("ctrl+u")
        await desk.write(right)
        await desk.press("f2")
        await desk.until_seen("Plan it")
        await desk.confirm("Plan it")
        await desk.until_said("W-2")


async def test_an_end_that_a_window_cannot_be_given_is_refused_in_its_box(place: Path) -> None:
    async with desk_at(place, "windows") as desk:
        await desk.at_list("windows", 1)
        await desk.press("D")
        await desk.until_seen("until when (UTC)")
        await desk.write("longer than thought")
        await desk.press("shift+tab", "ctrl+u")
        await desk.write("40d")
        await desk.press("f2")
        await desk.until_seen("it lasts longer than 31 days")
        assert isinstance(desk.app.screen, FormBox)
        assert typed(desk)["text"] == "longer than thought"
        await desk.press("escape")
    assert planned(place).version == 1


@pytest.mark.parametrize("width", [80, 200])
async def test_what_goes_on_in_a_windows_details_stands_under_its_value(place: Path, width: int) -> None:
    store = Store.at(place, now=lambda: NOW)
    why = " ".join(["the disk is replaced by a larger one while nobody orders"] * 6)
    plan = Plan(Scope(("orders-files-001",)), BEGINS, BEGINS + timedelta(hours=3), "ben", why)
    store.write(BEN, plan_window, plan, BOX)
    store.close()
    async with desk_at(place, "windows", (width, 40)) as desk:
        await desk.at_list("windows", 2)
        desk.grid.go_to("W-2")
        await desk.until_seen(" why      the disk")
        seen = desk.seen.split("\n")
        first = next(n for n, line in enumerate(seen) if " why      the disk" in line)
        begins = seen[first].index("the disk")
        goes_on = seen[first + 1]
        assert goes_on[begins - 10 : begins] == " " * 10
        assert goes_on[begins] != " "
