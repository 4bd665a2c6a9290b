"""The agent at work: `python -m tests.bench.agent [PROBES] [EVERY_S] [SECONDS]` (default 2,000 at 10 s for 30 s).

A server in a process of its own answers HTTP and TCP on loopback; the real agent watches it, evaluation and
storage included. Prints CPU a probe, the share achieved, lateness in the agent's last minute, memory, and how
busy the machine was otherwise. With 60 s or more the lateness is that of the steady run; the first minute's has the
burst in which every component is heard of for the first time.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core.catalog.model import Catalog, Component, HttpTarget, Probe, Service, TcpTarget, Threshold
from core.monitoring.watch import agent_of
from core.store.store import Store
from tests.bench.console import memory_mb, own_cpu_s
from tests.catalog_files import write_catalog

WARM_UP_S = 15.0
WRITTEN_S = 3.0
"""What was looked at has surely been written after this long."""


async def serve() -> None:
    """Answers `ok` to every request, and prints its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n")
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # a TCP probe only connects
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def make_catalog(probes: int, every_s: float, port: int) -> Catalog:
    """Returns as many components with one probe each, HTTP and TCP in turn."""
    catalog = Catalog(services={"bench": Service("bench", "bench")})
    for n in range(probes):
        target = HttpTarget(f"http://127.0.0.1:{port}/{n}") if n % 2 else TcpTarget("127.0.0.1", port)
        limits = (Threshold("latency_ms", "0:500", "0:2000"),)
        name = f"c{n:05}"
        probe = Probe("look", target, every_s=every_s, timeout_s=min(5.0, every_s / 2), thresholds=limits)
        catalog.components[name] = Component(name, name, "bench", probes=(probe,))
    return catalog


def main() -> None:
    """Prints the figures."""
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
        return
    probes = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    every_s = float(sys.argv[2]) if len(sys.argv) > 2 else 10.0
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 30.0
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.agent", "serve"], stdout=subprocess.PIPE, text=True
        )
        assert server.stdout is not None
        port = int(server.stdout.readline())
        (folder / "catalog").mkdir()
        write_catalog(make_catalog(probes, every_s, port), folder / "catalog")
        command = [
            sys.executable, "-m", "console", "agent", "--db", str(folder / "w.db"), "--catalog", str(folder / "catalog"),
        ]  # fmt: skip
        Store.at(folder / "w.db").close()
        agent = subprocess.Popen(command, env={**os.environ, "WATCHFLOOR_HOME": str(folder)})
        try:
            measure(agent, folder / "w.db", probes, every_s, seconds)
        finally:
            agent.terminate()
            agent.wait()
            server.kill()
            server.wait()


def looks_until(store: Store, instant: float) -> int:
    """Returns how many looks had been made by an instant (seconds since 1970): by when they were made, not written.

    Rows are numbered as they come, and go on being so when an hour's are packed.
    """
    asked = "SELECT coalesce(max(rowid), 0) FROM sample_open WHERE at < ?"
    return int(store.read(lambda c: c.exec_driver_sql(asked, (int(instant * 1000),)).scalar_one()))


def measure(agent: subprocess.Popen[bytes], place: Path, probes: int, every_s: float, seconds: float) -> None:
    """Waits until all is under way, then measures."""
    while not place.exists() or agent.poll() is not None:
        time.sleep(0.2)
    time.sleep(2)
    store = Store.at(place)
    while (lease := store.read(agent_of)) is None or lease.info.get("probes") != probes:
        time.sleep(0.5)
    time.sleep(max(WARM_UP_S, every_s * 1.2))
    cpu, begun, memory = own_cpu_s(agent.pid), time.time(), memory_mb(agent.pid)
    time.sleep(WRITTEN_S)
    before = looks_until(store, begun)
    time.sleep(seconds - WRITTEN_S)
    ended, used, last_memory = time.time(), own_cpu_s(agent.pid) - cpu, memory_mb(agent.pid)
    lease = store.read(agent_of)
    time.sleep(WRITTEN_S)
    looks = looks_until(store, ended) - before
    store.close()
    info = lease.info if lease else {}
    print(
        f"{probes} probes at {every_s:g} s ({probes / every_s:.0f} a second): {used / looks * 1000:.2f} ms CPU a probe, "
        f"{looks / (ended - begun) / (probes / every_s) * 100:.1f} % achieved, lateness p50 {info.get('late_p50_ms')} ms "
        f"p99 {info.get('late_p99_ms')} ms, {info.get('skipped')} skipped; memory {memory:.0f} → {last_memory:.0f} MB; "
        f"load average {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
