"""What a console looks like while others are here, on a small terminal and on a wall, against pictures kept of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.improvement.commands import revise_action
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
from screens.boxes.both import BothBox
from screens.widgets.glyphs import ASCII
from tests.screens.scene import console, settle_in
from tests.screens.two_consoles import BEN, box_of, editing, is_open, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

EVE = Author("eve", Via.CONSOLE, "console:watch-4:1:cccc")
KIM = Author("kim", Via.CONSOLE, "console:watch-5:1:dddd")
SIZES = pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])


OPENED = {
    "incidents": "I-2", "incident": "I-2", "home": "incidents I-2", "board": "orders-files-001",
    "component": "orders-files-001", "runs": "PR-1", "run": "PR-1",
}  # fmt: skip


@SIZES
@pytest.mark.parametrize("view", OPENED)
def test_others_who_have_something_open(
    night: Path, snap_compare: Callable[..., bool], view: str, size: tuple[int, int]
) -> None:
    store = Store.at(night)
    is_open(store, "incident", "I-2", "incident.resolve:I-2")
    is_open(store, "incident", "I-2", author=BEN)
    is_open(store, "component", "orders-files-001", author=EVE)
    is_open(store, "run", "PR-1", author=KIM)
    store.close()

    async def look(pilot: Pilot[int]) -> None:
        await settle_in(pilot, "incidents")
        pilot.app.go_to(view, OPENED[view])  # type: ignore[attr-defined]
        await settle_in(pilot, view)

    assert snap_compare(console(night, "incidents"), terminal_size=size, run_before=look)


@SIZES
def test_a_box_in_which_somebody_else_writes(
    night: Path, snap_compare: Callable[..., bool], size: tuple[int, int]
) -> None:
    store = Store.at(night)
    is_open(store, "actions", "", "action:A-1")
    store.close()

    async def look(pilot: Pilot[int]) -> None:
        await editing(pilot.app, pilot)  # type: ignore[arg-type]

    assert snap_compare(console(night, "actions"), terminal_size=size, run_before=look)


@SIZES
def test_both_texts(night: Path, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    async def look(pilot: Pilot[int]) -> None:
        await editing(pilot.app, pilot, cause="nobody looked at the disk")  # type: ignore[arg-type]
        store = Store.at(night)
        store.write(
            BEN, revise_action, 1, {"cause": "the log was never rotated\nsince the move", "due": "2026-03-20"}
        )
        store.close()
        await pilot.press("f2")
        await box_of(pilot, BothBox)

    assert snap_compare(console(night, "actions"), terminal_size=size, run_before=look)


async def test_ascii_says_it_too(night: Path) -> None:
    store = Store.at(night)
    is_open(store, "incident", "I-2", "note:I-2")
    is_open(store, "incident", "I-1", author=BEN)
    store.close()
    app = console(night, "incidents")
    object.__setattr__(app.setup, "glyphs", ASCII)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle_in(pilot, "incidents")
        await until(pilot, lambda text: "& I-2" in text and "@ I-1" in text)
