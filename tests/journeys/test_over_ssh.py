"""Over a real sshd with a forced command: who it is, what is typed, and where one was survive a line that drops."""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from core.desk.commands import open_incident
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
from tests.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import House

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(
        not (Path(SSHD).exists() and shutil.which("ssh") and os.geteuid() == 0),
        reason="needs openssh-server and openssh-client, and root, which sshd asks for",
    ),
]
ME = pwd.getpwuid(os.getuid()).pw_name


class Line:
    """A server on loopback that lets one key in, to one command."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house, self.folder = house, folder
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
        words = shlex.join([sys.executable, "-m", "console", "--no-agent"])
        kept = ("WATCHFLOOR_HOME", "PYTHONPATH", "ORDERS_FRONT_PORT", "ORDERS_STORE_PORT")
        said = " ".join(f"{name}={shlex.quote(house.env[name])}" for name in kept)
        command = f"{said} LC_ALL=C.UTF-8 exec {words}".replace('"', '\\"')
        key = (folder / "user.pub").read_text()
        (folder / "authorized").write_text(f'restrict,pty,command="{command}" {key}')
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        (folder / "config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
            "StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nPidFile none\nAcceptEnv LOGNAME USER\n"
        )
        Path("/run/sshd").mkdir(
            exist_ok=True
        )  # sshd's own folder, which its package makes only when it is started
        self._server = subprocess.Popen([SSHD, "-D", "-f", folder / "config", "-E", folder / "log"])
        self.open: list[Terminal] = []
        house.wait(self._answers)

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def log_in(self, *words: str) -> Terminal:
        """Opens the line as a person would."""
        terminal = Terminal.start(
            ["ssh", "-tt", "-F", "none", "-p", str(self.port), "-i", self.folder / "user", "-o", "IdentitiesOnly=yes",
             "-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={self.folder}/known", "-o", "SendEnv=LOGNAME USER",
             f"{ME}@127.0.0.1", *words],
            size=(100, 30), env={"LOGNAME": "eve", "USER": "eve"},
        )  # fmt: skip
        self.open.append(terminal)
        return terminal

    def consoles(self) -> list[psutil.Process]:
        """Returns the consoles that sshd started."""
        children = psutil.Process(self._server.pid).children(recursive=True)
        return [child for child in children if "console" in " ".join(child.cmdline()[:4])]

    def end(self) -> None:
        """Closes every line and ends the server."""
        for terminal in self.open:
            terminal.close()
        for child in psutil.Process(self._server.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                child.terminate()
        self._server.terminate()
        self._server.wait(timeout=10)


@pytest.fixture
def line(house: House, tmp_path: Path) -> Iterator[Line]:
    folder = tmp_path / "ssh"
    folder.mkdir(mode=0o700)
    made = Line(house, folder)
    yield made
    made.end()


def at_home(terminal: Terminal) -> str:
    """Waits until the console over the line is open and takes keys."""
    terminal.wait_for("STALE no agent", "No component is declared", timeout_s=60)
    return terminal.wait_quiet()


def test_a_line_that_drops_loses_neither_place_nor_words(line: Line) -> None:
    first = line.log_in()
    at_home(first)
    first.press("6")
    first.wait_for("No corrective action yet")
    first.press("n")
    first.wait_for("new corrective action")
    first.wait_quiet()
    first.type_text("the queue has no")
    first.wait_for("the queue has no")
    (running,) = line.consoles()
    first.signal(signal.SIGKILL)  # the client is gone, as a laptop that is closed
    line.house.wait(lambda: not running.is_running())
    again = line.log_in()
    again.wait_for("No corrective action yet", timeout_s=60)
    again.press("n")
    again.wait_for("a draft was kept", "the queue has no")


def test_a_line_that_drops_loses_neither_filter_nor_marks(line: Line) -> None:
    store = Store.at(line.house.home / "watchfloor.db")
    for title in ("the till is slow", "the pump is loud", "the till is dark"):
        store.write(Author(ME, Via.CLI), open_incident, "", "shop", title, 3, Consent(Level.BOX))
    store.close()
    first = line.log_in()
    first.wait_for("STALE no agent", "? help", timeout_s=60)
    first.press("3")
    first.wait_for("3 of 3")
    first.wait_quiet()
    first.press("/")
    first.type_text("till")
    first.press("enter")
    first.wait_for("/till", "2 of 3")
    first.press("space")
    first.wait_for("1 marked")
    (running,) = line.consoles()
    first.signal(signal.SIGKILL)
    line.house.wait(lambda: not running.is_running())
    again = line.log_in()
    again.wait_for("as you left it: filter till, 1 marked", "1 marked", "/till", "2 of 3", timeout_s=60)


def test_over_the_line_the_operator_is_who_the_connection_says(line: Line) -> None:
    opened = line.log_in("watchfloor", "--view", "log")  # what is asked for is not what is forced
    text = at_home(opened)
    assert f" {ME} " in text.splitlines()[0]
    assert "eve" not in text
    opened.press("6")
    opened.wait_for("No corrective action yet")
    opened.press("n")
    opened.wait_for("new corrective action")
    opened.wait_quiet()
    opened.type_text("nobody looked at the queue")
    opened.wait_for("nobody looked at the queue")
    opened.press("f2")
    opened.wait_for("A-1")
    actors = {entry["actor"] for entry in line.house.data("log") if entry["kind"] == "action.drafted"}
    assert actors == {ME}
