"""A team on one server: an agent of its own, and people who come as who they are."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import House
    from tests.postgres import Database
    from tests.terminal import Terminal


class Team:
    """A prepared database with an agent and people, each coming through the server's socket as who they are."""

    def __init__(self, house: House, database: Database) -> None:
        self.house, self.database = house, database
        self.root = database.socket_url()
        house.run("admin", "create", "--db", self.root)
        for login, role in (("watcher", "agent"), ("ada", "operator"), ("bob", "lead")):
            database.role(login, None, ["peer_users"])
            house.run("staff", "add", login, "--role", role, "--no-password", "--db", self.root)
        self.agents = [self.watch("watcher")]

    def watch(self, login: str, *words: str, catalog: str | None = "catalog") -> subprocess.Popen[bytes]:
        """Starts an agent as a service would."""
        said = ["agent", "--db", self.database.socket_url(login), *words]
        if catalog:
            said += ["--catalog", str(self.house.home / catalog)]
        with (self.house.home / f"{login}.err").open("wb") as errors:
            return subprocess.Popen(
                [sys.executable, "-m", "console", *said],
                env=self.house.env,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    def console(self, login: str, *words: str) -> Terminal:
        return self.house.console("--db", self.database.socket_url(login), *words)

    def end(self) -> None:
        for agent in self.agents:
            agent.send_signal(signal.SIGCONT)
            agent.terminate()
            agent.wait(timeout=20)
