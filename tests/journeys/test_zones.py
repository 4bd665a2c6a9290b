"""A house of two zones on one server: an agent for each, one of them killed, and what stands behind what across them."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.team import Team

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from tests.journeys.conftest import House
    from tests.postgres import Server

pytestmark = pytest.mark.journey

PLANT = "plant-2"


class Plants(Team):
    """A team whose orders service is in two zones: the store at home, front and worker in a plant."""

    def watch_plant(self, login: str, *words: str) -> subprocess.Popen[bytes]:
        """Starts an agent of the plant; it has no catalog of its own."""
        return self.watch(login, "--zone", PLANT, *words, catalog=None)

    def board(self, code: int | None = 0) -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in self.house.data("board", "--db", self.root, code=code)}

    def are_well(self) -> bool:
        """Tells whether store and front are seen to be ok; the worker beats for another database."""
        rows = self.board(code=None)
        return all(name in rows and rows[name]["state"] == "ok" for name in ("orders-store", "orders-front"))

    def agents_by_zone(self) -> dict[str, dict[str, Any]]:
        return {row["zone"]: row for row in self.house.data("agents", "--db", self.root, code=None)}


@pytest.fixture
def plants(running: House, own_postgres_server: Server) -> Iterator[Plants]:
    file = running.home / "catalog" / "orders.toml"
    text = file.read_text()
    for name in ("orders-front", "orders-worker"):
        text = text.replace(f'id = "{name}"\n', f'id = "{name}"\nzone = "{PLANT}"\n', 1)
    file.write_text(text + f'\n[[zone]]\nid = "{PLANT}"\ntitle = "The second plant"\n')
    with own_postgres_server.fresh_database() as database:
        made = Plants(running, database)
        for login in ("grower", "second"):
            database.role(login, None, ["peer_users"])
            running.run("staff", "add", login, "--role", "agent", "--no-password", "--db", made.root)
        yield made
        made.end()
        for terminal in running.open:
            terminal.close()


def test_a_zone_without_an_agent_is_stale_and_the_others_are_not(plants: Plants, running: House) -> None:
    desk = plants.console("ada", "--view", "board")
    desk.wait_until(
        lambda text: "STALE no plant-2 agent" in text and "● OK      orders-store" in text, timeout_s=60
    )
    assert plants.board(code=1)["orders-front"]["stale"]
    assert not plants.board(code=1)["orders-store"]["stale"]
    wrong = running.run("agent", "--zone", "plant-3", "--db", plants.database.socket_url("grower"), code=3)
    assert "has no zone 'plant-3'" in wrong.stderr
    assert 'Did you mean "plant-2"?' in wrong.stderr

    first = plants.watch_plant("grower")
    plants.agents.append(first)
    desk.wait_until(lambda text: "STALE" not in text and "● OK      orders-front" in text, timeout_s=60)
    by_zone = plants.agents_by_zone()
    assert (by_zone[""]["in_force"], by_zone[PLANT]["in_force"]) == (True, True)
    assert by_zone[PLANT]["pid"] == first.pid
    assert by_zone[PLANT]["components"] == 2

    first.send_signal(signal.SIGKILL)
    desk.wait_until(
        lambda text: (
            f"STALE {PLANT} agent silent" in text.split("\n")[0]
            and "○ STALE   orders-front" in text
            and f"○ zone {PLANT}: 2 not live" in text
            and "● OK      orders-store" in text
        ),
        timeout_s=60,
    )
    plants.agents.append(plants.watch_plant("second", "--standby"))
    desk.wait_until(lambda text: "STALE" not in text and "● OK      orders-front" in text, timeout_s=60)
    assert plants.agents_by_zone()[PLANT]["pid"] == plants.agents[-1].pid


def test_one_root_at_home_is_one_incident_for_what_needs_it_in_the_plant(
    plants: Plants, running: House
) -> None:
    plants.agents.append(plants.watch_plant("grower"))
    running.wait(plants.are_well, timeout_s=60)
    running.orders("fault", "store", "kill")
    found = running.wait(
        lambda: [
            i for i in running.data("incidents", "--db", plants.root)
            if set(i["affected"]) == {"orders-front", "orders-worker"}
        ],
        timeout_s=60,
    )  # fmt: skip
    assert [i["component"] for i in running.data("incidents", "--db", plants.root)] == ["orders-store"]
    assert found[0]["state"] == "open"
    board = plants.board()
    assert {board[name]["state"] for name in ("orders-front", "orders-worker")} == {"unreachable"}
    assert board["orders-front"]["unreachable_behind"] == ["orders-store"]
    running.orders("start", "store")
    running.wait(plants.are_well, timeout_s=90)
    assert [i["component"] for i in running.data("incidents", "--db", plants.root)] == ["orders-store"]
    entries = running.data("log", "-n", "1000", "--db", plants.root)
    wrote = {
        (e["subject"], e["actor"])
        for e in entries
        if e["kind"] == "component.changed" and "orders-" in e["subject"]
    }
    assert wrote == {
        ("component:orders-store", "watcher"), ("component:orders-front", "grower"), ("component:orders-worker", "grower"),
    }  # fmt: skip


def test_a_component_that_moves_to_another_zone_is_watched_there_from_then_on(
    plants: Plants, running: House
) -> None:
    plants.agents.append(plants.watch_plant("grower"))
    running.wait(plants.are_well, timeout_s=60)
    file = running.home / "catalog" / "orders.toml"
    file.write_text(file.read_text().replace(f'zone = "{PLANT}"\n', "", 1))
    running.wait(lambda: plants.board()["orders-front"]["zone"] == "", timeout_s=30)
    running.orders("fault", "front", "kill")
    running.wait(lambda: plants.board()["orders-front"]["state"] == "critical", timeout_s=60)
    entries = running.data("log", "subject:component:orders-front", "-n", "1000", "--db", plants.root)
    changed = [e["actor"] for e in sorted(entries, key=lambda e: e["id"]) if e["kind"] == "component.changed"]
    assert changed[0] == "grower"
    assert changed[-1] == "watcher"
    assert by_probes(plants) == {"": True, PLANT: True}


def by_probes(plants: Plants) -> dict[str, bool]:
    """Returns of each zone whether its agent watches something."""
    return {zone: bool(row["probes"]) for zone, row in plants.agents_by_zone().items()}
