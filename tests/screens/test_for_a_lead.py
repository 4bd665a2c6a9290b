"""What only a lead may plan or widen is refused while the box is open, at the field that says for how long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import Staff, Threshold
from screens.boxes.form import FormBox
from screens.boxes.threshold import ThresholdBox
from screens.widgets.typed_line import TypedLine
from tests.screens.at_the_keys import desk_at, with_a_lead
from tests.screens.scene import make_night, stand_still

if TYPE_CHECKING:
    from pathlib import Path

    from core.catalog.model import Catalog
    from tests.screens.at_the_keys import Desk


def declare(catalog: Catalog) -> None:
    """Declares a lead, and who is at the keys as an operator; a threshold of every first probe."""
    with_a_lead(catalog)
    for name in ("ana", "ben"):
        catalog.staff[name] = Staff(name, name.title(), role="operator")
    for id_, found in catalog.components.items():
        probe = replace(found.probes[0], thresholds=(Threshold("latency_ms", "50", "200"),))
        catalog.components[id_] = replace(found, probes=(probe, *found.probes[1:]))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_still(monkeypatch)
    return make_night(tmp_path, declare)


async def fill(desk: Desk, **texts: str) -> None:
    """Writes into the fields of the box that is open."""
    for name, text in texts.items():
        desk.app.screen.query_one(f"#f-{name}").focus()
        await desk.press("ctrl+u")
        await desk.write(text)
    await desk.press("f2")


def typed(desk: Desk) -> dict[str, str]:
    return {str(each.id).removeprefix("f-"): each.value for each in desk.app.screen.query(TypedLine)}


async def test_a_long_window(place: Path) -> None:
    async with desk_at(place, "board", (80, 24)) as desk:
        await desk.at_list("board", 24)
        await desk.press("M")
        await desk.until_seen("plan a maintenance window")
        await fill(desk, until="26h", text="a new disk")
        await desk.until_seen("is for the role lead")
        assert isinstance(desk.app.screen, FormBox)
        assert desk.app.screen.query_one("#f-until").has_focus
        assert typed(desk)["text"] == "a new disk"


async def test_a_threshold_that_is_widened_for_long(place: Path) -> None:
    async with desk_at(place, "board", (200, 50)) as desk:
        await desk.at_list("board", 24)
        await desk.press("T")
        await desk.until_seen("as typed")
        await fill(desk, warning="90", until="26h", reason="a new disk")
        await desk.until_seen("is for the role lead")
        assert isinstance(desk.app.screen, ThresholdBox)
        assert desk.app.screen.query_one("#f-until").has_focus
        assert typed(desk)["reason"] == "a new disk"
