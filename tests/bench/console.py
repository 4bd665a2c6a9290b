"""The console against a bare Textual program, and against its own size: `python -m tests.bench.console`.

Everything goes through a real pseudo-terminal. CPU is of the console's process alone; ratios are of one run.
"""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import statistics
import struct
import sys
import tempfile
import termios
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, Need
from core.journal.model import Via
from core.monitoring.commands import Change, record_changes
from core.monitoring.model import State, Status
from core.monitoring.watch import agent_of
from core.store.lease import beat, take_lease
from core.store.store import Store
from core.store.work import Author, Work
from core.timekeeping import utc_now
from tests.sample_catalog import sample_catalog
from tests.terminal import Terminal

BARE = """
import os
os.environ.update(TEXTUAL_FPS="15", TEXTUAL_ANIMATIONS="none")
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("ready")
Bare().run(mouse=False)
"""
AGENT = Author("agent", Via.AGENT, "bench")
KEYS = 90
"""Fewer than the smaller board has rows: at its end a key would change nothing."""


def own_cpu_s(pid: int) -> float:
    """Returns the CPU seconds of one process, without its children and threads that ended."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((each / "schedstat").read_text().split()[0]) for each in threads) / 1e9


def memory_mb(pid: int) -> float:
    """Returns resident memory of one process in megabytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def islands(components: int) -> Catalog:
    """Returns a catalog of copies of the same hundred components, so that only the number differs, not the rows."""
    catalog = sample_catalog(100, 1)
    first = dict(catalog.components)
    for turn in range(components // 100):
        for component in first.values():
            copy = _renamed(component, f"-{turn:02}")
            catalog.components[copy.id] = copy
    for name in first:
        del catalog.components[name]
    return catalog


def _renamed(component: Component, end: str) -> Component:
    needs = tuple(Need(tuple(name + end for name in need.of), need.at_least) for need in component.needs)
    return replace(component, id=component.id + end, needs=needs)


def make_database(folder: Path, components: int) -> Path:
    """Makes a database in which every component has a state and an agent beats."""
    place = folder / f"{components}.db"
    store = Store.at(place)
    catalog = islands(components)
    store.write(AGENT, load_catalog, catalog, directory="x", digest="x", changes=[])
    # Long ago: ages that tick every second would be measured otherwise, not an idle board.
    now = utc_now() - timedelta(hours=3)
    changes = [
        Change(Status(c.id, 0, State.OK, True, now, "2 probes ok"), c.service, c.title, 2)
        for c in catalog.components.values()
    ]
    store.write(AGENT, record_changes, changes)
    store.close()
    return place


class Beating:
    """Beats as the agent, and changes so many states a second, in a thread with a store of its own."""

    def __init__(self, place: Path, changes_per_s: int = 0) -> None:
        self._place, self._rate = place, changes_per_s
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        store = Store.at(self._place)
        held = store.read(agent_of)
        token = store.write(AGENT, take_lease, "agent", "bench", over=held)
        ids = [row[0] for row in store.read(lambda c: c.exec_driver_sql("SELECT id FROM component").all())]
        turn = 0
        while not self._ending.is_set():
            begun = time.monotonic()

            def one_tick(work: Work) -> None:
                beat(work, "agent", token)

            store.write(AGENT, one_tick)
            # Ten small writes a second, as an agent under storm makes them.
            for _ in range(10 if self._rate else 1):
                if self._rate:
                    states = []
                    for _ in range(self._rate // 10):
                        turn += 1
                        state = State.WARNING if turn // len(ids) % 2 == 0 else State.OK
                        name = ids[turn * 7919 % len(ids)]
                        states.append(
                            Change(Status(name, 0, state, True, utc_now(), f"turn {turn}"), "s", "t", 2)
                        )
                    store.write(AGENT, record_changes, states)
                    self._ending.wait(max(0.0, 0.1))
            self._ending.wait(max(0.0, 1.0 - (time.monotonic() - begun)))
        store.close()

    def end(self) -> None:
        """Stops."""
        self._ending.set()
        self._thread.join()


def start(place: Path | str, size: tuple[int, int], home: Path, view: str = "board") -> Terminal:
    """Starts the console without an agent of its own."""
    command = [sys.executable, "-m", "console", "--db", str(place), "--no-agent", "--view", view]
    return Terminal.start(command, size=size, env={"WATCHFLOOR_HOME": str(home), "SSH_CONNECTION": "x"})


def first_frame_cpu(command: list[str], mark: bytes, home: Path) -> float:
    """Returns the CPU seconds that the program had used when `mark` came from its terminal."""
    pid, master = pty.fork()
    if pid == 0:
        os.environ.update(WATCHFLOOR_HOME=str(home), SSH_CONNECTION="x", TERM="xterm-256color")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # compiling is part of installing, not of starting
        os.execv(command[0], command)
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    try:
        seen = b""
        while mark not in seen:
            seen += os.read(master, 65536)
        return own_cpu_s(pid)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(master)


def compare_starts(folder: Path, place: Path) -> None:
    """Prints first frame and live board against the bare program."""
    bare, first, board = [], [], []
    for _ in range(7):
        bare.append(first_frame_cpu([sys.executable, "-c", BARE], b"ready", folder))
        console = [sys.executable, "-m", "console", "--db", str(place), "--no-agent", "--view", "board"]
        first.append(first_frame_cpu(console, b"opening", folder))
        board.append(first_frame_cpu(console, b"1000 of 1000", folder))
    base = statistics.median(bare)
    print(f"bare Textual program, first frame: {base:.2f} s CPU")
    print(f"console, first frame: {statistics.median(first) / base:.2f} times that")
    print(f"console, live board of 1,000: {statistics.median(board) / base:.2f} times that")


def keys(place: Path, home: Path, components: int) -> tuple[float, float, float]:
    """Returns CPU milliseconds and bytes of one cursor key, and resident megabytes."""
    with start(place, (80, 24), home) as terminal:
        terminal.wait_for(f"{components} of {components}")
        terminal.wait_until(lambda text: "●" in text)
        time.sleep(2.0)
        cpu, sent = own_cpu_s(terminal.process.pid), terminal.bytes_written
        for _ in range(KEYS):
            terminal.press("j")
            time.sleep(0.03)
        return (
            (own_cpu_s(terminal.process.pid) - cpu) / KEYS * 1000, (terminal.bytes_written - sent) / KEYS, memory_mb(terminal.process.pid),
        )  # fmt: skip


def watch(place: Path, home: Path, size: tuple[int, int], seconds: float) -> tuple[float, float]:
    """Returns percent of a core and bytes a second of an untouched board."""
    with start(place, size, home) as terminal:
        terminal.wait_until(lambda text: " of " in text)
        time.sleep(3.0)
        cpu, sent, begun = own_cpu_s(terminal.process.pid), terminal.bytes_written, time.monotonic()
        time.sleep(seconds)
        spent = time.monotonic() - begun
        return (own_cpu_s(terminal.process.pid) - cpu) / spent * 100, (terminal.bytes_written - sent) / spent


def main() -> None:
    """Prints one line a figure."""
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        small, middle, large = (make_database(folder, n) for n in (100, 1000, 10_000))
        beating = Beating(middle)
        compare_starts(folder, middle)
        beating.end()
        beating = Beating(small)
        few = keys(small, folder, 100)
        beating.end()
        beating = Beating(large)
        many = keys(large, folder, 10_000)
        print(
            f"cursor key, 10,000 against 100 components: CPU {many[0] / few[0]:.2f} times, bytes {many[1] / few[1]:.2f} times"
        )
        print(
            f"cursor key at 80x24: {many[1]:.0f} bytes, {many[0]:.2f} ms CPU; resident with 10,000: {many[2]:.0f} MB"
        )
        for size in ((80, 24), (200, 50)):
            cpu, sent = watch(large, folder, size, 40)
            print(f"idle, agent beating, {size[0]}x{size[1]}: {cpu:.2f} % of a core, {sent:.0f} bytes/s")
        beating.end()
        beating = Beating(large, changes_per_s=100)
        cpu, sent = watch(large, folder, (80, 24), 20)
        print(f"100 changes a second on 10,000, 80x24: {cpu:.1f} % of a core, {sent:.0f} bytes/s")
        beating.end()


if __name__ == "__main__":
    main()
