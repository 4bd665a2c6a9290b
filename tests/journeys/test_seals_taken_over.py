"""Two real agents on a shared database: the one that seals is frozen, the other takes over in time, and none seals twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from core.desk.commands import note_incident, open_incident
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.journal.seals import SILENT_S
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.journeys.conftest import House
    from tests.postgres import Database, Server

pytestmark = pytest.mark.journey

ADA = Author("ada", Via.CLI, "cli")


class Site:
    """A shared database with two agents, each with the key as its service's credential, and Ada at work in it."""

    def __init__(self, house: House, database: Database) -> None:
        self.house, self.database, self.root = house, database, database.socket_url()
        house.env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
        house.run("admin", "create", "--db", self.root)
        for login, role in (("first", "agent"), ("second", "agent"), ("ada", "operator")):
            database.role(login, None, ["peer_users"])
            house.run("staff", "add", login, "--role", role, "--no-password", "--db", self.root)
        secrets = house.home / "credentials"
        secrets.mkdir()
        house.run("journal", "key", "--db", self.root, "--file", str(secrets / "watchfloor.sealing-key"))
        house.env["CREDENTIALS_DIRECTORY"] = str(secrets)
        self.ada = Store.at(database.socket_url("ada"))
        self.ada.write(ADA, open_incident, "", "shop", "the till does not answer", 2, Consent(Level.BOX))
        self.agents: dict[str, subprocess.Popen[bytes]] = {}

    def log_of(self, login: str) -> Path:
        return self.house.home / f"{login}.err"

    def watch(self, login: str) -> subprocess.Popen[bytes]:
        words = [
            "agent",
            "--db",
            self.database.socket_url(login),
            "--catalog",
            str(self.house.home / "catalog"),
        ]
        with self.log_of(login).open("wb") as errors:
            self.agents[login] = subprocess.Popen(
                [sys.executable, "-m", "console", *words, "--standby"], env=self.house.env,
                stdout=subprocess.DEVNULL, stderr=errors,
            )  # fmt: skip
        return self.agents[login]

    def seals(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.house.data("journal", "seals", "-n", "1000", "--db", self.root)
        return found

    def sealer(self) -> str:
        """Returns who was last given the duty of sealing."""
        entries = self.house.data("log", "-n", "1000", "--db", self.root)
        taken = [e["actor"] for e in entries if (e["kind"], e["subject"]) == ("lease.taken", "lease:seals")]
        return str(taken[-1]) if taken else ""

    def end(self) -> None:
        self.ada.close()
        for agent in self.agents.values():
            agent.send_signal(signal.SIGCONT)
            agent.terminate()
            agent.wait(timeout=30)


@pytest.fixture
def site(house: House, own_postgres_server: Server) -> Iterator[Site]:
    with own_postgres_server.fresh_database() as database:
        made = Site(house, database)
        yield made
        made.end()


def test_who_is_frozen_is_followed_within_two_lease_times_and_seals_nothing_when_it_wakes(site: Site) -> None:
    first = site.watch("first")
    site.house.wait(site.seals, timeout_s=60)
    site.watch("second")
    site.ada.write(ADA, note_incident, 1, "not sealed when it freezes")
    first.send_signal(signal.SIGSTOP)
    before = len(site.seals())
    site.house.wait(lambda: site.sealer() == "second", timeout_s=2 * SILENT_S)
    site.house.wait(lambda: len(site.seals()) > before, timeout_s=60)
    told = site.log_of("first").read_bytes()
    site.ada.write(ADA, note_incident, 1, "written while it sleeps")
    first.send_signal(signal.SIGCONT)
    assert first.wait(timeout=60) == 0
    assert b"journal sealed to" not in site.log_of("first").read_bytes()[len(told) :]
    second = site.agents["second"]
    second.terminate()
    assert second.wait(timeout=30) == 0
    seals = site.seals()
    assert [seal["n"] for seal in seals] == list(range(1, len(seals) + 1))
    assert [seal["first"] for seal in seals] == [1, *(seal["last"] + 1 for seal in seals[:-1])]
    assert all(seal["signed"] for seal in seals)
    assert site.sealer() == "second"
    assert "the journal holds" in site.house.run("journal", "verify", "--db", site.root).stdout
