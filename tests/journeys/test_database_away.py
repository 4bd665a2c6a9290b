"""A console whose database cannot be used: one line that says so, in place of a traceback; back again, it goes on."""

from __future__ import annotations

import os
import re
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
    older = re.compile(r" STALE database away ([2-9]|\d\d)s  home ▸ Log ")
    desk.wait_until(lambda text: bool(older.match(text)))
    away.rename(place)
    desk.wait_until(lambda text: "STALE" not in text and "agent 0s" in text and "no longer" not in text)
    desk.press("ctrl+q")
    assert desk.wait_exit() == 0


def test_what_is_said_of_a_refused_command_is_true_before_and_after_the_database_is_back(
    house: House,
) -> None:
    place = house.home / "watchfloor.db"
    desk = house.console("--no-agent", "--view", "actions", size=(80, 24))
    desk.wait_for("No corrective action yet", timeout_s=60)
    desk.press("n")
    desk.wait_for("new corrective action")
    desk.wait_quiet()
    desk.type_text("nobody looked at the queue")
    desk.wait_for("nobody looked at the queue")
    away = place.rename(house.home / "away.db")
    desk.press("f2")
    said = desk.wait_until(
        lambda text: (
            "NOT done: nothing was changed" in text
            and "This console connects again by itself" in " ".join(text.split())
        )
    )
    words = " ".join(said.split())
    assert "is no longer at its place" in words
    assert "nothing was changed; what you typed is kept as a draft." in words
    assert "do it again" not in words
    assert "tried again" not in words
    away.rename(place)
    desk.wait_until(
        lambda text: "the database is back. What you asked for at " in text and "STALE no agent" in text,
        timeout_s=60,
    )
    assert "Z was NOT done; what you typed is kept as a draft" in " ".join(desk.text.split())
    assert "connects again" not in desk.text
    desk.press("n")
    desk.wait_for("a draft was kept", "nobody looked at the queue")
    desk.wait_quiet()
    desk.press("f2")
    desk.wait_for("A-1")
    assert [entry["kind"] for entry in house.data("log")] == ["action.drafted"]


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
