"""The agent's process: its lease, its catalog, its engine, and its end.

One agent is in force for a zone. It takes the lease, or with `standby` waits for it; it beats with
every write; when another has taken over it ends by itself. Everything it could not account for when it
begins (runs without a conductor) it reconciles first.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from console.access_reading import AccessReading
from console.agent_catalog import AgentCatalog
from console.clocking import Clocking
from console.ending import Ending
from console.escalating import Escalating
from console.identity import new_seat
from console.log_reading import LogReading
from console.maintaining import Maintaining
from console.messaging import Messaging
from console.reviewing import Reviewing
from console.rolling_up import RollingUp
from console.sealing import Sealing
from console.signs import Giving
from core.errors import NotPermitted, StoreBusy, StoreUnavailable, Unavailable, WatchfloorError
from core.gate.rights import Role, role_words
from core.journal.model import Via
from core.journal.queries import newest
from core.monitoring.engine import Engine
from core.monitoring.probes.context import ProbeContext
from core.monitoring.probes.pools import Pools
from core.monitoring.queries import statuses_of
from core.monitoring.waking import Waking
from core.monitoring.watch import agent_of, duty_of
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
    from console.duty import Kept
    from core.journal.model import Cursor, Entry
    from core.monitoring.model import Status
    from core.store.feed import News
    from core.store.lease import Lease

T = TypeVar("T")
OPERATED = frozenset({"component.stopped", "component.released"})
MAINTAINED = "component.maintenance_ended"
RECONCILE_S = 5.0
RETRY_S = 2.0
SIGN_S = 1.0
SWITCH_S = 0.0005
"""A thread that computes gives way to another that waits after this long. At every system call of a look the loop
gives way to the database thread; with Python's 5 ms it would come back that late each time."""
COLLECT_AFTER = (700, 10, 1000)
"""When garbage is collected (`gc.set_threshold`). With 5,000 probes a full collection halts every thread for 50 ms and
finds next to nothing: it comes a hundred times more rarely than by Python's own measure, the short ones as usual."""


def run_agent(
    database: Place,
    catalog: Path,
    *,
    zone: str = "",
    for_console: bool = False,
    standby: bool = False,
    over: str = "",
) -> int:
    """Runs the agent until a signal, its console's end, or its replacement; returns the exit code.

    `zone` is whose components it watches; `catalog` is read by the home zone's only, whose name is empty. `over` names
    a lease whose holder is known to be dead: its token, or token@beat for one that has not beaten since (in
    microseconds).
    """
    sys.setswitchinterval(SWITCH_S)
    agent = _Agent(database, catalog, zone, for_console=for_console, standby=standby, over=over)
    return asyncio.run(agent.run())


def say(text: str) -> None:
    """Writes one line to the agent's own log: standard error. Where that takes none, on a full disk, the watch goes on."""
    with suppress(OSError):
        print(f"{utc_now():%Y-%m-%d %H:%M:%SZ} {printable(text, 2000)}", file=sys.stderr, flush=True)


