"""A command's transaction against the raw driver on a shared database, in one run: `python -m tests.bench.shared_store [far]`.

The raw driver updates one row and inserts one journal line of the same size, prepared, each statement a round trip,
unordered: two commits may stand in the journal in another order than they were given numbers. Ours (`full`) goes through
the gate, the version check, the rights and guards of an operator, the head row, the chain and the notification, and
changes one row, too. What the desk does beside that in the same transaction is measured as `desk`: a severity is set, and
the clocks of the incident are worked out anew and kept, on one of many incidents after the other. The server is a real
one, with fsync, on the same machine. All write in turn, for a second each, so that other work on the machine meets all
of them. Prints ratios of transactions per second: the median of all turns but the first.

With `far`, all go through a process that hands on what it gets 2.5 ms later, each way: a round trip of 5 ms. There one
more is measured, too: the raw driver with our two messages, its row locked and changed and its line inserted, but
without any order, which is what the same costs where nothing orders the writers.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

import psycopg

from core.desk import commands as desk
from core.gate.rights import Role
from core.journal.model import Via
from core.store.postgresql.preparing import group_of, prepare
from core.store.store import Store
from core.store.work import Author
from tests.bench.command_path import set_severity_alone
from tests.postgres import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgres import Database

SLICE_S = 1.0
ROUNDS = 9
WRITERS = (1, 4, 16)
EACH = 100
"""How many incidents each writer has, so that none has a longer history than an incident has."""
FAR_WAY_S = 0.0025
INSERT = "INSERT INTO journal (at, key, actor, kind, subject_kind, subject_id, body) VALUES (%s, %s, %s, %s, %s, %s, %s)"
AUTHOR = Author("bench", Via.CLI, "bench")


def raw(place: str, number: int) -> Iterator[None]:
    """Does one transaction of the raw driver after another, between two steps."""
    with psycopg.connect(place, options="-csearch_path=raw") as connection:
        for n in count():
            connection.execute(
                "UPDATE ticket SET severity = %s, version = version + 1 WHERE id = %s",
                (n % 4 + 1, number),
                prepare=True,
            )
            connection.execute(INSERT, line(number, n), prepare=True)
            connection.commit()
            yield


def brief(place: str, number: int) -> Iterator[None]:
    """Does the same in two messages: the row locked; the row changed, the line inserted, all committed."""
    with psycopg.connect(place, autocommit=True, options="-csearch_path=raw") as connection:
        cursor = psycopg.ClientCursor(connection)
        for n in count():
            cursor.execute("BEGIN; SELECT severity, version FROM ticket WHERE id = %s FOR UPDATE", (number,))
            _, version = cursor.set_result(-1).fetchone() or (0, 0)
            cursor.execute(
                f"UPDATE ticket SET severity = %s, version = %s WHERE id = %s; {INSERT}; COMMIT",
                (n % 4 + 1, version + 1, number, *line(number, n)),
            )
            yield


def full(place: str, number: int) -> Iterator[None]:
    """Goes the way of one of our commands after another, between two steps."""
    store = Store.at(place)
    for n in count():
        store.write(AUTHOR, set_severity_alone, own_incident(number, 0), n % 4 + 1)
        yield


def with_the_desk(place: str, number: int) -> Iterator[None]:
    """Carries out one command of the desk after another, between two steps."""
    store = Store.at(place)
    for n in count():
        store.write(AUTHOR, desk.set_severity, own_incident(number, n % EACH), n // EACH % 4 + 1)
        yield


def own_incident(writer: int, n: int) -> int:
    """Returns the number of a writer's incident `n`; the writer counts from one."""
    return (writer - 1) * EACH + n + 1


def line(number: int, n: int) -> tuple[object, ...]:
    """Returns one journal line."""
    key = f"{number}-{n}-{time.time_ns()}"
    return (time.time_ns(), key, "bench", "incident.severity_set", "incident", "1", "x" * 120)


def write(kind: str, place: str, number: str) -> None:
    """Writes for a slice at each line of standard input, and prints how many transactions that were."""
    steps = {"raw": raw, "brief": brief, "desk": with_the_desk, "full": full}[kind](place, int(number))
    next(steps)
    print("ready", flush=True)
    for _ in sys.stdin:
        end, n = time.perf_counter() + SLICE_S, 0
        while time.perf_counter() < end:
            next(steps)
            n += 1
        print(n, flush=True)


