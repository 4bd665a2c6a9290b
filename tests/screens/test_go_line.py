"""What is typed behind `:` and names nothing is said to name nothing; the console goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.screens.at_the_keys import desk_at
from tests.screens.desk_scene import make_desk
from tests.screens.scene import settle_in, stand_still

if TYPE_CHECKING:
    from pathlib import Path

FAR = "9" * 23
"""Longer than any database looks up."""


@pytest.mark.parametrize(
    "line", ["action:nope", f"F-{FAR}", f"SG-{FAR}", f"G-{FAR}", f"RV-{FAR}", f"R-{FAR}"]
)
async def test_a_line_that_names_nothing_is_said_to(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_still(monkeypatch)
    async with desk_at(make_desk(tmp_path), "home") as desk:
        await desk.app.obey(line)
        await settle_in(desk.pilot, "home")
        assert f"nothing is called '{line}'" in desk.said


async def test_a_list_asked_for_a_number_too_long_looks_for_it_as_for_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_still(monkeypatch)
    async with desk_at(make_desk(tmp_path), "home") as desk:
        for name, letter in (("findings", "F"), ("signals", "SG"), ("access", "G")):
            await desk.app.obey(f"{name} {letter}-{FAR}")
            await settle_in(desk.pilot, name)
            assert desk.app.views[name].filter_text() == f"{letter}-{FAR}"
            assert list(desk.grid.model.rows) == []
