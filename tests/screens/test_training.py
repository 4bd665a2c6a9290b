"""The list of training worked from the keyboard, on a real database, at an instant that stands still."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import Catalog, Staff
from core.catalog.training import Training
from core.improvement.training.commands import record_training
from core.improvement.training.queries import completions
from core.store.store import Store
from tests.screens.at_the_keys import LEE, desk_at
from tests.screens.scene import ANA, NOW, make_night, read, stand_still

if TYPE_CHECKING:
    from pathlib import Path


def declare(catalog: Catalog) -> None:
    catalog.staff.clear()
    catalog.staff.update({
        "ana": Staff("ana", "Ana Silva", role="lead"), "ben": Staff("ben", "Ben"), "lee": Staff("lee", "Lee", role="lead"),
    })  # fmt: skip
    catalog.trainings["desk"] = Training("desk", "On the desk", roles=("operator", "lead"), months=12)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ben has none, lee's runs out soon, ana's is over."""
    stand_still(monkeypatch)
    found = make_night(tmp_path, declare)
    store = Store.at(found, now=lambda: NOW)
    store.write(LEE, record_training, "ana", "desk", date(2025, 2, 1))
    store.write(ANA, record_training, "lee", "desk", date(2025, 3, 20), evidence="list 7")
    store.close()
    return found


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_what_is_missing_stands_first_and_says_why_it_is_asked(
    place: Path, size: tuple[int, int]
) -> None:
    async with desk_at(place, "training", size) as desk:
        await desk.until_seen("expires 2026-03-20")
        assert "0 of 3 valid   1 missing   1 expired   1 within 30 days" in desk.seen
        assert list(desk.grid.model.rows)[:1] == ["ben desk"]
        assert "expired 2026-02-01" in desk.seen
        assert "has the role operator" in desk.seen


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_what_has_expired_ends_as_that_and_is_not_in_force(place: Path, size: tuple[int, int]) -> None:
    async with desk_at(place, "ends", size) as desk:
        await desk.until_seen("1 expired, not renewed")
        assert "0 past and still in force" in desk.seen
        assert "ended, still in force" not in desk.seen


async def test_it_is_recorded_and_withdrawn_but_not_ones_own(place: Path) -> None:
    async with desk_at(place, "training", (120, 30)) as desk:
        await desk.until_seen("missing")
        await desk.press("g", "n")
        await desk.pilot.pause(0.3)
        await desk.press("f2")
        await desk.until_said("TR-3: ben completed desk on 2026-03-01")
        await desk.until_seen("valid until 2027-02-28")
        await desk.press("G", "K")
        await desk.pilot.pause(0.3)
        await desk.write("another Ben")
        await desk.confirm("Withdraw")
        await desk.until_said("TR-3 withdrawn")
        await desk.until_seen("1 missing")
    assert [each.is_withdrawn for each in read(place, completions)] == [True, False, False]


async def test_nobody_records_their_own(place: Path) -> None:
    async with desk_at(place, "training", (120, 30)) as desk:
        await desk.until_seen("missing")
        await desk.press("g", "j", "n")
        await desk.pilot.pause(0.3)
        await desk.press("f2")
        await desk.until_said("nobody records their own training")
    assert [each.recorded_by for each in read(place, completions) if each.person == "ana"] == ["lee"]
