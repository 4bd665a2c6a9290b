"""The agent this console starts when none is in force: a child process that ends with the console."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from core.timekeeping import utc_now

if TYPE_CHECKING:
    from pathlib import Path

    from console.opening import Opening

LOOK_S = 2.0
STARTING_S = 15.0
"""An agent that was started has this long to take the lease."""


class AgentHost:
    """Keeps one agent in force for the embedded database."""

    def __init__(self, database: Path, catalog: Path, state: Path) -> None:
        self._database, self._catalog = database, catalog
        self._log = state / "agent.log"
        self._child: subprocess.Popen[bytes] | None = None
        self._frozen: list[subprocess.Popen[bytes]] = []
        self._started_at = 0.0

    async def keep_one_running(self, console: Opening) -> None:
        """Starts an agent whenever no live lease stands, until cancelled."""
        while True:
            agent = console.picture.vital.agent
            if agent is None or not agent.stands_at(utc_now()):
                await asyncio.to_thread(self._start)
            await asyncio.sleep(LOOK_S)

    def end(self) -> None:
        """Ends the agent started here, and waits until its lease is given up; one that is frozen is killed."""
        for frozen in self._frozen:
            if frozen.poll() is None:
                frozen.kill()
            frozen.wait()
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()

    def _start(self) -> None:
        running = self._child is not None and self._child.poll() is None
        if running and time.monotonic() - self._started_at < STARTING_S:
            return
        if running and self._child is not None:
            # It lives and does not beat: frozen. Where it thaws it finds itself replaced, and ends by itself.
            self._frozen.append(self._child)
        self._started_at = time.monotonic()
        self._log.parent.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable, "-m", "console", "agent", "--db", str(self._database), "--catalog", str(self._catalog),
            "--for-console", str(os.getpid()),
        ]  # fmt: skip
        with self._log.open("ab") as log, suppress(OSError):
            # In a session of its own: ctrl+c and ctrl+z in the terminal are the console's, not the agent's.
            self._child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/"
            )
