"""From a commit in one process to another process that has read it: `python -m tests.bench.feed [CONSOLES]`.

A writer commits about twenty entries a second; readers follow with the feed of a console (and its pace, so that a
hundred commits a second are a few looks). Prints milliseconds from the instant the commit was acknowledged to the
entry in the reader's hands, on both databases; with CONSOLES, that many readers at a hundred entries a second, each a
process of its own: how far behind the last of them is, and what one is resident.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
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


def measure(place: str, readers: int, every_s: float, pace_s: float) -> tuple[list[float], float]:
    """Returns the milliseconds of each entry at each reader, and the largest resident size of one in MB."""
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
    time.sleep(3)
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
    return waits, resident


def _hear(process: subprocess.Popen[str], into: list[str]) -> None:
    assert process.stdout is not None
    with process.stdout:
        into.extend(process.stdout)


def report(name: str, place: str, crowd: int) -> None:
    """Prints one line for one reader at once, one at a console's pace, and one for a crowd."""
    for pace_s in (0.0, 0.066):
        waits = sorted(measure(place, 1, EVERY_S, pace_s)[0])
        pace = "at once" if not pace_s else "at a console's pace"
        print(
            f"{name}, {pace}: p50 {waits[len(waits) // 2]:.1f} ms, p99 {waits[int(len(waits) * 0.99)]:.1f} ms"
        )
    if crowd:
        crowded, resident = measure(place, crowd, CROWD_EVERY_S, 0.066)
        print(
            f"{name}, {crowd} readers at {1 / CROWD_EVERY_S:.0f} entries a second: none more than {max(crowded):.0f} ms "
            f"behind, each at most {resident:.0f} MB"
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
        report("PostgreSQL", database.socket_url(options=TRUSTED), crowd)


if __name__ == "__main__":
    main()
