"""A change of a file has its probe looked at long before its interval; what cannot be listened to costs only that."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

from core.catalog.model import Catalog, Component, FileTarget, Probe, TcpTarget, Threshold
from core.journal.model import Via
from core.monitoring import answering
from core.monitoring import waking as module
from core.monitoring.engine import Engine
from core.monitoring.model import State
from core.monitoring.probes.context import ProbeContext
from core.monitoring.probes.pools import Pools
from core.monitoring.waking import Waking
from core.store.lease import take_lease
from core.store.thread import DatabaseThread
from core.store.work import Author
from tests.core.monitoring.numbered import numbered

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from threading import Event

    import pytest

    from core.monitoring.schedule import Key

DAY_S = 86_400
AGENT = Author("agent", Via.AGENT, "agent@host:1")


def on(path: Path, *, pattern: str = "ERROR") -> Probe:
    limits = (Threshold("matches", critical="0"),)
    return Probe(
        "log", FileTarget(str(path), pattern), DAY_S, 5, attempts=1, retry_s=DAY_S, thresholds=limits
    )


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0.01)


class Agent:
    """An engine with what wakes it, on a database of its own."""

    def __init__(self, engine: Engine, waking: Waking) -> None:
        self.engine, self.waking = engine, waking

    def declare(self, **probes: Probe) -> None:
        parts = {name: Component(name, name, "s", probes=(probe,)) for name, probe in probes.items()}
        catalog = Catalog(components=parts)
        self.engine.take_catalog(catalog, {}, {}, numbered(catalog))
        self.waking.take_probes(self.engine.roster.probes())

    async def look(self, name: str) -> None:
        self.engine.look_at_component(name)
        await until(lambda: self.state(name) is not None)

    def state(self, name: str) -> State | None:
        status = self.engine.roster.status(name)
        return status.state if status else None


@asynccontextmanager
async def agent(place: Path | str) -> AsyncIterator[Agent]:
    database = DatabaseThread(place)
    await asyncio.wrap_future(database.open())
    token = await asyncio.wrap_future(database.write(AGENT, take_lease, "agent", AGENT.seat))
    said: list[str] = []
    engine = Engine(
        database, AGENT, token, Pools(), ProbeContext(Path(gettempdir())), about={}, warn=said.append
    )  # fmt: skip
    waking = Waking(engine.look_soon, said.append, asyncio.get_running_loop())
    work = asyncio.create_task(engine.run())
    try:
        yield Agent(engine, waking)
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        await asyncio.to_thread(waking.close)
        database.close()


class Woken:
    """What is woken, without an engine."""

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.said: list[str] = []
        self.waking = Waking(self._look_soon, self.said.append, asyncio.get_running_loop())

    def _look_soon(self, keys: Sequence[Key]) -> None:
        self.keys += keys

    def take(self, probes: Mapping[str, Probe]) -> None:
        self.waking.take_probes({(name, probe.id): probe for name, probe in probes.items()})


@asynccontextmanager
async def woken() -> AsyncIterator[Woken]:
    held = Woken()
    try:
        yield held
    finally:
        await asyncio.to_thread(held.waking.close)


async def keep_changing(path: Path, is_so: Callable[[], object]) -> None:
    """Writes until something is so: nobody tells when the listening has begun."""

    def write_and_ask() -> object:
        with path.open("a") as file:
            file.write("a line\n")
        return is_so()

    await until(write_and_ask)


async def test_a_pattern_written_into_a_log_turns_its_probe_long_before_its_interval(
    place: Path, tmp_path: Path
) -> None:
    log = tmp_path / "app.log"
    log.touch()
    async with agent(place) as watching:
        watching.declare(shop=on(log))
        await watching.look("shop")
        assert watching.state("shop") is State.OK
        await until(lambda: watching.waking._seen)
        with log.open("a") as file:
            file.write("ERROR the disk is full\n")
        await until(lambda: watching.state("shop") is State.CRITICAL)


async def test_a_log_made_in_a_folder_that_was_not_there_is_noticed(place: Path, tmp_path: Path) -> None:
    log = tmp_path / "var" / "app" / "app.log"
    async with agent(place) as watching:
        watching.declare(shop=on(log))
        await watching.look("shop")
        assert watching.state("shop") is State.CRITICAL  # there is no such file
        await until(lambda: watching.waking._seen)
        log.parent.mkdir(parents=True)
        log.touch()
        await until(lambda: watching.state("shop") is State.OK)


async def test_a_rotated_log_and_one_behind_a_link_are_noticed(place: Path, tmp_path: Path) -> None:
    log, link, led_to = tmp_path / "app.log", tmp_path / "links" / "log", tmp_path / "far" / "log"
    link.parent.mkdir()
    led_to.parent.mkdir()
    log.touch()
    led_to.touch()
    link.symlink_to(led_to)
    async with agent(place) as watching:
        watching.declare(shop=on(log), far=on(link))
        for name in ("shop", "far"):
            await watching.look(name)
        await until(lambda: watching.waking._seen)
        log.rename(tmp_path / "app.log.1")
        log.write_text("ERROR again\n")
        led_to.write_text("ERROR there\n")
        await until(lambda: watching.state("shop") is watching.state("far") is State.CRITICAL)


async def test_a_file_written_to_all_the_time_wakes_its_probe_once_a_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "app.log"
    log.touch()
    rests = 0
    async with woken() as held:
        wait = held.waking._ended.wait

        def rest(seconds: float) -> bool:
            nonlocal rests
            assert seconds == module.REST_S
            rests += 1
            return wait(0.2)

        monkeypatch.setattr(held.waking._ended, "wait", rest)
        held.take({"shop": on(log)})
        await keep_changing(log, lambda: len(held.keys) >= 3)
        # Each wake is followed by a rest before the next.
        assert len(held.keys) <= rests + 1


async def test_a_revised_catalog_revises_what_is_listened_to(tmp_path: Path) -> None:
    old, new = tmp_path / "old" / "a.log", tmp_path / "new" / "a.log"
    for log in (old, new):
        log.parent.mkdir()
        log.touch()
    async with woken() as held:
        held.take({"old": on(old)})
        await keep_changing(old, lambda: held.keys)
        held.take({"new": on(new)})
        await keep_changing(new, lambda: ("new", "log") in held.keys)
        held.keys.clear()
        old.write_text("nobody's any more")
        await keep_changing(new, lambda: held.keys)
        assert set(held.keys) == {("new", "log")}


async def test_what_cannot_be_listened_to_is_said_once_and_the_others_are_woken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear = module._hear

    def refusing(folders: Sequence[str], until: Event) -> module.Heard:
        if any(folder.endswith("deaf") for folder in folders):
            raise OSError("OS file watch limit reached")
        return hear(folders, until)

    monkeypatch.setattr(module, "_hear", refusing)
    deaf, good = tmp_path / "deaf" / "a.log", tmp_path / "good" / "a.log"
    for log in (deaf, good):
        log.parent.mkdir()
        log.touch()
    async with woken() as held:
        held.take({"deaf": on(deaf), "good": on(good)})
        await keep_changing(good, lambda: len(held.keys) >= 2)
        assert held.said == [
            "changes of some files are not noticed at once, their interval goes on: OS file watch limit reached"
        ]


async def test_a_mount_that_hangs_is_said_once_and_holds_up_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, good = tmp_path / "dead" / "a.log", tmp_path / "good" / "a.log"
    for log in (dead, good):
        log.parent.mkdir()
        log.touch()
    answers, stat = threading.Event(), os.stat

    def hanging(path: str, **how: bool) -> os.stat_result:
        if str(path).startswith(str(dead.parent)):
            answers.wait(60)
        return stat(path, **how)

    monkeypatch.setattr(answering, "PATIENCE_S", 0.1)
    monkeypatch.setattr(os, "stat", hanging)
    try:
        async with woken() as held:
            held.take({"dead": on(dead), "other": on(dead.with_name("b.log")), "good": on(good)})
            await keep_changing(good, lambda: len(held.keys) >= 2)
            assert set(held.keys) == {("good", "log")}
            assert held.said == [
                f"files in {dead.parent} do not answer: their changes are not noticed at once, their interval goes on"
            ]
            answers.set()
            await keep_changing(dead, lambda: ("dead", "log") in held.keys)
            assert held.said[1:] == [f"files in {dead.parent} answer again"]
    finally:
        answers.set()


async def test_where_nothing_can_be_listened_to_the_interval_goes_on(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[object] = []

    def refusing(folders: Sequence[str], _until: Event) -> module.Heard:
        tries.append(folders)
        raise RuntimeError("no listening here")

    monkeypatch.setattr(module, "_hear", refusing)
    log = tmp_path / "app.log"
    log.touch()
    async with agent(place) as watching:
        watching.declare(shop=replace(on(log), every_s=0.2, retry_s=0.2))
        await until(lambda: tries and watching.state("shop") is State.OK)
        log.write_text("ERROR\n")
        await until(lambda: watching.state("shop") is State.CRITICAL)


async def test_without_a_file_probe_nothing_listens() -> None:
    async with woken() as held:
        held.take({"web": Probe("p", TcpTarget("127.0.0.1", 1), DAY_S, 5)})
        assert held.waking._thread is None


def test_watchfiles_is_loaded_only_to_listen() -> None:
    ask = "import sys, core.monitoring.waking; sys.exit('watchfiles' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", ask], env=dict(os.environ), check=False).returncode == 0


async def test_an_agent_told_to_end_as_something_is_to_be_written_ends(place: Path) -> None:
    async with asyncio.timeout(20), agent(place) as watching:
        await asyncio.sleep(0)
        watching.engine._write_soon.set()
    assert {"schedule", "write", "silence"}.isdisjoint(task.get_name() for task in asyncio.all_tasks())
