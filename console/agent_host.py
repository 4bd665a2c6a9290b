"""The agent this console starts when none is in force: a child process that ends with the console."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from console.connections.resolving import handed_over
from console.own_process import start_own
from console.signs import Hearing
from core.errors import WatchfloorError
from core.printable import printable
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from pathlib import Path

    from console.connections.place import Place
    from console.opening import Opening
    from core.store.lease import Lease, LeaseSight

LOOK_S = 2.0
STARTING_S = 15.0
"""An agent that was started has this long to give its first sign of life."""
FROZEN_S = 6.0
"""An agent started here that gives no sign for so long does nothing at all: another is started."""
LONGEST_PAUSE_S = 60.0
"""One that ends by itself again and again is started ever more rarely, at least this often."""
ENDING_S = 5.0
LAST_WORDS_BYTES = 2000


class AgentHost:
    """Keeps one agent in force for the embedded database."""

    def __init__(self, database: Place, catalog: Path, state: Path) -> None:
        self._database, self._catalog = database, catalog
        self._log = state / "agent.log"
        self._child: subprocess.Popen[bytes] | None = None
        self._hearing: Hearing | None = None
        self._frozen: list[subprocess.Popen[bytes]] = []
        self._started_at = 0.0
        self._pause_s = 0.0
        self._not_started = ""
        self._child_ended = asyncio.Event()
        self._starting = threading.Lock()
        self._is_over = False

    async def keep_one_running(self, console: Opening) -> None:
        """Starts an agent whenever none stands, until cancelled; says why one it started ended."""
        try:
            await self._keep_one_running(console)
        finally:
            self._hear(None)

    async def _keep_one_running(self, console: Opening) -> None:
        assert console.agents_seen is not None
        seen = console.agents_seen.home
        stood = False
        while True:
            self._child_ended.clear()
            if self._held_by_the_dead(seen.held):
                seen.note_death()
                console.judge_freshness()
            works = self._is_running() and self._gives_signs()
            if seen.stands:
                stood, self._pause_s = True, 0.0
                console.pin_agent("")
            elif stood and seen.held is not None and not seen.held.is_given_up and not seen.is_known_dead:
                stood = False  # this console may itself have slept: the next look tells
            elif why := await self._why_silent(seen.held, works=works):
                console.pin_agent(f"no agent can be in force: {why}")
            elif not works and time.monotonic() - self._started_at >= self._pause_s:
                stood = False
                await self._start_another(console, seen)
            await self._until_it_ends(LOOK_S)

    def end(self) -> None:
        """Ends the agents started here, and waits until the lease is given up; one that is frozen is killed."""
        with self._starting:
            self._is_over = True
            children = [*self._frozen, *filter(None, [self._child])]
        for child in children:
            if child.poll() is None:
                child.terminate()
        ends = time.monotonic() + ENDING_S
        for child in children:
            try:
                child.wait(timeout=max(ends - time.monotonic(), 0.0))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _hear(self, hearing: Hearing | None) -> None:
        former, self._hearing = self._hearing, hearing
        if former is not None:
            former.close()

    def _gives_signs(self) -> bool:
        return self._hearing is not None and self._hearing.listen(FROZEN_S)

    async def _why_silent(self, held: Lease | None, *, works: bool) -> str:
        """Returns why the agent that runs, for all that is known, cannot beat; nothing when nothing hinders it.

        The one started here says so itself. Where another's is silent, it is tried whether one could write at all.
        """
        if works and self._hearing is not None:
            return self._hearing.trouble
        if self._child is None and held is not None and not held.is_given_up:
            return await asyncio.to_thread(self._why_unwritable)
        return ""

    def _why_unwritable(self) -> str:
        """Returns why the database cannot be written now, so that another agent would be as silent; nothing if it can."""
        from core.store.store import Store

        try:
            store = Store.at(self._database.target)
            try:
                store.check_writable()
            finally:
                store.close()
        except WatchfloorError as error:
            return str(error)
        return ""

    def _is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def _held_by_the_dead(self, held: Lease | None) -> bool:
        """Tells whether the holder is the agent started here, which has ended."""
        child = self._child
        if held is None or child is None or child.poll() is None:
            return False
        return (held.info.get("host"), held.info.get("pid")) == (socket.gethostname(), child.pid)

    async def _start_another(self, console: Opening, seen: LeaseSight) -> None:
        why = await asyncio.to_thread(self._why_ended)
        if why:
            self._pause_s = min(max(2 * self._pause_s, 2 * LOOK_S), LONGEST_PAUSE_S)
            console.pin_agent(f"{why}; it is started again, at the latest after {self._pause_s:.0f} s")
        over, held = "", seen.held
        if held is not None and not held.is_given_up:
            # A dead child's last beat may not have been read yet; of others only the beat watched here is known.
            over = str(held.token) if seen.is_known_dead else f"{held.token}@{to_micros(held.beat_at)}"
        await asyncio.to_thread(self._start, over, asyncio.get_running_loop())

    def _why_ended(self) -> str:
        """Returns how the agent started here ended, with the last words of one that failed; nothing while it runs."""
        code = self._child.poll() if self._child is not None else None
        if code is None:
            return self._not_started
        if code < 0:
            return f"the agent was killed ({signal.Signals(-code).name})"
        if code == 0:
            return "the agent was ended"
        try:
            with self._log.open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - LAST_WORDS_BYTES))
                lines = log.read().decode(errors="replace").strip().splitlines()
        except OSError as error:
            lines = [f"its log cannot be read: {error}"]
        return f"the agent ended with {code}: {printable(lines[-1] if lines else 'no words', 200)}"

    def _start(self, over: str, loop: asyncio.AbstractEventLoop) -> None:
        """Starts an agent, unless the end has begun meanwhile: then nobody would end it."""
        words = [
            "--catalog", str(self._catalog), "--for-console",
            *(["--over", over] if over else []),
        ]  # fmt: skip
        with self._starting:
            if self._is_over:
                return
            if self._child is not None and self._is_running():
                # It lives and gives no sign: frozen. Where it thaws it finds itself replaced, and ends by itself.
                self._frozen.append(self._child)
            self._started_at = time.monotonic()
            hearing = Hearing(STARTING_S)
            self._hear(hearing)
            try:
                self._log.parent.mkdir(parents=True, exist_ok=True)
                with self._log.open("ab") as log, handed_over(self._database) as (place, inherits):
                    self._child = start_own(
                        "agent", *place, *words, out=hearing.into, errors=log, inherits=inherits
                    )
                self._not_started = ""
            except OSError as error:
                self._child, self._not_started = None, f"no agent can be started: {error}"
                return
            finally:
                hearing.begin()
        threading.Thread(target=self._await_end, args=(self._child, loop), daemon=True).start()

    def _await_end(self, child: subprocess.Popen[bytes], loop: asyncio.AbstractEventLoop) -> None:
        child.wait()
        with suppress(RuntimeError):  # the loop has ended, and this console with it
            loop.call_soon_threadsafe(self._child_ended.set)

    async def _until_it_ends(self, at_most_s: float) -> None:
        # asyncio.wait_for would lose a cancellation that comes as the child ends.
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most_s):
                await self._child_ended.wait()