class _Agent:
    def __init__(
        self, database: Place, directory: Path, zone: str, *, for_console: bool, standby: bool, over: str
    ) -> None:
        self._place, self._zone = database, zone
        self._for_console, self._standby, self._over = for_console, standby, over
        self._seat = new_seat("agent")
        self._about: dict[str, Any] = {"host": socket.gethostname(), "pid": os.getpid()}
        self._about |= {"zone": zone} if zone else {"catalog": str(directory)}
        self._author = Author("agent", Via.AGENT, self._seat)
        self._database = DatabaseThread(database.target)
        self._catalog = AgentCatalog(directory, zone, database, read=self._read, write=self._write, say=say)
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
            await self._check_role()
            while not await self._catalog.is_there(or_wait=self._for_console):
                await self._pause(RETRY_S)
                if self._ending.is_set():
                    return 0
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

    async def _check_role(self) -> None:
        """Raises NotPermitted where the database has the role agent for others than who this is."""
        roles = await self._lasting(self._database.roles)
        if roles is not None and Role.AGENT not in roles:
            person = await self._lasting(self._database.identity)
            raise NotPermitted(
                f"an agent needs the role agent in {self._place.title}, and {person} is {role_words(roles)} there",
                next_step="Nothing was done. An admin adds a login for it: `watchfloor staff add LOGIN --role agent`",
            )

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
                        duty_of(self._zone),
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
        before = await self._read(agent_of, self._zone)
        if before is None or before.is_given_up:
            return None
        if self._over in {str(before.token), f"{before.token}@{to_micros(before.beat_at)}"}:
            return before
        ends = time.monotonic() + LOST_S
        while time.monotonic() < ends and not self._ending.is_set():
            await self._pause(BEAT_S / 2)
            now = await self._read(agent_of, self._zone)
            if now is None or now.is_given_up or (now.token, now.beat_at) != (before.token, before.beat_at):
                return None
        return before

    async def _watch(self, token: int) -> int:
        context = ProbeContext(beats=self._place.beats)
        engine = Engine(
            self._database,
            self._author,
            token,
            Pools(),
            context,
            about=self._about,
            warn=say,
            zone=self._zone,
        )
        self._engine = engine
        self._waking = self._catalog.waking = Waking(engine.look_soon, say, asyncio.get_running_loop())
        await self._write(lose_runs, self._conductors)
        await self._catalog.begin(engine)
        gc.collect()
        gc.freeze()  # what stands now stands for good: later collections need not look at it
        gc.set_threshold(*COLLECT_AFTER)
        feed = self._follow(engine, await self._read(newest))
        duties = self._duties()
        parts = (
            engine.run(),
            self._catalog.follow(engine),
            self._catalog.follow_revisions(engine),
            self._reconcile(),
            *(duty.run() for duty in duties),
        )
        work = [asyncio.create_task(part) for part in parts]
        ending = asyncio.create_task(self._ending.wait())
        watched = self._catalog.watched(len(engine.roster.probes()))
        say(f"in force for {self._place.title}, watching {watched}")
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
            for duty in duties:
                await duty.end()
            with suppress(WatchfloorError):
                await asyncio.wrap_future(
                    self._database.write(self._author, give_up_lease, duty_of(self._zone), token)
                )
        return 0

    def _duties(self) -> list[Kept]:
        """Returns what it keeps beside the watch, each where no other agent does; only an agent at home sends messages."""
        common = (self._database, self._author)
        about = dict(self._about)
        duties: list[Kept] = [
            Sealing(*common, self._place, say),
            *(
                each(*common, about, say)
                for each in (RollingUp, Clocking, Ending, Escalating, Reviewing, Maintaining)
            ),
            AccessReading(*common, self._place, about, say, self._zone),
            LogReading(*common, about, say, self._zone),
        ]
        return duties if self._zone else [*duties, Messaging(*common, self._place, about, say)]

    # What others did

    def _follow(self, engine: Engine, cursor: Cursor) -> Feed[dict[str, Status]]:
        loop = asyncio.get_running_loop()

        def gather(connection: Connection, entries: Sequence[Entry]) -> dict[str, Status]:
            names = {e.subject.id for e in entries if e.kind in OPERATED or e.kind == MAINTAINED}
            if elsewhere := engine.roster.foreign:
                names |= {e.subject.id for e in entries if e.subject.kind == "component"} & elsewhere
            return statuses_of(connection, sorted(names))

        def gather_all(connection: Connection) -> dict[str, Status]:
            """What was told while nobody could take it in: how every component stands that others speak of."""
            return statuses_of(connection, sorted(engine.roster.told_by_others))

        def tell(news: News[dict[str, Status]]) -> None:
            if news.gathered or news.entries or news.rebuild:
                loop.call_soon_threadsafe(self._heard, engine, news)

        def fail(error: WatchfloorError) -> None:
            if not isinstance(error, StoreUnavailable):  # of that the other duties say so
                loop.call_soon_threadsafe(say, str(error))

        feed = Feed(
            self._database, cursor, gather=gather, tell=tell, fail=fail, gather_all=gather_all, pace_s=0.02
        )
        feed.start()
        return feed

    def _heard(self, engine: Engine, news: News[dict[str, Status]]) -> None:
        elsewhere = engine.roster.foreign
        if news.rebuild:
            self._catalog.note_load()
            self._catalog.note_revision()
        operated = {entry.subject.id for entry in news.entries if entry.kind in OPERATED}
        for component_id, status in news.gathered.items():
            if component_id in elsewhere:
                continue
            if component_id in operated or (news.rebuild and not engine.roster.knows_stopped(status)):
                engine.take_stopped(component_id, status)
            elif not news.rebuild or engine.roster.is_put_in_doubt(status):
                engine.take_maintenance_end(component_id, status)
        if elsewhere:
            engine.take_foreign(news.gathered)
        for entry in news.entries:
            if entry.kind == "component.check_asked":
                engine.look_at_component(entry.subject.id)
            elif entry.kind == "catalog.loaded":
                self._catalog.note_load()
            elif entry.subject.kind == "threshold":
                self._catalog.note_revision()

    # Duties beside probing

    async def _reconcile(self) -> None:
        while True:
            await asyncio.sleep(RECONCILE_S)
            with suppress(StoreUnavailable):
                await asyncio.wrap_future(self._database.write(self._author, lose_runs, self._conductors))

    async def _give_signs(self) -> None:
        """Tells the console that started this agent what hinders it, and ends it soon after that console."""
        if not self._for_console:
            return
        giving = Giving(sys.stdout.fileno())
        while giving.give(self._waits_for or (self._engine.trouble if self._engine else "")):
            await asyncio.sleep(SIGN_S)
        self._ending.set()

    async def _read(self, question: Callable[..., T], *args: Any) -> T:
        return await self._lasting(partial(self._database.read, question, *args))

    async def _write(self, command: Callable[..., T], *args: Any, **named: Any) -> T:
        return await self._lasting(partial(self._database.write, self._author, command, *args, **named))

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
