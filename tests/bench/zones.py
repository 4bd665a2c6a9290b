"""A site of many components: `python -m tests.bench.zones [COMPONENTS] [ZONES] [EVERY_S] [SECONDS]` (50,000 in 5 at 60 s for 60 s).

One agent for each zone, and one at home that puts the catalog in force, all real processes on one real PostgreSQL;
one more agent stands by for the first zone. A server in a process of its own answers on loopback. Prints for each
agent CPU a look, what it achieved and how late; then the holder of the first zone is killed with SIGKILL, and it is
told how long the zone had no agent.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from core.catalog.model import Catalog, Service, Zone
from core.monitoring.watch import agents_of
from core.store.postgresql.preparing import prepare
from core.store.store import Store
from tests.bench.agent import make_catalog
from tests.bench.console import memory_mb, own_cpu_s
from tests.catalog_files import write_catalog
from tests.postgres import running_server

READY_S = 120.0


def site(components: int, zones: int, every_s: float, port: int) -> Catalog:
    """Returns a catalog whose components are shared out among zones, a service for each."""
    names = [f"plant-{n + 1}" for n in range(zones)]
    plain = make_catalog(components, every_s, port).components.values()
    return Catalog(
        services={name: Service(name, name) for name in names},
        zones={name: Zone(name, name) for name in names},
        components={
            c.id: replace(c, zone=names[n % zones], service=names[n % zones]) for n, c in enumerate(plain)
        },
    )


def main() -> None:
    """Prints the figures."""
    said = [float(word) for word in sys.argv[1:]]
    components, zones, every_s, seconds = (said + [50_000, 5, 60, 60][len(said) :])[:4]
    with ExitStack() as house:
        folder = Path(house.enter_context(tempfile.TemporaryDirectory()))
        answering = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.agent", "serve"], stdout=subprocess.PIPE, text=True
        )
        house.callback(answering.kill)
        assert answering.stdout is not None
        catalog = site(int(components), int(zones), every_s, int(answering.stdout.readline()))
        (folder / "catalog").mkdir()
        write_catalog(catalog, folder / "catalog")
        server = house.enter_context(running_server(fsync="on"))
        url = house.enter_context(server.fresh_database()).socket_url()
        prepare(url)
        agents: list[subprocess.Popen[bytes]] = []
        house.callback(end, agents)

        def start(*words: str) -> subprocess.Popen[bytes]:
            command = [sys.executable, "-m", "console", "agent", "--db", url, *words]
            agent = subprocess.Popen(
                command, env={**os.environ, "WATCHFLOOR_HOME": str(folder)}, stderr=subprocess.DEVNULL
            )
            agents.append(agent)
            return agent

        begun = time.monotonic()
        start("--catalog", str(folder / "catalog"))
        by_zone = {name: start("--zone", name) for name in catalog.zones}
        first = next(iter(by_zone))
        store = Store.at(url)
        house.callback(store.close)
        wait_until_all_look(store, set(by_zone), begun)
        start("--zone", first, "--standby")
        time.sleep(every_s * 1.2)
        measure(store, by_zone, int(components), every_s, seconds)
        take_over(store, first, by_zone[first])


def end(agents: list[subprocess.Popen[bytes]]) -> None:
    """Ends them all, and waits for that."""
    for agent in agents:
        agent.terminate()
    for agent in agents:
        agent.wait()


def wait_until_all_look(store: Store, zones: set[str], begun: float) -> None:
    """Waits until every zone's agent has its probes."""
    while time.monotonic() < begun + READY_S:
        held = store.read(agents_of)
        if all(zone in held and held[zone].info.get("probes") for zone in zones):
            print(f"every zone is watched {time.monotonic() - begun:.0f} s after the agents were started")
            return
        time.sleep(0.5)
    raise SystemExit("the agents did not begin")


def measure(
    store: Store,
    agents: dict[str, subprocess.Popen[bytes]],
    components: int,
    every_s: float,
    seconds: float,
) -> None:
    """Prints what each agent costs and achieves."""
    before, looked, begun = {z: own_cpu_s(a.pid) for z, a in agents.items()}, looks(store), time.monotonic()
    time.sleep(seconds)
    spent = time.monotonic() - begun
    used = {zone: own_cpu_s(agent.pid) - before[zone] for zone, agent in agents.items()}
    made = looks(store) - looked
    held = store.read(agents_of)
    for zone, agent in agents.items():
        info = held[zone].info
        print(
            f"{zone}: {info['probes']} probes, {used[zone] / spent * 100:.0f} % of a core, lateness p50 "
            f"{info['late_p50_ms']} ms p99 {info['late_p99_ms']} ms, {info['skipped']} skipped; {memory_mb(agent.pid):.0f} MB"
        )
    print(
        f"{components} components at {every_s:g} s by {len(agents)} agents: {made / spent:.0f} looks a second, "
        f"{made / spent / (components / every_s) * 100:.1f} % achieved, {sum(used.values()) / made * 1000:.2f} ms CPU a look; "
        f"load average {os.getloadavg()[0]:.1f}"
    )


def looks(store: Store) -> int:
    """Returns how many samples were ever written."""
    asked = "SELECT last_value FROM sample_open_id_seq"
    return int(store.read(lambda c: c.exec_driver_sql(asked).scalar_one()))


def take_over(store: Store, zone: str, agent: subprocess.Popen[bytes]) -> None:
    """Kills the zone's agent and prints how long it had none."""
    token = store.read(agents_of)[zone].token
    agent.send_signal(signal.SIGKILL)
    killed = time.monotonic()
    while store.read(agents_of)[zone].token == token:
        time.sleep(0.05)
    taken = time.monotonic() - killed
    while not store.read(agents_of)[zone].info.get("probes"):
        time.sleep(0.05)
    print(
        f"{zone}: killed; the next agent had the lease after {taken:.1f} s, and looked after {time.monotonic() - killed:.1f} s"
    )


if __name__ == "__main__":
    main()
