"""The agent's process: its lease, its catalog, its engine, and its end.

One agent is in force for a database. It takes the lease, or with `standby` waits for it; it beats with
every write; when another has taken over it ends by itself. Everything it could not account for when it
begins (runs without a conductor) it reconciles first.
"""

from __future__ import annotations

import asyncio
import gc
import os
import shlex
import signal
import socket
import sys
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from console.catalog_source import read
from console.identity import new_seat
from console.sealing import Sealing
from console.signs import Giving
from core.catalog.commands import load_catalog, refuse_catalog
from core.catalog.difference import difference
from core.catalog.model import Catalog, HeartbeatTarget
from core.catalog.queries import declared_catalog, holds_component
from core.counting import counted
from core.errors import BadInput, StoreBusy, StoreUnavailable, Unavailable, WatchfloorError
from core.journal.model import Via
from core.journal.queries import newest
from core.monitoring.as_of import keep_board, next_board
from core.monitoring.beats import expect_beats
from core.monitoring.engine import Engine
from core.monitoring.hours import forget_old, keep_slice, next_slice
from core.monitoring.probes.context import ProbeContext
from core.monitoring.probes.pools import Pools
from core.monitoring.queries import probe_records, status_of, statuses
from core.monitoring.waking import Waking
from core.monitoring.watch import DUTY, agent_of
from core.operations.losing import Conductors, lose_runs
from core.printable import printable
from core.store.feed import Feed
from core.store.lease import BEAT_S, LOST_S, LeaseLost, give_up_lease, take_lease
from core.store.thread import DatabaseThread
from core.store.work import Author
from core.timekeeping import to_micros, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from sqlalchemy import Connection

    from console.connections.place import Place
    from core.catalog.problem import Loaded
    from core.journal.model import Cursor, Entry
    from core.monitoring.evaluation import ProbeState
    from core.monitoring.model import Status
    from core.store.feed import News
    from core.store.lease import Lease

T = TypeVar("T")
RECONCILE_S = 5.0
PACK_S, PACK_PAUSE_S = 30.0, 0.05
RETRY_S = 2.0
LOOK_AGAIN_MS = 2000
SIGN_S = 1.0
SWITCH_S = 0.0005
"""A thread that computes gives way to another that waits after this long. At every system call of a look the loop
gives way to the database thread; with Python's 5 ms it would come back that late each time."""
COLLECT_AFTER = (700, 10, 1000)
"""When garbage is collected (`gc.set_threshold`). With 5,000 probes a full collection halts every thread for 50 ms and
finds next to nothing: it comes a hundred times more rarely than by Python's own measure, the short ones as usual."""


def run_agent(
    database: Place, catalog: Path, *, for_console: bool = False, standby: bool = False, over: str = ""
) -> int:
    """Runs the agent until a signal, its console's end, or its replacement; returns the exit code.

    `over` names a lease whose holder is known to be dead: its token, or token@beat for one that has not
    beaten since (in microseconds).
    """
    sys.setswitchinterval(SWITCH_S)
    return asyncio.run(_Agent(database, catalog, for_console=for_console, standby=standby, over=over).run())


def say(text: str) -> None:
    """Writes one line to the agent's own log: standard error."""
    print(f"{utc_now():%Y-%m-%d %H:%M:%SZ} {printable(text, 2000)}", file=sys.stderr, flush=True)


