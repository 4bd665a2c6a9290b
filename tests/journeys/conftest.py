"""A house of one's own for each journey: real files, real processes on free ports, a real terminal."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.postgres import Server

ROOT = Path(__file__).parent.parent.parent
THRESHOLDS = 7
"""So many the starter's catalog has for this machine, beside that of its clock."""


class House:
    """A starter service system in a folder, and the commands to work with it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        front, store = free_ports()
        self.env = {
            **os.environ, "WATCHFLOOR_HOME": str(home), "ORDERS_FRONT_PORT": str(front), "ORDERS_STORE_PORT": str(store),
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        for name in ("COLUMNS", "LINES"):  # they would stand above the size of the terminal
            self.env.pop(name, None)
        self.open: list[Terminal] = []
        self._is_waiting = self._was_asked_here = False

    def run(self, *words: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Runs a watchfloor command to its end and expects its exit code; with None any."""
        done = self._ask_here(*words) if self._is_waiting else self._run(*words)
        assert code in {None, done.returncode}, (words, done.returncode, done.stdout, done.stderr)
        return done

    def data(self, *words: str, code: int | None = 0) -> Any:
        """Returns what a command prints with --json."""
        return json.loads(self.run(*words, "--json", code=code).stdout)

    def orders(self, *words: str) -> None:
        """Runs the sample service's own command."""
        subprocess.run(
            [str(self.home / "catalog" / "orders"), *words], env=self.env, check=False, capture_output=True
        )

    def console(self, *words: str, size: tuple[int, int] = (100, 30), **env: str | None) -> Terminal:
        """Opens a console in a terminal."""
        terminal = Terminal.start(
            [sys.executable, "-m", "console", *words], size=size, env={**self.env, **env}, cwd=self.home
        )
        self.open.append(terminal)
        return terminal

    def wait(self, condition: Callable[[], Any], timeout_s: float = 40.0) -> Any:
        """Returns what `condition` gives once it gives something.

        The commands it runs are carried out in this process again and again until then, for a start costs more than
        the answer; what they said is believed when they say it once more as processes of their own.
        """
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            self._is_waiting, self._was_asked_here = True, False
            try:
                found = condition()
            finally:
                self._is_waiting = False
            if found and (not self._was_asked_here or (found := condition())):
                return found
            time.sleep(0.1)
        raise AssertionError(f"it did not come about within {timeout_s} s")

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "console", *words],
            env=self.env, capture_output=True, text=True, check=False, cwd=self.home,
        )  # fmt: skip

    def _ask_here(self, *words: str) -> subprocess.CompletedProcess[str]:
        from console.__main__ import main

        self._was_asked_here = True
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as here, redirect_stdout(out), redirect_stderr(err):
            for name, value in self.env.items():
                here.setenv(name, value)
            code = main(words)
        return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())

    def agent_pid(self) -> int:
        """Returns the process of the agent in force."""
        from core.monitoring.watch import agent_of
        from core.store.store import Store

        store = Store.at(self.home / "watchfloor.db")
        lease = store.read(agent_of)
        store.close()
        assert lease is not None
        return int(lease.info["pid"])

    def end(self) -> None:
        """Ends everything that was started."""
        for terminal in self.open:
            terminal.close()
        with suppress(Exception):
            os.kill(self.agent_pid(), signal.SIGTERM)
        if (self.home / "catalog" / "orders").exists():
            self.orders("stop")


def free_ports() -> tuple[int, int]:
    """Returns two ports nobody listens on now."""
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


def calm(machine: Path) -> None:
    """Has the catalog find nothing wrong with this machine, however busy or full it is: no journey is about that.

    Only its clock is judged as before: no load moves that.
    """
    text, found = re.subn(
        r'(metric = "(?!offset_ms)\w+"\n)(?:(?:warning|critical)\w* = .*\n)+',
        r'\1critical = "~:"\n',
        machine.read_text(),
    )
    assert found == THRESHOLDS
    machine.write_text(text)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty house with a catalog."""
    made = House(tmp_path / "home")
    made.home.mkdir()
    made.run("init")
    calm(made.home / "catalog" / "machine.toml")
    yield made
    made.end()


@pytest.fixture
def running(house: House) -> House:
    """A house whose sample service runs."""
    house.orders("start")
    return house


@pytest.fixture(params=["embedded", "shared"])
def database(request: pytest.FixtureRequest, house: House) -> Iterator[str]:
    """Where the house keeps its data: a file of its own, or an empty database on a server."""
    if request.param == "embedded":
        yield str(house.home / "watchfloor.db")
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.fresh_database() as made:
        yield made.socket_url()
