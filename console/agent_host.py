"""The agent this console starts when none is in force: a child process that ends with the console."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from core.printable import printable
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from pathlib import Path

    from console.opening import Opening

LOOK_S = 2.0
STARTING_S = 15.0
"""An agent that was started has this long to take the lease."""
LONGEST_PAUSE_S = 60.0
"""One that ends by itself again and again is started ever more rarely, at least this often."""
LAST_WORDS_BYTES = 2000


class AgentHost:
    """Keeps one agent in force for the embedded database."""

    def __init__(self, database: Path, catalog: Path, state: Path) -> None:
        self._database, self._catalog = database, catalog
        self._log = state / "agent.log"
        self._child: subprocess.Popen[bytes] | None = None
        self._frozen: list[subprocess.Popen[bytes]] = []
        self._started_at = 0.0
        self._pause_s = 0.0
        self._not_started = ""

    async def keep_one_running(self, console: Opening) -> None:
        """Starts an agent whenever no live lease stands, until cancelled; says why one it started ended."""
        while True:
            agent = console.picture.vital.agent
            if agent is not None and agent.stands_at(utc_now()):
                self._pause_s = 0.0
            elif time.monotonic() - self._started_at >= self._pause_s or self._is_running():
                why = await asyncio.to_thread(self._why_ended)
                if why:
                    self._pause_s = min(max(2 * self._pause_s, 2 * LOOK_S), LONGEST_PAUSE_S)
                    console.say(
                        f"{why}; it is started again, at the latest after {self._pause_s:.0f} s", bad=True
                    )
                await asyncio.to_thread(self._start)
            await asyncio.sleep(LOOK_S)

    def _is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def _why_ended(self) -> str:
        """Returns the last words of an agent that failed; nothing when none did."""
        code = self._child.poll() if self._child is not None else None
        if not code or code < 0:
            return self._not_started  # running, ended as it should, or killed: the next start tells
        try:
            with self._log.open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - LAST_WORDS_BYTES))
                lines = log.read().decode(errors="replace").strip().splitlines()
        except OSError as error:
            lines = [f"its log cannot be read: {error}"]
        return f"the agent ended with {code}: {printable(lines[-1] if lines else 'no words', 200)}"

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
        running = self._is_running()
        if running and time.monotonic() - self._started_at < STARTING_S:
            return
        if running and self._child is not None:
            # It lives and does not beat: frozen. Where it thaws it finds itself replaced, and ends by itself.
            self._frozen.append(self._child)
        self._started_at = time.monotonic()
        command = [
            sys.executable, "-m", "console", "agent", "--db", str(self._database), "--catalog", str(self._catalog),
            "--for-console", str(os.getpid()),
        ]  # fmt: skip
        try:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            with self._log.open("ab") as log:
                # In a session of its own: ctrl+c and ctrl+z in the terminal are the console's, not the agent's.
                self._child = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/"
                )
            self._not_started = ""
        except OSError as error:
            self._child, self._not_started = None, f"no agent can be started: {error}"