class Crew:
    """So many processes that write at once, whenever they are told to."""

    def __init__(self, kind: str, place: str, writers: int) -> None:
        command = [sys.executable, "-m", "tests.bench.shared_store", "write", kind, place]
        self._running = [
            subprocess.Popen([*command, str(n + 1)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for n in range(writers)
        ]
        self._answers()

    def rate(self) -> float:
        """Returns the transactions per second of one slice."""
        for process in self._running:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return sum(map(int, self._answers())) / SLICE_S

    def end(self) -> None:
        """Has them end."""
        for process in self._running:
            process.communicate()
            if process.returncode:
                raise SystemExit("a writer failed; what it said stands above")

    def _answers(self) -> list[str]:
        return [process.stdout.readline().strip() for process in self._running if process.stdout is not None]


def lay(database: Database) -> tuple[str, str]:
    """Makes both sets of tables with sixteen rows each; returns the addresses for the raw driver and for ours."""
    prepare(database.socket_url())
    agent = Store.at(database.socket_url(options="-cwatchfloor.trusted=on"))
    for n in range(max(WRITERS) * EACH):
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


async def hand_on(behind: str, before: str) -> None:
    """Listens on the socket `behind`, and hands on to `before` and back, each time FAR_WAY_S later."""

    async def one_way(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while part := await reader.read(65536):
            loop.call_later(FAR_WAY_S, writer.write, part)
        loop.call_later(FAR_WAY_S, writer.close)

    async def both_ways(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_unix_connection(before)
        await asyncio.gather(one_way(reader, there[1]), one_way(there[0], writer))

    async with await asyncio.start_unix_server(both_ways, behind) as server:
        print("ready", flush=True)
        await server.serve_forever()


@contextmanager
def far_from(database: Database) -> Iterator[Path]:
    """Gives the folder of a socket from which the server is FAR_WAY_S away."""
    with tempfile.TemporaryDirectory() as folder:
        name = f".s.PGSQL.{database.server.port}"
        words = [str(Path(folder) / name), str(database.server.folder / name)]
        command = [sys.executable, "-m", "tests.bench.shared_store", "hand_on", *words]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield Path(folder)
        finally:
            process.kill()
            process.communicate()


def compare(kinds: dict[str, str], writers: int) -> str:
    """Returns one line: how ours of `kinds`, each with its address, compare with the others."""
    crews = {kind: Crew(kind, place, writers) for kind, place in kinds.items()}
    rounds = [{kind: crew.rate() for kind, crew in crews.items()} for _ in range(ROUNDS + 1)][1:]
    for crew in crews.values():
        crew.end()
    said = []
    for ours in kinds.keys() & {"desk", "full"}:
        for theirs in kinds.keys() & {"raw", "brief"}:
            low, middle, high = statistics.quantiles(rates[ours] / rates[theirs] for rates in rounds)
            said.append(f"{ours} {middle:.2f} of {theirs}'s rate (half of the runs {low:.2f} to {high:.2f})")
    rates = [f"{kind} {statistics.median(rates[kind] for rates in rounds):.0f}" for kind in kinds]
    return f"{writers} writers: {'; '.join(said)}; {', '.join(rates)} transactions a second"


def main() -> None:
    """Prints one line for each number of writers."""
    if sys.argv[1:2] == ["hand_on"]:
        asyncio.run(hand_on(*sys.argv[2:]))
        return
    if sys.argv[1:2] == ["write"]:
        write(*sys.argv[2:])
        return
    with running_server(fsync="on") as server, server.fresh_database() as database:
        theirs, ours = lay(database)
        if sys.argv[1:] != ["far"]:
            for writers in WRITERS:
                print(compare({"raw": theirs, "desk": ours, "full": ours}, writers), flush=True)
            return
        with far_from(database) as folder:
            far_theirs, far_ours = (
                at.replace(quote_plus(str(server.folder)), quote_plus(str(folder))) for at in (theirs, ours)
            )
            for writers in WRITERS:
                print(
                    compare({"raw": far_theirs, "brief": far_theirs, "full": far_ours}, writers), flush=True
                )


if __name__ == "__main__":
    main()
