"""The engine between catalog, clock and roster: what it asks again, and since when it listens."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

from core.catalog.model import Catalog, Component, Probe, TcpTarget, Threshold
from core.monitoring.engine import KEEP_PROBE_S, REVISED_PER_S, Engine
from core.monitoring.model import Reading, State
from core.monitoring.probes.context import ProbeContext
from core.monitoring.probes.pools import Pools
from tests.core.monitoring.numbered import numbered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from core.store.work import Author

PROBE = Probe("p", TcpTarget("127.0.0.1", 1), every_s=86_400, timeout_s=2, attempts=1, retry_s=1)
SECOND = 1_000_000


class Clocks:
    """Both clocks, set by hand: seconds since 1970, and monotonic seconds."""

    def __init__(self) -> None:
        self.wall, self.mono = 1_800_000_000.0, 1000.0

    def __call__(self) -> tuple[float, float]:
        return self.wall, self.mono


def engine(place: Path, clocks: Clocks, said: list[str]) -> Engine:
    nobody = cast("Any", None)
    author = cast("Author", nobody)
    return Engine(
        nobody, author, 1, Pools(), ProbeContext(place), about={}, warn=said.append, clocks=clocks
    )  # fmt: skip


def declare(watcher: Engine, probes: Sequence[Probe]) -> None:
    parts = {f"c{n}": Component(f"c{n}", f"c{n}", "s", probes=(probe,)) for n, probe in enumerate(probes)}
    catalog = Catalog(components=parts)
    watcher.take_catalog(catalog, {}, {}, numbered(catalog))


async def test_a_revised_probe_is_looked_at_at_once_and_the_others_when_they_are_due(tmp_path: Path) -> None:
    watcher = engine(tmp_path, Clocks(), [])
    declare(watcher, [PROBE, PROBE])
    far = cast("float", watcher._slots.next_due()) + 90_000
    assert [due.kind.name for due in watcher._slots.pop_due(far)] == ["SLOT", "SLOT"]
    declare(watcher, [PROBE, replace(PROBE, attempts=2)])
    asked = watcher._slots.pop_due(asyncio.get_running_loop().time())
    assert [due.key for due in asked if due.kind.name == "ONCE"] == [("c1", "p")]


async def test_a_revised_threshold_is_looked_at_at_once_by_what_looks_already(tmp_path: Path) -> None:
    watcher = engine(tmp_path, Clocks(), [])
    declare(watcher, [PROBE, PROBE])
    looker = watcher._watching["c1", "p"].prober
    watcher._slots.pop_due(cast("float", watcher._slots.next_due()) + 90_000)
    tighter = replace(PROBE, thresholds=(Threshold("latency_ms", "1"),))
    watcher.take_thresholds({("c0", "p"): PROBE, ("c1", "p"): tighter, ("gone", "p"): tighter})
    asked = watcher._slots.pop_due(asyncio.get_running_loop().time())
    assert [due.key for due in asked if due.kind.name == "ONCE"] == [("c1", "p")]
    assert watcher.roster.probes()["c1", "p"] == tighter
    declare(watcher, [PROBE, PROBE])  # a catalog that says so again
    assert watcher._watching["c1", "p"].probe == PROBE
    assert watcher._watching["c1", "p"].prober is looker


async def test_a_whole_catalog_revised_is_asked_again_a_few_at_a_time(tmp_path: Path) -> None:
    watcher = engine(tmp_path, Clocks(), [])
    declare(watcher, [PROBE] * (REVISED_PER_S + 1))
    declare(watcher, [replace(PROBE, attempts=2)] * (REVISED_PER_S + 1))
    first = cast("float", watcher._slots.next_due())
    asked = [due for due in watcher._slots.pop_due(first + 2) if due.kind.name == "ONCE"]
    assert len(asked) == REVISED_PER_S + 1
    assert asked[-1].due - asked[0].due > 0.99


async def test_what_is_overdue_reaches_the_lease(tmp_path: Path) -> None:
    watcher = engine(tmp_path, Clocks(), [])
    declare(watcher, [PROBE])
    watcher.look_soon([("c0", "p")])
    assert watcher._info(watcher._batch)["oldest_overdue_ms"] >= 0


async def test_after_a_suspend_silence_counts_from_when_somebody_listens_again(tmp_path: Path) -> None:
    clocks, said = Clocks(), list[str]()
    watcher = engine(tmp_path, clocks, said)
    declare(watcher, [replace(PROBE, every_s=10)])
    watcher.roster.take_reading(("c0", "p"), Reading(State.OK, "fine"), int(clocks.wall * SECOND))

    def state() -> State | None:
        status = watcher.roster.status("c0")
        return status.state if status else None

    clocks.wall, clocks.mono = clocks.wall + 3600, clocks.mono + 1
    watcher._hear_silence()
    assert state() is State.OK
    assert said == ["the clock jumped by +3599 s: slots are spread anew"]
    clocks.wall, clocks.mono = clocks.wall + 600, clocks.mono + 600
    watcher._hear_silence()
    assert state() is State.UNKNOWN


async def test_probes_first_looked_at_together_are_not_kept_together_ever_after(tmp_path: Path) -> None:
    clocks = Clocks()
    watcher = engine(tmp_path, clocks, [])
    declare(watcher, [PROBE] * 300)
    kept: list[set[int]] = []
    span = round(KEEP_PROBE_S)
    for _ in range(1 + 2 * span):
        for key, watching in watcher._watching.items():
            watcher._take_reading(key, watching, Reading(State.OK, "fine"))
        kept.append(set(watcher._batch.probes))
        watcher._batch.probes.clear()
        clocks.mono += 1
    # At once when first seen, then once in each KEEP_PROBE_S, some at every second.
    everyone = set(range(1, 301))
    assert kept[0] == everyone
    for minute in (kept[1 : span + 1], kept[span + 1 :]):
        assert set.union(*minute) == everyone
        assert sum(map(len, minute)) == len(everyone)
        assert max(map(len, minute)) < len(everyone) / 10


async def test_what_a_probe_that_is_not_well_says_anew_is_kept_soon_and_of_one_that_is_well_not(
    tmp_path: Path,
) -> None:
    clocks = Clocks()
    watcher = engine(tmp_path, clocks, [])
    declare(watcher, [PROBE, PROBE])
    (bad, good) = watcher._watching.items()
    kept: list[tuple[str, int]] = []
    for second in range(30):
        watcher._take_reading(*bad, Reading(State.CRITICAL, f"{second} waiting"))
        watcher._take_reading(*good, Reading(State.OK, f"{second} waiting"))
        if second >= 10:
            kept += [(record.component, second) for record in watcher._batch.probes.values()]
        watcher._batch.probes.clear()
        clocks.mono += 1
    told = [second for component, second in kept if component == "c0"]
    assert {later - one for one, later in pairwise(told)} <= {2, 3, 4, 5}  # also when it would be kept anyhow
    assert len(told) <= 5
    assert len([second for component, second in kept if component == "c1"]) <= 1
    assert len(watcher._batch.changes) == 2
