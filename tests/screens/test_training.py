"""The list of training worked from the keyboard, on a real database, at an instant that stands still."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import Catalog, Staff
from core.catalog.training import Training
from core.improvement.training.commands import record_training
from core.improvement.training.queries import completions
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
from tests.screens.at_the_keys import Desk, desk_at
from tests.screens.scene import NOW, make_night, settle_in, stand_still
from tests.screens.test_request_life import confirm, read, until

if TYPE_CHECKING:
    from pathlib import Path

LEE = Author("lee", Via.CONSOLE, "seat-lee")


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
    ana = Author("ana", Via.CONSOLE, "seat-ana")
    store.write(ana, record_training, "lee", "desk", date(2025, 3, 20), evidence="list 7")
    store.close()
    return found


async def seen(desk: Desk, words: str) -> None:
    await settle_in(desk.pilot, "training")
    await until(desk, lambda: words in desk.seen)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_what_is_missing_stands_first_and_says_why_it_is_asked(
    place: Path, size: tuple[int, int]
) -> None:
    async with desk_at(place, "training", size) as desk:
        await seen(desk, "expires 2026-03-20")
        assert "0 of 3 valid   1 missing   1 expired   1 within 30 days" in desk.seen
        assert list(desk.grid.model.rows)[:1] == ["ben desk"]
        assert "expired 2026-02-01" in desk.seen
        assert "has the role operator" in desk.seen


async def test_it_is_recorded_and_withdrawn_but_not_ones_own(place: Path) -> None:
    async with desk_at(place, "training", (120, 30)) as desk:
        await seen(desk, "missing")
        await desk.press("g", "n")
        await desk.pilot.pause(0.3)
        await desk.press("f2")
        await desk.until_said("TR-3: ben completed desk on 2026-03-01")
        await until(desk, lambda: "valid until 2027-02-28" in desk.seen)
        await desk.press("G", "K")
        await desk.pilot.pause(0.3)
        await desk.write("another Ben")
        await confirm(desk, "Withdraw")
        await desk.until_said("TR-3 withdrawn")
        await until(desk, lambda: "1 missing" in desk.seen)
    assert [each.is_withdrawn for each in read(place, completions)] == [True, False, False]


async def test_nobody_records_their_own(place: Path) -> None:
    async with desk_at(place, "training", (120, 30)) as desk:
        await seen(desk, "missing")
        await desk.press("g", "j", "n")
        await desk.pilot.pause(0.3)
        await desk.press("f2")
        await desk.until_said("nobody records their own training")
