"""The catalog an agent goes by: the home zone's reads it from files and puts it in force, another zone's from the database.

Over what is declared lie the revised thresholds: each from the moment it is made until its end.
"""

from __future__ import annotations

import asyncio
import shlex
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from console.catalog_source import read
from core.catalog.commands import load_catalog, refuse_catalog
from core.catalog.difference import difference
from core.catalog.model import Catalog, HeartbeatTarget
from core.catalog.nearest import did_you_mean, listed
from core.catalog.queries import declared_catalog, declared_zone, holds_component
from core.catalog.stillness import ENDS
from core.counting import counted
from core.errors import BadInput, StoreUnavailable, Unavailable
from core.monitoring.beats import expect_beats
from core.monitoring.evaluation import ProbeState
from core.monitoring.numbers import number_probes
from core.monitoring.queries import probe_records, statuses, statuses_of
from core.monitoring.revisions.model import component_judged
from core.monitoring.revisions.queries import by_component, revisions
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Any

    from console.connections.place import Place
    from core.catalog.model import Component
    from core.catalog.problem import Loaded
    from core.monitoring.engine import Engine
    from core.monitoring.revisions.model import Revision
    from core.monitoring.schedule import Key
    from core.monitoring.waking import Waking

RETRY_S = 2.0
"""So often it is asked whether a catalog directory that is not there has come."""
LONGEST_WAIT_S = 30.0
"""So often it is looked at least whether the end of a revision has come: the clock may have been set."""
LOOK_AGAIN_MS = 2000
"""So often it is asked whether a file that was being written has been let go of."""


