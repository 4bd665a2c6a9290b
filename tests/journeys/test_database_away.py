"""A console whose database cannot be used: one line that says so, in place of a traceback; back again, it goes on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from core.store.store import Store

if TYPE_CHECKING:
    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey

PAGE = 4096


def test_a_damaged_database_ends_the_console_with_one_line(house: House) -> None:
    place = house.home / "watchfloor.db"
    Store.at(place).close()
    with place.open("r+b") as file:
        file.seek(6 * PAGE)
        file.write(os.urandom(place.stat().st_size - 6 * PAGE))
    desk = house.console("--no-agent", size=(160, 24))
    assert desk.wait_exit() == 3
    said = " ".join(
        desk.raw.decode().split()
    )  # the terminal of the tests does not put back what stood there before
    assert "watchfloor.db: is damaged. Stop all consoles, keep the file, restore the last backup" in said
    assert "Traceback" not in said


def test_a_database_taken_away_is_told_and_one_put_back_is_gone_on_with(house: House) -> None:
    place = house.home / "watchfloor.db"
    desk = house.console("--view", "log", size=(100, 30))
    desk.wait_for("catalog loaded", "agent 0s", timeout_s=60)
    away = place.rename(house.home / "away.db")
    desk.wait_until(
        lambda text: (
            text.lstrip().startswith("STALE database away")
            and "no agent can be in force" in text
            and "is no longer at its place" in " ".join(text.split())
        )
    )
    assert not place.exists()
    away.rename(place)
    desk.wait_until(lambda text: "STALE" not in text and "agent 0s" in text and "no longer" not in text)
    desk.press("ctrl+q")
    assert desk.wait_exit() == 0


def test_a_disk_mounted_for_reading_only_is_named(house: House) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write in every folder")
    Store.at(house.home / "watchfloor.db").close()
    house.home.chmod(0o500)
    try:
        desk = house.console("--no-agent", size=(160, 24))
        desk.wait_for("STALE database away", "nothing can be written in its folder")
    finally:
        house.home.chmod(0o700)
    desk.wait_for("Home", "? help")