class _Agent:
    def __init__(
        self, database: Place, directory: Path, *, for_console: bool, standby: bool, over: str
    ) -> None:
        self._place, self._directory = database, directory
        self._for_console, self._standby, self._over = for_console, standby, over
        self._seat = new_seat("agent")
        self._about = {"host": socket.gethostname(), "pid": os.getpid(), "catalog": str(directory)}
        self._author = Author("agent", Via.AGENT, self._seat)
        self._database = DatabaseThread(database.target)
        self._catalog = Catalog()
        self._problems: tuple[str, ...] = ()
        self._is_written = False  # a file was being written when the catalog was last read
        self._begin: tuple[dict[str, Status], dict[tuple[str, str], ProbeState]] = ({}, {})
        self._conductors = Conductors()
        self._waking: Waking | None = None
        self._engine: Engine | None = None
        self._waits_for = ""
        self._ending = asyncio.Event()

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._ending.set)
        signs = asyncio.create_task(self._give_signs())
        try:
            await self._lasting(self._database.open)
            await self._require_catalog()
            token = await self._take_lease()
            if token is None:
                return 0
            return await self._watch(token)
        except StoreBusy:
            if self._ending.is_set():
                return 0
            raise
        finally:
            signs.cancel()
            if self._waking is not None:
                await asyncio.to_thread(self._waking.close)
            await asyncio.to_thread(self._database.close)

    async def _require_catalog(self) -> None:
        """Raises Unavailable when neither the files nor the database declare anything that could be watched.

        A console's own agent goes on: the console shows what is wrong, until there are files.
        """
        kept = await self._lasting(partial(self._database.read, holds_component))
        if kept or self._for_console:
            return
        loaded = await asyncio.to_thread(read, self._directory)
        if not loaded.is_bare:
            return  # there is something, though it may be refused: it is told, and waited for
        where, what = str(self._directory), "declares no component"
        if loaded.problems:
            where, what = loaded.problems[0].file, loaded.problems[0].what
        starter = f"watchfloor init {shlex.quote(str(self._directory))}"
        raise Unavailable(
            f"{what}, and the database {self._place.title} holds no component either: there is nothing to watch",
            where=where, next_step=f"Name a catalog with --catalog DIR, or write the starter there: {starter}",
        )  # fmt: skip

    async def _take_lease(self) -> int | None:
        """Takes the lease; None when told to end while waiting. Raises Unavailable when it stands and we may not wait."""
        while not self._ending.is_set():
            over = await self._dead()
            try:
                return await self._lasting(
                    partial(
                        self._database.write,
                        self._author,
                        take_lease,
                        DUTY,
                        self._seat,
                        over=over,
                        info=self._about,
                    )
                )
            except StoreUnavailable:
                raise
            except Unavailable:
                if not self._standby:
                    raise
            await self._pause(RETRY_S)
        return None

    async def _dead(self) -> Lease | None:
        """Returns the lease of a holder that is dead: known to be, or watched for a while on a clock nobody sets."""
        before = await self._lasting(partial(self._database.read, agent_of))
        if before is None or before.is_given_up:
            return None
        if self._over in {str(before.token), f"{before.token}@{to_micros(before.beat_at)}"}:
            return before
        ends = time.monotonic() + LOST_S
        while time.monotonic() < ends and not self._ending.is_set():
            await self._pause(BEAT_S / 2)
            now = await self._lasting(partial(self._database.read, agent_of))
            if now is None or now.is_given_up or (now.token, now.beat_at) != (before.token, before.beat_at):
                return None
        return before

    async def _watch(self, token: int) -> int:
        context = ProbeContext(beats=self._place.beats)
        engine = Engine(self._database, self._author, token, Pools(), context, about=self._about, warn=say)
        self._engine = engine
        self._waking = Waking(engine.look_soon, say, asyncio.get_running_loop())
        await self._lasting(partial(self._database.write, self._author, lose_runs, self._conductors))
        kept = await self._lasting(partial(self._database.read, statuses))
        records = await self._lasting(partial(self._database.read, probe_records))
        await self._continue(engine, engine.roster.continue_from(kept, records))
        await self._load(engine)
        gc.collect()
        gc.freeze()  # what stands now stands for good: later collections need not look at it
        gc.set_threshold(*COLLECT_AFTER)
        feed = self._follow(engine, await self._lasting(partial(self._database.read, newest)))
        sealing = Sealing(self._database, self._author, self._place, say)
        parts = (
            engine.run(),
            self._watch_catalog(engine),
            self._reconcile(),
            self._pack(token),
            self._keep_boards(),
            sealing.run(),
        )
        work = [asyncio.create_task(part) for part in parts]
        ending = asyncio.create_task(self._ending.wait())
        say(f"in force for {self._place.title}, watching {self._watched(len(engine.roster.probes()))}")
        try:
            done, _ = await asyncio.wait([*work, ending], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except LeaseLost as error:
            say(str(error))
            return 0
        finally:
            for task in [*work, ending]:
                task.cancel()
            await asyncio.gather(*work, ending, return_exceptions=True)
            await asyncio.to_thread(feed.stop)
            await sealing.end()
            with suppress(WatchfloorError):
                await asyncio.wrap_future(self._database.write(self._author, give_up_lease, DUTY, token))
        return 0

    def _watched(self, probes: int) -> str:
        """Returns what is watched from the beginning, in words: a catalog, the last good one, or nothing yet."""
        if not self._problems:
            return f"{counted(probes, 'probe')} of {self._directory}"
        if not self._catalog.components:
            return f"nothing until {self._directory} holds a catalog without problems"
        return f"{counted(probes, 'probe')} of the last good catalog, which the database holds"

    # The catalog

    async def _continue(
        self, engine: Engine, begin: tuple[dict[str, Status], dict[tuple[str, str], ProbeState]]
    ) -> None:
        """Goes on with the catalog in force: should the files be wrong now, its components are watched all the same."""
        try:
            self._catalog = await self._lasting(partial(self._database.read, declared_catalog))
        except BadInput as error:
            say(str(error))
            self._begin = begin  # the states are those of the components that the files declare
            return
        self._take_catalog(engine, begin)

    async def _load(self, engine: Engine) -> None:
        """Reads the catalog and puts it in force, or says on every screen why it cannot be."""
        loaded = await asyncio.to_thread(read, self._directory)
        self._is_written = loaded.is_written
        if loaded.catalog is None:
            await self._refuse(loaded)
            return
        changes = [str(change) for change in difference(self._catalog, loaded.catalog)]
        await self._lasting(partial(
            self._database.write, self._author, load_catalog, loaded.catalog, directory=str(self._directory),
            digest=loaded.digest, changes=changes,
        ))  # fmt: skip
        self._catalog, self._problems = loaded.catalog, ()
        begin, self._begin = self._begin, ({}, {})
        self._take_catalog(engine, begin)

    def _take_catalog(
        self, engine: Engine, begin: tuple[dict[str, Status], dict[tuple[str, str], ProbeState]]
    ) -> None:
        engine.take_catalog(self._catalog, *begin)
        if self._waking is not None:
            self._waking.take_probes(engine.roster.probes())
        probes = (probe.target for each in self._catalog.components.values() for probe in each.probes)
        names = {target.name for target in probes if isinstance(target, HeartbeatTarget)}
        try:
            expect_beats(self._place.beats, names)
        except StoreUnavailable as error:
            say(str(error))  # who beats under a wrong name is not told

    async def _refuse(self, loaded: Loaded) -> None:
        problems = tuple(str(problem) for problem in loaded.problems)
        if problems != self._problems:
            say(f"the catalog is refused, {counted(len(problems), 'problem')}: {problems[0]}")
        self._problems = problems
        await self._lasting(
            partial(
                self._database.write,
                self._author,
                refuse_catalog,
                directory=str(self._directory),
                problems=problems,
            )
        )

    async def _watch_catalog(self, engine: Engine) -> None:
        from watchfiles import Change as Kind
        from watchfiles import awatch

        def matters(_: Kind, path: str) -> bool:
            return path.endswith((".toml", ".md"))

        while True:
            if self._directory.is_dir():
                looks = awatch(
                    self._directory, watch_filter=matters, debounce=400, ignore_permission_denied=True,
                    rust_timeout=LOOK_AGAIN_MS, yield_on_timeout=True,
                )  # fmt: skip
                async for changes in looks:
                    # That somebody lets go of a file at last, without another word in it, is no change of it.
                    if changes or self._is_written:
                        await self._reload(engine)
            else:
                await self._reload(engine)
            await asyncio.sleep(RETRY_S)

    async def _reload(self, engine: Engine) -> None:
        try:
            await self._load(engine)
        except StoreUnavailable as error:
            say(f"the catalog could not be put in force: {error}")

    # What others did

    def _follow(self, engine: Engine, cursor: Cursor) -> Feed[dict[str, Status]]:
        loop = asyncio.get_running_loop()

        def gather(connection: Connection, entries: Sequence[Entry]) -> dict[str, Status]:
            kinds = {"component.stopped", "component.released"}
            names = {e.subject.id for e in entries if e.kind in kinds}
            return {name: status_of(connection, name) for name in sorted(names)}

        def tell(news: News[dict[str, Status]]) -> None:
            if news.gathered or news.entries:
                loop.call_soon_threadsafe(self._heard, engine, news)

        feed = Feed(self._database, cursor, gather=gather, tell=tell, fail=lambda _: None, pace_s=0.02)
        feed.start()
        return feed

    def _heard(self, engine: Engine, news: News[dict[str, Status]]) -> None:
        for component_id, status in news.gathered.items():
            engine.take_stopped(component_id, status)
        for entry in news.entries:
            if entry.kind == "component.check_asked":
                engine.look_at_component(entry.subject.id)

    # Duties beside probing

    async def _reconcile(self) -> None:
        while True:
            await asyncio.sleep(RECONCILE_S)
            with suppress(StoreUnavailable):
                await asyncio.wrap_future(self._database.write(self._author, lose_runs, self._conductors))

    async def _pack(self, token: int) -> None:
        while True:
            await asyncio.sleep(PACK_S)
            with suppress(StoreUnavailable):
                while slice_ := await asyncio.wrap_future(self._database.read(next_slice, utc_now())):
                    await asyncio.wrap_future(self._database.write(self._author, keep_slice, slice_, token))
                    await asyncio.sleep(PACK_PAUSE_S)
                while await asyncio.wrap_future(self._database.write(self._author, forget_old)):
                    await asyncio.sleep(PACK_PAUSE_S)

    async def _keep_boards(self) -> None:
        """Keeps the board now and then, so that a past one is quickly told; what cannot be kept costs time later, no more."""
        while True:
            await asyncio.sleep(PACK_S)
            with suppress(StoreUnavailable):
                while (due := await asyncio.wrap_future(self._database.read(next_board))) is not None:
                    await asyncio.wrap_future(self._database.write(self._author, keep_board, *due))
                    await asyncio.sleep(PACK_PAUSE_S)

    async def _give_signs(self) -> None:
        """Tells the console that started this agent what hinders it, and ends it soon after that console."""
        if not self._for_console:
            return
        giving = Giving(sys.stdout.fileno())
        while giving.give(self._waits_for or (self._engine.trouble if self._engine else "")):
            await asyncio.sleep(SIGN_S)
        self._ending.set()

    async def _lasting(self, ask: Callable[[], Future[T]]) -> T:
        """Returns what `ask` brings, asked again for as long as another program holds the database or its disk is full.

        Raises StoreBusy only when told to end meanwhile.
        """
        while True:
            try:
                answer = await asyncio.wrap_future(ask())
            except StoreBusy as error:
                if self._ending.is_set():
                    raise
                if str(error) != self._waits_for:
                    say(f"cannot go on yet, trying again: {error}")
                self._waits_for = str(error)
            else:
                if self._waits_for:
                    say("the database can be used again")
                self._waits_for = ""
                return answer
            await self._pause(RETRY_S)

    async def _pause(self, seconds: float) -> None:
        # asyncio.wait_for would lose a cancellation that comes as the end is told.
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ending.wait()
