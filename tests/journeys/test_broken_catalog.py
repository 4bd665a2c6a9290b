"""A catalog file is broken by hand while the house runs: said where, kept on screen, and nothing stops being watched."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from core.catalog.stillness import is_open_for_writing
from core.catalog.tables import catalog_item
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author, Work

if TYPE_CHECKING:
    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey

AUTHOR = Author("test", Via.CLI, "test")
REFUSED = "the last good one is in force"


def test_the_last_good_catalog_stays_in_force_until_it_is_mended(running: House) -> None:
    desk = running.console("--view", "board", size=(160, 40))
    desk.wait_until(lambda text: text.count("● OK") >= 8, timeout_s=60)
    file = running.home / "catalog" / "orders.toml"
    good = file.read_text()
    line = good[: good.index('probe = "http"')].count("\n") + 1 if 'probe = "http"' in good else 1
    broken = good.splitlines()
    broken.insert(line, 'title = "never closed')
    file.write_text("\n".join(broken) + "\n")
    desk.wait_for(f"orders.toml:{line + 1}", REFUSED, timeout_s=30)
    desk.press("9")
    desk.wait_for("[9 Log]", REFUSED)
    desk.press("1")
    running.orders("fault", "front", "kill")
    desk.wait_until(lambda text: "■ CRIT    orders-front" in text and REFUSED in text, timeout_s=40)
    late = running.console("--no-agent", "--view", "home", size=(160, 40))
    late.wait_for(f"orders.toml:{line + 1}", REFUSED)
    late.close()

    file.write_text(good.replace('warning = "500"', 'warning = "600"', 1))
    desk.wait_gone(REFUSED, timeout_s=30)
    desk.wait_for("■ CRIT    orders-front")
    entry = running.data("log", "kind:catalog.loaded", "-n", "1")[0]
    assert any("500" in text and "600" in text for text in entry["changes"]["differences"][1]), entry


def test_a_file_held_open_is_read_once_it_is_let_go_though_nothing_more_is_written(running: House) -> None:
    desk = running.console("--view", "board", size=(160, 40))
    desk.wait_until(lambda text: text.count("● OK") >= 8, timeout_s=60)
    with (running.home / "catalog" / "orders.toml").open("a") as held:
        if not is_open_for_writing(held.name):
            pytest.skip("this file system does not tell who writes")
        held.write("# held\n")
        held.flush()
        desk.wait_for("orders.toml", "is still being written", timeout_s=40)
    desk.wait_gone("is still being written", timeout_s=30)


def test_a_new_agent_goes_on_with_the_last_good_catalog(running: House) -> None:
    desk = running.console("--view", "board", size=(160, 40))
    desk.wait_until(lambda text: text.count("● OK") >= 8, timeout_s=60)
    first = running.agent_pid()
    (running.home / "catalog" / "worse.toml").write_text("[[component]]\nid = 7\n")
    desk.wait_for("worse.toml:", REFUSED, timeout_s=30)
    os.kill(first, signal.SIGKILL)
    desk.wait_until(lambda text: text.lstrip().startswith("STALE"), timeout_s=30)
    desk.wait_until(lambda text: not text.lstrip().startswith("STALE"), timeout_s=60)
    desk.wait_for(REFUSED)
    running.orders("fault", "front", "kill")
    desk.wait_until(lambda text: "■ CRIT    orders-front" in text, timeout_s=40)


def test_a_catalog_in_the_database_that_cannot_be_read_gives_way_to_the_files(running: House) -> None:
    running.console("--view", "board").wait_until(lambda text: text.count("● OK") >= 8, timeout_s=60)
    for desk in running.open:
        desk.press("ctrl+q")
        desk.wait_exit()
    store = Store.at(running.home / "watchfloor.db")
    store.write(AUTHOR, damage_definition, "orders-store")
    store.close()
    again = running.console("--view", "board")
    again.wait_until(lambda text: "STALE" not in text and text.count("● OK") >= 8, timeout_s=60)
    running.wait(lambda: "component orders-store" in (running.home / "state" / "agent.log").read_text())
    assert running.data("log", "kind:catalog.loaded", "-n", "1")


def damage_definition(work: Work, component: str) -> None:
    """Writes what a newer program might."""
    work.connection.execute(
        update(catalog_item)
        .where(catalog_item.c.kind == "component", catalog_item.c.id == component)
        .values(definition='{"id": 7}')
    )


def test_where_no_catalog_was_ever_in_force_none_is_claimed(house: House) -> None:
    (house.home / "catalog" / "worse.toml").write_text("[[component]]\nid = 7\n")
    desk = house.console("--view", "board", size=(160, 40))
    desk.wait_for("worse.toml:", "none is in force yet", timeout_s=60)
    assert REFUSED not in desk.text
