"""CPU of one look: `python -m tests.bench.probes [PER_S] [SECONDS] [ROUNDS]` (default 200 a second for 5 s, 3 rounds).

A server in a process of its own answers on loopback. Looks go the whole way: the pools, then `prober.look`, each
over a new connection. Beside them stands the least a look can cost here: bare sockets on the same loop. The
machine may be shared, so each figure is the middle of its rounds, with the lowest and the highest.
"""

from __future__ import annotations

import asyncio
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from core.catalog.model import HttpTarget, TcpTarget
from core.monitoring.model import State
from core.monitoring.probes.context import ProbeContext
from core.monitoring.probes.factory import prober
from core.monitoring.probes.pools import Pools

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from core.catalog.model import Target

TARGETS = 200
WARM_UP = 100
TIMEOUT_S = 5.0
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\nConnection: close\r\n\r\nstatus ok\n"


class _Answer(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(ANSWER)
        self._transport.close()


async def serve() -> None:
    """Answers every request alike, and prints its port."""
    server = await asyncio.get_running_loop().create_server(_Answer, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def looks_at(targets: list[Target]) -> Callable[[int], Awaitable[bool]]:
    """Returns what looks at the n-th target and tells whether it was found well."""
    pools, context = Pools(), ProbeContext(Path())
    probers = [prober(target, context) for target in targets]

    async def look(number: int) -> bool:
        each = number % len(targets)
        reading = await pools.run(targets[each], lambda: probers[each].look(TIMEOUT_S))
        return reading.verdict is State.OK

    return look


def bare_sockets(port: int) -> Callable[[int], Awaitable[bool]]:
    """Returns the least that asks and hears an answer."""

    async def look(number: int) -> bool:
        loop = asyncio.get_running_loop()
        with socket.socket() as sock:
            sock.setblocking(False)
            async with asyncio.timeout(TIMEOUT_S):
                await loop.sock_connect(sock, ("127.0.0.1", port))
                await loop.sock_sendall(sock, b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % number)
                return (await loop.sock_recv(sock, 65536)).startswith(b"HTTP/1.1 200")

    return look


async def cpu_ms(look: Callable[[int], Awaitable[bool]], per_s: float, seconds: float) -> tuple[float, int]:
    """Returns the CPU milliseconds of this process for each look at a steady rate, and how many failed."""
    for number in range(WARM_UP):
        await look(number)
    count = int(per_s * seconds)
    cpu, began = time.process_time(), time.perf_counter()
    tasks = []
    for number in range(count):
        # Each has an instant of its own: a late one does not push the rest back.
        if (wait := began + number / per_s - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.ensure_future(look(number)))
    found = await asyncio.gather(*tasks)
    return (time.process_time() - cpu) / count * 1000, found.count(False)


def measure(port: int, per_s: float, seconds: float, rounds: int) -> None:
    """Prints a line for each kind, measured in turn, so that a busy minute hits all alike."""
    kinds: dict[str, Callable[[], Callable[[int], Awaitable[bool]]]] = {
        "bare sockets": lambda: bare_sockets(port),
        "tcp": lambda: looks_at([TcpTarget("127.0.0.1", port) for _ in range(TARGETS)]),
        "tcp on a name": lambda: looks_at([TcpTarget("localhost", port) for _ in range(TARGETS)]),
        "http": lambda: looks_at([HttpTarget(f"http://127.0.0.1:{port}/{n}") for n in range(TARGETS)]),
    }
    spent: dict[str, list[float]] = {name: [] for name in kinds}
    failed = dict.fromkeys(kinds, 0)
    for _ in range(rounds):
        for name, kind in kinds.items():

            async def one(kind: Callable[[], Callable[[int], Awaitable[bool]]] = kind) -> tuple[float, int]:
                return await cpu_ms(kind(), per_s, seconds)

            used, bad = asyncio.run(one())
            spent[name].append(used)
            failed[name] += bad
    for name, each in spent.items():
        print(
            f"{name:14} {statistics.median(each):.2f} ms CPU a look ({min(each):.2f} to {max(each):.2f}), "
            f"{per_s:g} a second for {seconds:g} s, {rounds} rounds, {failed[name]} failed"
        )


def main() -> None:
    """Prints the figures."""
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
        return
    per_s = float(sys.argv[1]) if len(sys.argv) > 1 else 200.0
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5.0
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.probes", "serve"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        measure(int(server.stdout.readline()), per_s, seconds, rounds)
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
