"""Faults at random moments on a shared database under load: `python -m tests.bench.rounds [N]` (100 rounds unless told).

Writers carry out real commands and print each key that was acknowledged; two holders of a lease write under its token.
Each round something is killed with -9 (a writer, a holder of the lease, the server itself), frozen (a holder), or a
session is ended in the middle of whatever it does. Afterwards: every acknowledged command is there exactly once, the
journal is gapless and its chain holds, state rows and entries agree, and the lease's tokens never went back.
Prints one line, and ends with code 1 if anything was wrong.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from core.desk import commands as desk
from core.desk.tables import incident
from core.errors import Unavailable, WatchfloorError
from core.journal import queries
from core.journal.chain import link
from core.journal.model import START, Subject, Via
from core.journal.tables import journal
from core.store.lease import LOST_S, LeaseLost, LeaseSight, beat, lease_of, take_lease
from core.store.postgresql.preparing import prepare
from core.store.store import Store
from core.store.work import Author
from tests.postgres import running_server

if TYPE_CHECKING:
    from core.store.work import Work
    from tests.postgres import Database, Server

SEED = 20
WRITERS, HOLDERS = 3, 2
DUTY = "bench"
TRUSTED = "-cwatchfloor.trusted=on"


def write(place: str, name: str) -> None:
    """Raises one incident after another until killed, whatever becomes of the server; prints each acknowledged key."""
    store, n, author = _opened(place), 0, Author(name, Via.CLI, name)
    while True:
        key = f"{name}-{n}"
        try:
            store.write(author, desk.raise_for_failure, key, "s", "down", 2, cause=None, key=key)
        except Unavailable:
            time.sleep(0.05)
            if not _settled(store, key):
                continue
        print(key, flush=True)
        n += 1


def _settled(store: Store, key: str) -> bool:
    """Returns whether a command whose end is not known was done; asks until somebody answers."""
    while True:
        with suppress(Unavailable):
            return store.committed(key)
        time.sleep(0.05)


def hold(place: str, name: str) -> None:
    """Takes the lease whenever its holder is dead, and works under its token until it is lost."""
    store, author, sight, token = _opened(place), Author(name, Via.AGENT, name), LeaseSight(), 0
    while True:
        with suppress(Unavailable):
            if not token:
                held = store.read(lease_of, DUTY)
                sight.look(held)
                if held is None or (sight.silent_s or 0) >= LOST_S:
                    token = store.write(author, take_lease, DUTY, name, over=held)
            else:
                try:
                    store.write(author, _work, token)
                except LeaseLost:
                    token = 0
        time.sleep(0.05)


def _work(work: Work, token: int) -> None:
    beat(work, DUTY, token)
    work.record("bench.worked", Subject("duty", DUTY), {"token": (None, token)})


def _opened(place: str) -> Store:
    while True:
        with suppress(WatchfloorError):
            return Store.at(place)
        time.sleep(0.05)


class Crew:
    """The processes at work, and what they were told."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.acknowledged: list[str] = []
        self.working: dict[str, subprocess.Popen[str]] = {}
        self.born = 0
        for _ in range(WRITERS):
            self.begin("write")
        for _ in range(HOLDERS):
            self.begin("hold")

    def begin(self, kind: str) -> None:
        """Starts one more."""
        self.born += 1
        name = f"{kind}-{self.born}"
        words = [sys.executable, "-m", "tests.bench.rounds", kind, self.place, name]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        self.working[name] = process
        Thread(target=self._hear, args=(process,), daemon=True).start()

    def _hear(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            self.acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]

    def kill(self, name: str) -> None:
        """Kills one and starts another in its place."""
        process = self.working.pop(name)
        process.kill()
        process.wait()
        self.begin(name.partition("-")[0])

    def end(self) -> None:
        """Kills all."""
        for process in self.working.values():
            process.kill()
            process.wait()


def fault(crew: Crew, server: Server, database: Database, chance: random.Random) -> str:
    """Does one thing to the crew or the server, and returns what."""
    what = chance.choice(["writer", "holder", "server", "session", "frozen"])
    if what == "server":
        server.kill()
        time.sleep(chance.uniform(0, 0.2))
        server.start(fsync="on")
    elif what == "session":
        with suppress(Exception), database.connect() as one:
            one.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid() "
                "ORDER BY random() LIMIT 2",
                (database.name,),
            )
    elif what == "frozen":
        name = chance.choice([name for name in crew.working if name.startswith("hold")])
        crew.working[name].send_signal(signal.SIGSTOP)
        Thread(target=_thaw, args=(crew.working[name],), daemon=True).start()
    else:
        kind = "write" if what == "writer" else "hold"
        crew.kill(chance.choice([name for name in crew.working if name.startswith(kind)]))
    return what


def _thaw(process: subprocess.Popen[str]) -> None:
    time.sleep(LOST_S + 2)
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGCONT)


def wrong_with(place: str, acknowledged: list[str]) -> tuple[list[str], int, int]:
    """Returns what is wrong, the number of entries, and how often the lease changed hands."""
    store, wrong = Store.at(place), []
    seq, before = START
    rows = store.read(lambda c: c.execute(select(journal).order_by(journal.c.seq)).all())
    keys = Counter(row.key for row in rows if row.key)
    for row in rows:
        texts = (row.actor, row.via, row.kind, row.subject_kind, row.subject_id, row.body)
        if row.seq != seq + 1:
            wrong.append(f"entry {seq + 1} is not there")
        if row.hash != link(before, row.seq, row.at, *texts, str(row.cause or ""), row.key or ""):
            wrong.append(f"the chain breaks at entry {row.seq}")
        seq, before = row.seq, row.hash
    wrong += [f"{key} is there {keys[key]} times" for key in acknowledged if keys[key] != 1]
    incidents = store.read(lambda c: c.scalar(select(func.count()).select_from(incident)))
    opened = sum(row.kind == "incident.opened" for row in rows)
    if incidents != opened:
        wrong.append(f"{incidents} incidents, {opened} entries that opened one")
    tokens = [
        entry.changes["token"][1]
        for row in rows
        if row.kind == "bench.worked" and (entry := store.read(queries.one, row.seq)) is not None
    ]
    if tokens != sorted(tokens):
        wrong.append("somebody wrote under a lease that had gone to another")
    store.close()
    return wrong, seq, len(set(tokens))


def main() -> None:
    """Does N rounds on one server."""
    if len(sys.argv) > 2:
        {"write": write, "hold": hold}[sys.argv[1]](*sys.argv[2:])
        return
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    chance, done = random.Random(SEED), Counter[str]()
    with running_server(fsync="on") as server, server.fresh_database() as database:
        prepare(database.socket_url())
        place = database.socket_url(options=TRUSTED)
        crew = Crew(place)
        for _ in range(rounds):
            time.sleep(chance.uniform(0.1, 1.2))
            done[fault(crew, server, database, chance)] += 1
        time.sleep(LOST_S * 2 + 2)
        crew.end()
        time.sleep(0.5)
        wrong, entries, hands = wrong_with(place, list(crew.acknowledged))
    said = ", ".join(f"{count} {what}" for what, count in sorted(done.items()))
    print(
        f"{rounds} rounds (seed {SEED}; {said}): {len(crew.acknowledged)} commands acknowledged, {entries} entries, "
        f"the lease in {hands} hands, {len(wrong)} faults",
        *wrong[:5],
    )
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
