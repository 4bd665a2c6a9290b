"""A list whose question is refused asks again by itself, ever less often, and shows the answer once there is one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from core.timekeeping import utc_now
from screens.patience import LONGEST_TICKS, Patience
from screens.read_list import ReadList
from screens.windowed import Windowed
from tests.screens.at_the_keys import Desk, desk_at
from tests.screens.scene import make_night

if TYPE_CHECKING:
    from pathlib import Path

    from core.catalog.model import Catalog

TICKS = 40


def nothing_more(catalog: Catalog) -> None:
    """Declares nothing beside the night's own."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return make_night(tmp_path, nothing_more)


def rename(place: Path, old: str, new: str) -> None:
    with closing(sqlite3.connect(place)) as one:
        one.execute(f"ALTER TABLE {old} RENAME TO {new}")


def pauses(patience: Patience, refusals: int) -> list[int]:
    """Returns how many ticks each of so many refusals is waited for."""
    found = []
    for _ in range(refusals):
        patience.refused()
        found.append(1)
        while not patience.is_over():
            found[-1] += 1
    return found


def test_each_refusal_doubles_the_pause_up_to_a_bound_and_an_answer_ends_it() -> None:
    patience = Patience()
    assert patience.is_over()
    assert pauses(patience, 8) == [1, 2, 4, 8, 16, LONGEST_TICKS, LONGEST_TICKS, LONGEST_TICKS]
    patience.refused()
    patience.answered()
    assert patience.is_over()
    assert pauses(patience, 2) == [1, 2]


async def quiet(desk: Desk) -> None:
    """Waits until nothing more is asked."""
    await desk.until(lambda: all(worker.is_finished for worker in desk.app.workers))


@pytest.mark.parametrize(
    ("view", "table", "reads"), [("ends", "suppression", "_read"), ("findings", "finding", "_asked")]
)
async def test_a_list_that_is_refused_asks_ever_less_often(
    place: Path, view: str, table: str, reads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    for kind in (ReadList, Windowed):
        if (real := vars(kind).get(reads)) is not None:

            async def counted(self: Any, *args: Any, real: Any = real) -> Any:
                asked.append(view)
                return await real(self, *args)

            monkeypatch.setattr(kind, reads, counted)
    async with desk_at(place, view) as desk:
        rename(place, table, "away")
        shown = desk.app.view
        assert isinstance(shown, (ReadList, Windowed))
        shown.read_anew() if isinstance(shown, ReadList) else shown.read_window()
        await quiet(desk)
        asked.clear()
        for _ in range(TICKS):
            shown.tick(utc_now())
            await quiet(desk)
        assert (
            3 <= len(asked) <= 8
        )  # it is asked for 5 times in 31 ticks; the console ticks beside these, too
        rename(place, "away", table)
        for _ in range(LONGEST_TICKS):
            shown.tick(utc_now())
            await quiet(desk)
        until_now = len(asked)
        for _ in range(TICKS):
            shown.tick(utc_now())
            await quiet(desk)
        assert len(asked) == until_now