class AgentCatalog:
    """What one zone's engine watches, kept as it is declared.

    `directory` is where the home zone's agent reads it; other agents take what is in force from the database.
    `read` and `write` carry out a question and a command for as long as it takes until the database can.
    """

    def __init__(
        self,
        directory: Path,
        zone: str,
        place: Place,
        *,
        read: Callable[..., Awaitable[Any]],
        write: Callable[..., Awaitable[Any]],
        say: Callable[[str], None],
    ) -> None:
        self._directory, self._zone, self._place = directory, zone, place
        self._read, self._write, self._say = read, write, say
        self._catalog = Catalog()
        self._problems: tuple[str, ...] = ()
        self._is_written = False  # a file was being written when the catalog was last read
        self._has_begun = self._has_waited = False
        self._numbers: Mapping[Key, int] = {}
        self._news, self._revised = asyncio.Event(), asyncio.Event()
        self._revised.set()  # what was revised between the first reading and the first entry heard
        self._revisions: Mapping[str, Sequence[Revision]] = {}  # those judged by, by component
        self._next_end: datetime | None = None
        self.waking: Waking | None = None

    async def is_there(self, *, or_wait: bool) -> bool:
        """Tells whether the agent can begin: another zone's only when some catalog is in force.

        Raises Unavailable when nothing is declared that could be watched; files that are wrong are waited for. With
        `or_wait` that is waited for too: a console's own agent goes on until there are files.
        """
        if self._zone:
            return await self._is_zone_there()
        if or_wait or await self._read(holds_component):
            return True
        loaded = await asyncio.to_thread(read, self._directory)
        if not loaded.is_bare:
            return True  # there is something, though it may be refused: it is told, and waited for
        where, what = str(self._directory), "declares no component"
        if loaded.problems:
            where, what = loaded.problems[0].file, loaded.problems[0].what
        starter = f"watchfloor init {shlex.quote(str(self._directory))}"
        raise Unavailable(
            f"{what}, and the database {self._place.title} holds no component either: there is nothing to watch",
            where=where, next_step=f"Name a catalog with --catalog DIR, or write the starter there: {starter}",
        )  # fmt: skip

    async def _is_zone_there(self) -> bool:
        zones = (await self._read(declared_zone, self._zone)).zones
        if self._zone in zones:
            return True
        if not await self._read(holds_component):
            if not self._has_waited:
                self._say("waiting until the home zone's agent has put a catalog in force")
            self._has_waited = True
            return False
        step = "Zones are declared as [[zone]] in the catalog, which the home zone's agent puts in force"
        if zones:
            step = did_you_mean(self._zone, zones, f"The zones are: {listed(zones)}")
        raise Unavailable(
            f"the catalog in force has no zone {self._zone!r}: there is nothing to watch",
            where=self._place.title, next_step=step,
        )  # fmt: skip

    def watched(self, probes: int) -> str:
        """Returns what is watched, in words: a catalog, the last good one, or nothing yet."""
        if self._zone:
            return f"{counted(probes, 'probe')} of zone {self._zone}"
        if not self._problems:
            return f"{counted(probes, 'probe')} of {self._directory}"
        if not self._catalog.components:
            return f"nothing until {self._directory} holds a catalog without problems"
        return f"{counted(probes, 'probe')} of the last good catalog, which the database holds"

    async def begin(self, engine: Engine) -> None:
        """Goes on with the catalog in force, then with what files say: should they be wrong now, it is watched all the same."""
        await self._read_revisions()
        try:
            await self._take(engine, await self._in_force())
        except BadInput as error:
            self._say(str(error))
        if not self._zone:
            await self._load(engine)

    async def _in_force(self) -> Catalog:
        asked = (declared_zone, self._zone) if self._zone else (declared_catalog,)
        found: Catalog = await self._read(*asked)
        return found

    def note_load(self) -> None:
        """Notes that a catalog was put in force; the agent that did so has it."""
        self._news.set()

    def note_revision(self) -> None:
        """Notes that a threshold was revised, or a revision ended."""
        self._revised.set()

    async def follow_revisions(self, engine: Engine) -> None:
        """Judges by each revision from when it is made until its end, until cancelled; who ends it in the journal makes no difference."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._until_next_end()):
                    await self._revised.wait()
            self._revised.clear()
            before = self._revisions
            try:
                await self._read_revisions()
            except StoreUnavailable:  # of that the other duties say so
                self._revised.set()
                await asyncio.sleep(RETRY_S)
                continue
            components = (self._catalog.components.get(name) for name in {*before, *self._revisions})
            own = [each for each in components if each is not None and each.zone == self._zone]
            engine.take_thresholds(
                {(each.id, probe.id): probe for each in map(self._judged, own) for probe in each.probes}
            )

    def _until_next_end(self) -> float:
        """Returns in how many seconds it is to be looked again by what is judged: at the next end, by a clock that may be set meanwhile."""
        if self._next_end is None:
            return LONGEST_WAIT_S
        return min(max((self._next_end - utc_now()).total_seconds(), 0.0), LONGEST_WAIT_S)

    async def _read_revisions(self) -> None:
        kept: list[Revision] = await self._read(revisions)
        now = utc_now()
        found = [each for each in kept if each.holds(now)]
        self._revisions = by_component(found)
        self._next_end = min((each.ends_at for each in found if each.ends_at is not None), default=None)

    def _judged(self, component: Component) -> Component:
        return component_judged(component, self._revisions.get(component.id, ()))

    async def follow(self, engine: Engine) -> None:
        """Takes in every change of what is declared, until cancelled."""
        while self._zone:
            await self._news.wait()
            self._news.clear()
            try:
                await self._take(engine, await self._in_force())
            except BadInput as error:
                self._say(str(error))
        await self._watch_files(engine)

    async def _watch_files(self, engine: Engine) -> None:
        from watchfiles import Change as Kind
        from watchfiles import awatch

        def matters(_: Kind, path: str) -> bool:
            return path.endswith(ENDS)

        while True:
            if self._directory.is_dir():
                looks = awatch(
                    self._directory, watch_filter=matters, debounce=400, ignore_permission_denied=True,
                    rust_timeout=LOOK_AGAIN_MS, yield_on_timeout=True,
                )  # fmt: skip
                was_looked = False  # since it is watched: what was written before, behind the last reading, nobody tells
                async for changes in looks:
                    # That somebody lets go of a file at last, without another word in it, is no change of it.
                    if changes or self._is_written or not was_looked:
                        await self._reload(engine)
                    was_looked = True
            else:
                await self._reload(engine)
            await asyncio.sleep(RETRY_S)

    async def _reload(self, engine: Engine) -> None:
        try:
            await self._load(engine)
        except StoreUnavailable as error:
            self._say(f"the catalog could not be put in force: {error}")

    async def _load(self, engine: Engine) -> None:
        """Reads the files and puts them in force, or says on every screen why they cannot be."""
        loaded = await asyncio.to_thread(read, self._directory)
        self._is_written = loaded.is_written
        if loaded.catalog is None:
            await self._refuse(loaded)
            return
        changes = [str(change) for change in difference(self._catalog, loaded.catalog)]
        await self._write(
            load_catalog,
            loaded.catalog,
            directory=str(self._directory),
            digest=loaded.digest,
            changes=changes,
        )
        self._problems = ()
        await self._take(engine, loaded.catalog)

    async def _refuse(self, loaded: Loaded) -> None:
        problems = tuple(str(problem) for problem in loaded.problems)
        if problems != self._problems:
            self._say(f"the catalog is refused, {counted(len(problems), 'problem')}: {problems[0]}")
        self._problems = problems
        await self._write(refuse_catalog, directory=str(self._directory), problems=problems)

    async def _take(self, engine: Engine, catalog: Catalog) -> None:
        """Has the engine watch what `catalog` declares; of what is new to it the state is read that is kept."""
        wanted = [c for c in catalog.components.values() if c.zone == self._zone]
        keys = [(component.id, probe.id) for component in wanted for probe in component.probes]
        if not all(key in self._numbers for key in keys):
            self._numbers = await self._write(number_probes, keys)
        unknown = engine.roster.unknown(catalog)
        is_first_at_home = not self._zone and not self._has_begun
        kept = await self._read(*((statuses,) if is_first_at_home else (statuses_of, unknown)))
        # At first what is declared no longer is known by its state. Of zones the home zone's agent sees to that.
        gone = ({*kept} if is_first_at_home else {*self._catalog.components}) - catalog.components.keys()
        records = await self._read(probe_records) if unknown else {}
        states = {key: ProbeState.from_json(data) for key, data in records.items() if data}
        self._catalog, self._has_begun = catalog, True
        laid_over = {
            name: self._judged(catalog.components[name])
            for name in self._revisions
            if name in catalog.components
        }
        judged = replace(catalog, components=catalog.components | laid_over)
        engine.take_catalog(judged, kept, states, self._numbers, () if self._zone else gone)
        if self.waking is not None:
            self.waking.take_probes(engine.roster.probes())
        probes = (probe.target for each in wanted for probe in each.probes)
        names = {target.name for target in probes if isinstance(target, HeartbeatTarget)}
        try:
            expect_beats(self._place.beats, names, self._zone)
        except StoreUnavailable as error:
            self._say(str(error))  # who beats under a wrong name is not told
