"""Every view as it looks on a small terminal and on a wall, against a picture kept of it.

After a wanted change of looks: `pytest tests/screens/test_pictures.py --snapshot-update`, and look at what changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.screens.scene import console, make_night, settle, settle_in, stand_still

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

VIEWS = {
    "home": "", "board": "orders-files-001", "component": "orders-files-001", "dependencies": "orders-files-001",
    "incidents": "I-1", "incident": "I-1", "runs": "PR-1", "run": "PR-1", "actions": "A-1", "log": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_night(tmp_path_factory.mktemp("night"))


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
@pytest.mark.parametrize("view", VIEWS)
def test_it_looks_as_it_did(
    night: Path,
    monkeypatch: pytest.MonkeyPatch,
    snap_compare: Callable[..., bool],
    view: str,
    size: tuple[int, int],
) -> None:
    stand_still(monkeypatch)

    async def look(pilot: Pilot[int]) -> None:
        await settle(pilot)
        pilot.app.go_to(view, VIEWS[view])  # type: ignore[attr-defined]
        await settle_in(pilot, view)

    assert snap_compare(console(night), terminal_size=size, run_before=look)
