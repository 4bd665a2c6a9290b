"""From a commit in one process to another process that has read it: `python -m tests.bench.feed [CONSOLES]`.

A writer commits about twenty entries a second; readers follow with the feed of a console (and its pace, so that a
hundred commits a second are a few looks). Prints milliseconds from the instant the commit was acknowledged to the
entry in the reader's hands, on both databases; with CONSOLES, that many readers at a hundred entries a second, each a
process of its own: how far behind the last of them is, what one is resident, and what they and the server take of a
core while nothing is written.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from core.journal import queries as journal
from core.journal.model import Subject, Via
from core.store.feed import Feed, News
from core.store.postgresql.preparing import prepare
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.store.work import Author
from tests.postgres import running_server

if TYPE_CHECKING:
    from core.store.work import Work

ENTRIES = 300
EVERY_S = 0.05
CROWD_EVERY_S = 0.01
SETTLING_S, IDLE_S = 3.0, 10.0
TRUSTED = "-cwatchfloor.trusted=told"
WRITER = Author("bench", Via.CLI, "bench")


def follow(place: str, pace_s: str) -> None:
    """Follows until standard input ends; prints each entry's note and when it was there (seconds since 1970)."""
    database = DatabaseThread(place)
    database.open().result()
    cursor = database.read(journal.newest).result()

    def tell(news: News[int]) -> None:
        now = time.time()
        print(*(f"{entry.note} {now}\n" for entry in news.entries), sep="", end="", flush=True)

    feed: Feed[int] = Feed(
        database, cursor, gather=lambda _, __: 0, tell=tell, fail=lambda _: None, pace_s=float(pace_s)
    )
    feed.start()
    print("ready", flush=True)
    sys.stdin.read()
    feed.stop()
    database.close()


def knock(work: Work, note: str) -> None:
    """Leaves one entry."""
    work.record("door.knocked", Subject("door", "1"), note=note)


@dataclass(frozen=True, slots=True)
class Figures:
    """What readers did: the milliseconds of each entry at each of them; the largest resident size of one, in MB; and
    the shares of a core that all of them together and the server (0 where there is none) took while nothing was written.
    """

    waits: list[float]
    resident: float
    idle: float
    server_idle: float


def measure(place: str, readers: int, every_s: float, pace_s: float, server: int = 0) -> Figures:
    """Has so many processes read while entries are written; `server` is the server's process."""
    words = [sys.executable, "-m", "tests.bench.feed", "follow", place, str(pace_s)]
    running = [
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(readers)
    ]
    seen: list[list[str]] = [[] for _ in running]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    hearing = [threading.Thread(target=_hear, args=pair) for pair in zip(running, seen, strict=True)]
    for thread in hearing:
        thread.start()
    store, committed = Store.at(place), list[float]()
    begin = time.time()
    for n in range(ENTRIES):
        time.sleep(max(0.0, begin + n * every_s - time.time()))
        store.write(WRITER, knock, str(n))
        committed.append(time.time())
    time.sleep(SETTLING_S)
    before = _cpu_s([process.pid for process in running]), _cpu_s(_family(server))
    time.sleep(IDLE_S)
    after = _cpu_s([process.pid for process in running]), _cpu_s(_family(server))
    idle, server_idle = ((late - early) / IDLE_S for early, late in zip(before, after, strict=True))
    resident = max(psutil.Process(process.pid).memory_info().rss for process in running) / 1e6
    for process in running:
        assert process.stdin is not None
        process.stdin.close()
    for process, thread in zip(running, hearing, strict=True):
        process.wait()
        thread.join()
    store.close()
    waits = [
        (float(at) - committed[int(note)]) * 1000
        for lines in seen
        for note, at in (line.split() for line in lines)
    ]
    if len(waits) != ENTRIES * readers:
        raise SystemExit(f"{ENTRIES * readers - len(waits)} entries were missed or doubled")
    return Figures(waits, resident, idle, server_idle)


def _family(pid: int) -> list[int]:
    """Returns a process and its children; nothing for 0."""
    return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))] if pid else []


def _cpu_s(pids: list[int]) -> float:
    """Returns the seconds of a core that processes took so far."""
    total = 0.0
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            times = psutil.Process(pid).cpu_times()
            total += times.user + times.system
    return total


def _hear(process: subprocess.Popen[str], into: list[str]) -> None:
    assert process.stdout is not None
    with process.stdout:
        into.extend(process.stdout)


def report(name: str, place: str, crowd: int, server: int = 0) -> None:
    """Prints one line for one reader at once, one at a console's pace, and one for a crowd."""
    for pace_s in (0.0, 0.066):
        waits = sorted(measure(place, 1, EVERY_S, pace_s).waits)
        pace = "at once" if not pace_s else "at a console's pace"
        print(
            f"{name}, {pace}: p50 {waits[len(waits) // 2]:.1f} ms, p99 {waits[int(len(waits) * 0.99)]:.1f} ms"
        )
    if crowd:
        crowded = measure(place, crowd, CROWD_EVERY_S, 0.066, server)
        print(
            f"{name}, {crowd} readers at {1 / CROWD_EVERY_S:.0f} entries a second: none more than {max(crowded.waits):.0f} ms "
            f"behind, each at most {crowded.resident:.0f} MB; while nothing is written all take {crowded.idle:.1%} of a core, "
            f"the server {crowded.server_idle:.1%}"
        )


def main() -> None:
    """Measures both databases."""
    if sys.argv[1:2] == ["follow"]:
        follow(*sys.argv[2:])
        return
    crowd = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "feed.db")
        Store.at(place).close()
        report("SQLite", place, crowd)
    with running_server(fsync="on") as server, server.fresh_database() as database:
        prepare(database.socket_url())
        report("PostgreSQL", database.socket_url(options=TRUSTED), crowd, server.pid)


if __name__ == "__main__":
    main()
