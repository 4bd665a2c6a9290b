"""A command's transaction against the raw driver on a shared database, in one run: `python -m tests.bench.shared_store`.

The raw driver updates one row and inserts one journal line of the same size, prepared, each statement a round trip,
unordered: two commits may stand in the journal in another order than they were given numbers. Ours goes through the
gate, the version check, the rights and guards of an operator, the head row, the chain and the notification. The
server is a real one, with fsync, on the same machine. Prints ratios of transactions per second.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psycopg

from core.desk import commands as desk
from core.gate.rights import Role
from core.journal.model import Via
from core.store.postgresql.preparing import group_of, prepare
from core.store.store import Store
from core.store.work import Author
from tests.bench.store import begin_together
from tests.postgres import running_server

if TYPE_CHECKING:
    from tests.postgres import Database

SECONDS = 4.0
ROUNDS = 3
WRITERS = (1, 4, 16)
AUTHOR = Author("bench", Via.CLI, "bench")


def raw(place: str, number: int) -> int:
    """Returns how many transactions the raw driver did."""
    with psycopg.connect(place, options="-csearch_path=raw") as connection:
        begin_together()
        end, n = time.perf_counter() + SECONDS, 0
        while time.perf_counter() < end:
            connection.execute(
                "UPDATE ticket SET severity = %s, version = version + 1 WHERE id = %s",
                (n % 4 + 1, number),
                prepare=True,
            )
            connection.execute(
                "INSERT INTO journal (at, key, actor, kind, subject_kind, subject_id, body) VALUES (%s, %s, %s, %s, %s, %s, %s)",
                (
                    time.time_ns(),
                    f"{number}-{n}-{end}",
                    "bench",
                    "incident.severity_set",
                    "incident",
                    "1",
                    "x" * 120,
                ),
                prepare=True,
            )
            connection.commit()
            n += 1
    return n


def full(place: str, number: int) -> int:
    """Returns how many commands of ours were done."""
    store = Store.at(place)
    begin_together()
    end, n = time.perf_counter() + SECONDS, 0
    while time.perf_counter() < end:
        store.write(AUTHOR, desk.set_severity, number, n % 4 + 1)
        n += 1
    store.close()
    return n


def measure(kind: str, place: str, writers: int) -> float:
    """Has so many processes write at once; returns transactions per second."""
    command = [sys.executable, "-m", "tests.bench.shared_store", kind, place]
    running = [
        subprocess.Popen([*command, str(n + 1)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for n in range(writers)
    ]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    done = sum(int(process.communicate()[0]) for process in running)
    if any(process.returncode for process in running):
        raise SystemExit(f"a writer failed ({kind}, {writers} writers)")
    return done / SECONDS


def lay(database: Database) -> tuple[str, str]:
    """Makes both sets of tables with sixteen rows each; returns the addresses for the raw driver and for ours."""
    prepare(database.socket_url())
    agent = Store.at(database.socket_url(options="-cwatchfloor.trusted=on"))
    for n in range(max(WRITERS)):
        agent.write(AUTHOR, desk.raise_for_failure, f"c{n}", "s", "down", 2, cause=None)
    agent.close()
    with database.connect() as one:
        one.execute(
            "CREATE SCHEMA raw; CREATE TABLE raw.ticket (id int PRIMARY KEY, severity int, version int);"
            "CREATE INDEX ON raw.ticket (severity, id);"
            "CREATE TABLE raw.journal (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at bigint, key text UNIQUE, actor text,"
            " kind text, subject_kind text, subject_id text, body text);"
            "CREATE INDEX ON raw.journal (subject_kind, subject_id, seq);"
            "INSERT INTO raw.ticket SELECT n, 1, 1 FROM generate_series(1, 16) n"
        )
    database.role("bench", None, ["peer_users", group_of(database.name, Role.OPERATOR)])
    return database.socket_url(), database.socket_url("bench")


def main() -> None:
    """Prints one line for each number of writers."""
    if len(sys.argv) > 1:
        kind, place, number = sys.argv[1:]
        print({"raw": raw, "full": full}[kind](place, int(number)))
        return
    with running_server(fsync="on") as server, server.fresh_database() as database:
        theirs, ours = lay(database)
        for writers in WRITERS:
            rounds = [
                (measure("raw", theirs, writers), measure("full", ours, writers)) for _ in range(ROUNDS)
            ]
            ratios = [our / their for their, our in rounds]
            print(
                f"{writers} writers: {statistics.median(ratios):.2f} of the raw driver's rate "
                f"(runs {', '.join(f'{ratio:.2f}' for ratio in ratios)}; "
                f"{statistics.median(their for their, _ in rounds):.0f} and "
                f"{statistics.median(our for _, our in rounds):.0f} transactions a second)",
                flush=True,
            )


if __name__ == "__main__":
    main()
