"""The wall clock is set an hour ahead and back again while everything runs: watching goes on, and nothing is alarmed."""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from core.journal.tables import journal
from core.monitoring.tables import probe_state, sample_open
from core.monitoring.watch import agent_of
from core.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey

LIBRARY = "faketime/libfaketime.so.1"
HOUR_S = 3600
NEAR_S = 300.0
"""An instant this near to what the clock shows is of this clock: more than any delay here, far less than the jump."""
TELLS_OF_IT = "host-clock"
"""The one component whose duty it is to say that the clock was set."""
COMPONENTS = 8
PROBES = {
    "orders-front/health", "orders-front/process", "orders-store/greeting", "orders-store/process",
    "orders-worker/errors", "orders-worker/heartbeat", "orders-worker/process",
}  # fmt: skip
"""The probes of the sample service that are asked every 5 s."""


SLEEP = """
import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds) and None
"""
"""Read by Python at its start: libfaketime 0.9.10 refuses every clock_nanosleep where it leaves the monotonic clock alone."""


class SetClock:
    """The wall clock of what runs with `env`: the machine's and so many seconds. Clocks that never step are left alone."""

    def __init__(self, folder: Path) -> None:
        found = sorted(Path("/usr/lib").glob(f"*/{LIBRARY}"))
        if not found:
            pytest.skip(f"there is no /usr/lib/*/{LIBRARY}: install libfaketime")
        self._file = folder / "ahead"
        self.set(0)
        (folder / "sitecustomize.py").write_text(SLEEP)
        self.env = {
            "LD_PRELOAD": str(found[0]), "FAKETIME_TIMESTAMP_FILE": str(self._file), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }  # fmt: skip

    def set(self, ahead_s: int) -> None:
        """Sets the clock that far ahead of the machine's, in one step."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{ahead_s:+d}\n")
        draft.replace(self._file)
        self._ahead_s = ahead_s
        self.set_at_s = self.now_s()

    def now_s(self) -> float:
        """Returns what it shows, in seconds since 1970 UTC."""
        return time.time() + self._ahead_s

    def is_since_set(self, at_s: float) -> bool:
        """Tells whether an instant was read from this clock after it was last set."""
        return self.set_at_s <= at_s < self.set_at_s + NEAR_S

    def hour(self) -> str:
        """Returns the hour it shows, as the header writes it."""
        return f"{datetime.fromtimestamp(self.now_s(), UTC):%H:}"


@pytest.fixture
def clock(house: House) -> Iterator[SetClock]:
    """A clock that everything in the house goes by from now on."""
    folder = house.home.parent / "clock"
    folder.mkdir()
    made = SetClock(folder)
    house.env["PYTHONPATH"] = os.pathsep.join([str(folder), house.env["PYTHONPATH"]])
    settings = house.home / "catalog" / "orders.ini"
    words = "".join(f"{name}={value} " for name, value in made.env.items())
    text, found = re.subn(r"(?m)^(beat = )", rf"\1env {words}", settings.read_text())
    assert found == 1
    settings.write_text(text)
    machine = house.home / "catalog" / "machine.toml"
    machine.write_text(re.sub(r'every = "\d+s"', 'every = "5s"', machine.read_text()))
    house.orders("start")  # before the clock is its own: of the sample service only the beats go by it
    house.env |= made.env
    yield made
    for name in made.env:  # the sample service's own commands sleep, too
        del house.env[name]
    for terminal in house.open:
        terminal.close()
        for left in Path("/dev/shm").glob(
            f"*faketime_s*_{terminal.process.pid}"
        ):  # what libfaketime never removes
            left.unlink()


def samples(connection: Connection, clock: SetClock) -> dict[str, int]:
    """Returns by probe how many samples have come since the clock was set, with instants of the new clock."""
    rows = connection.execute(
        select(probe_state.c.component, probe_state.c.probe, sample_open.c.at).join(
            sample_open, sample_open.c.probe == probe_state.c.number
        )
    )
    found: dict[str, int] = {}
    for component, probe, at in rows:
        if clock.is_since_set(at / 1000):
            found[f"{component}/{probe}"] = found.get(f"{component}/{probe}", 0) + 1
    return found


def watching_goes_on(connection: Connection, clock: SetClock) -> bool:
    """Tells whether the agent has beaten and looked twice at each of PROBES since the clock was set."""
    lease = agent_of(connection)
    came = samples(connection, clock)
    return (
        lease is not None
        and clock.is_since_set(lease.beat_at.timestamp())
        and all(came.get(name, 0) >= 2 for name in PROBES)
    )


def is_fresh(text: str, clock: SetClock) -> bool:
    """Tells whether the header shows the clock's hour and an agent that beat seconds ago."""
    first = text.splitlines()[0]
    return (
        bool(re.search(rf" agent \ds( \(\S+\))?( measuring late)? +{clock.hour()}", first))
        and "STALE" not in first
    )


def is_well(text: str) -> bool:
    """Tells whether all but the component that tells of the clock is well, and every age is that of a short run or the jump."""
    rows = re.findall(r"(?m)^(.*?)((?:orders|host)-[a-z]+) +(\S+) ", text.split("──", maxsplit=1)[0])
    return len(rows) == COMPONENTS and all(
        re.fullmatch(r"\d{1,2}[sm]|1h", age) and ("● OK" in state or name == TELLS_OF_IT)
        for state, name, age in rows
    )


def test_watching_goes_on_when_the_clock_is_set_ahead_and_back(house: House, clock: SetClock) -> None:
    desk = house.console("--view", "board")
    desk.wait_until(lambda text: f"● OK {COMPONENTS}" in text, timeout_s=60)
    agent = house.agent_pid()
    store = Store.at(house.home / "watchfloor.db")
    try:
        for ahead_s in (HOUR_S, 0):
            clock.set(ahead_s)
            house.wait(lambda: store.read(watching_goes_on, clock))
            desk.wait_until(lambda text: is_fresh(text, clock), why="a young beat under the new hour")
            desk.wait_until(is_well, why="all is well")
            assert house.agent_pid() == agent
        entries = store.read(
            lambda c: c.execute(select(journal.c.seq, journal.c.at).order_by(journal.c.seq)).all()
        )
    finally:
        store.close()
    opened = house.data("log", "kind:incident.opened")
    assert all(TELLS_OF_IT in str(entry) for entry in opened), opened
    kinds = [entry["kind"] for entry in house.data("log", "kind:lease")]
    assert kinds == ["lease.taken"]
    assert [seq for seq, _ in entries] == list(range(1, len(entries) + 1))
    instants = [at for _, at in entries]
    assert instants == sorted(instants)
