"""How fast logs are read: `python -m tests.bench.signals_reading [LINES]` (1,000,000).

A log of signing in, of which half the lines are refusals from many addresses, is read to its end as the agent reads it: from
the file, against every rule, and into an embedded database, with how far it was read. Lines a second and core are by the
processor's time of this process, without the writing of the file; memory is that of the process before and after. Then one
line is appended and followed into the database: from its writing until the row is there, without the agent's pause. Last a
console in a terminal, with its agent, shows the list of signals: from the writing of a line until its signal is on the screen.
"""

from __future__ import annotations

import gc
import getpass
import os
import random
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from console.agent import COLLECT_AFTER
from core.catalog.logs import LogSource
from core.journal.model import Via
from core.security.signals.following import FollowedLog
from core.security.signals.pages import Wanted, count
from core.security.signals.readers import kept_of
from core.security.signals.taking_in import DUTY, take_in
from core.store.lease import take_lease
from core.store.store import Store
from core.store.work import Author
from tests.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

AGENT = Author(getpass.getuser(), Via.AGENT, "bench")
PARTS = 4
"""The log is made in so many parts, so that making it needs little memory."""


def hostile(rng: random.Random, n: int, at: str) -> str:
    """Returns a line of a log under attack: half of the lines are refusals, from a few addresses and from very many."""
    roll = rng.random()
    address = (
        f"203.0.113.{rng.randrange(250)}"
        if roll < 0.2
        else f"198.{rng.randrange(256)}.{rng.randrange(256)}.7"
    )
    if roll < 0.35:
        said = f"Failed password for root from {address} port {rng.randrange(1024, 65535)} ssh2"
    elif roll < 0.5:
        said = f"Failed password for invalid user u{n % 5000} from {address} port {rng.randrange(1024, 65535)} ssh2"
    elif roll < 0.55:
        said = "Accepted publickey for deploy from 10.0.0.5 port 4000 ssh2: ED25519 SHA256:abcdefghijklmnop"
    elif roll < 0.75:
        return (
            f"{at} shop-1 CRON[{n}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)\n"
        )
    else:
        said = f"Connection closed by {address} port 4444 [preauth]"
    return f"{at} shop-1 sshd[{n}]: {said}\n"


def quiet(rng: random.Random, n: int, at: str) -> str:
    """Returns a line of a log on a usual day: one of a hundred is a refusal."""
    if rng.random() < 0.01:
        return (
            f"{at} shop-1 sshd[{n}]: Failed password for ana from 10.0.0.{rng.randrange(9)} port 4000 ssh2\n"
        )
    return f"{at} shop-1 CRON[{n}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)\n"


def make(path: Path, lines: int, line: Callable[[random.Random, int, str], str]) -> None:
    """Writes a log of so many lines, whose stamps end now."""
    rng = random.Random(1)
    first = datetime.now(UTC) - timedelta(seconds=0.2 * lines)
    with path.open("w") as file:
        for begin in range(0, lines, lines // PARTS):
            file.writelines(
                line(rng, n, f"{first + timedelta(seconds=0.2 * n):%b %d %H:%M:%S}")
                for n in range(begin, min(begin + lines // PARTS, lines))
            )


def read(store: Store, source: LogSource, token: int) -> FollowedLog:
    """Reads a log to its end into a database."""
    log = FollowedLog(source, store.read(kept_of, source.id))
    while (part := log.look(datetime.now(UTC))) is not None:
        log.kept_as(store.write(AGENT, take_in, token, DUTY, log.origin, part.raised, part.step))
    return log


def memory_mb() -> float:
    """Returns the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(folder: Path, name: str, lines: int, line: Callable[[random.Random, int, str], str]) -> None:
    """Makes one log, reads it, and prints what that cost."""
    path = folder / f"{name}.log"
    make(path, lines, line)
    size = path.stat().st_size / 1024 / 1024
    store = Store.at(folder / f"{name}.db")
    token = store.write(AGENT, take_lease, DUTY, "bench")
    source = LogSource(name, "auth", "auth", str(path), host="shop-1")
    before, begun, used = memory_mb(), time.monotonic(), time.process_time()
    log = read(store, source, token)
    used, took = time.process_time() - used, time.monotonic() - begun
    today = datetime.now(UTC).date()
    many = store.read(count, Wanted("x", today, "all"))
    print(
        f"  {name}: {lines:,} lines ({size:.0f} MB), {lines / used:,.0f} lines a second and core ({took:.1f} s in all), "
        f"{many} signals, memory {before:.0f} MB before and {memory_mb():.0f} MB at most"
    )
    spans = []
    for n in range(20):
        with path.open("a") as file:
            file.write(hostile(random.Random(n), n, f"{datetime.now(UTC):%b %d %H:%M:%S}"))
        begun = time.monotonic()
        part = log.look(datetime.now(UTC))
        assert part is not None
        log.kept_as(store.write(AGENT, take_in, token, DUTY, log.origin, part.raised, part.step))
        spans.append((time.monotonic() - begun) * 1000)
    print(
        f"    a line that is appended: {sorted(spans)[10]:.1f} ms until it is kept, at most {max(spans):.1f} ms"
    )
    store.close()


CATALOG = """
[[service]]
id = "shop"

[[log_source]]
id = "auth"
kind = "auth"
path = "{path}"
"""
SUDO = "{at:%Y-%m-%dT%H:%M:%S}+00:00 shop-1 sudo[7]:   {who} : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh\n"


def measure_live(folder: Path, lines: int = 12) -> None:
    """Prints how long it takes until a line that is written is a signal on a screen."""
    log, catalog, place = folder / "auth.log", folder / "catalog", folder / "live.db"
    log.touch()
    catalog.mkdir()
    (catalog / "c.toml").write_text(CATALOG.format(path=log))
    Store.at(place).close()
    env = {**os.environ, "WATCHFLOOR_HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[2])}
    words = ["--db", str(place), "--catalog", str(catalog), "--view", "signals"]
    desk = Terminal.start([sys.executable, "-m", "console", *words], size=(140, 40), env=env, cwd=folder)
    spans = []
    try:
        desk.wait_for("1 log read", timeout_s=60)
        for n in range(lines):
            begun = time.monotonic()
            with log.open("a") as file:
                file.write(SUDO.format(at=datetime.now(UTC), who=f"user-{n:02}"))
            desk.wait_for(f"user-{n:02}", timeout_s=30)
            spans.append(time.monotonic() - begun)
    finally:
        desk.close()
    print(
        f"  a live line is a signal on the screen: half within {sorted(spans)[lines // 2]:.2f} s, at most {max(spans):.2f} s"
    )


def main() -> None:
    """Measures both kinds of day."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)  # as the agent has it
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), "quiet", lines, quiet)
        measure(Path(folder), "hostile", lines, hostile)
        measure_live(Path(folder))


if __name__ == "__main__":
    main()
