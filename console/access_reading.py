"""The agent's duty of sources: reading who has which right when that is due, and soon after a file of it changed."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from console.duty import LookingDuty
from console.mail_secrets import SOURCE, contact_secret
from core.errors import BadInput, StoreUnavailable, Unavailable
from core.monitoring.waking import Waking
from core.printable import printable
from core.security.grants.reading import (
    DUTY,
    due_sources,
    fail_source,
    is_as_it_was,
    is_own_due,
    read_again,
    read_source,
)
from core.security.grants.sources.known import (
    OWN_EVERY_S,
    asked_of,
    is_own_database,
    opened_of,
    own_asked,
    own_opened,
)
from core.security.grants.sources.patterns import files_of
from core.security.grants.sources.postgresql import own_database
from core.security.grants.sources.staff import KIND, OWN
from core.store.lease import LeaseLost
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from typing import Any

    from console.connections.place import Place
    from core.catalog.access import AccessSource
    from core.security.grants.importing import Asked
    from core.security.grants.sources.opening import Opened
    from core.store.thread import DatabaseThread
    from core.store.work import Author


class AccessReading(LookingDuty):
    """Reads the sources of one zone for as long as it runs, where no other agent does; at home our own staff, too."""

    duty, doing, elsewhere = DUTY, "sources of grants", "another agent reads the sources of grants now"
    look_s, beat_s, lost_s = 2.0, 10.0, 30.0

    def __init__(
        self, database: DatabaseThread, author: Author, place: Place, about: dict[str, Any], say: Callable[[str], None], zone: str = "",
    ) -> None:  # fmt: skip
        super().__init__(database, author, about, say, zone)
        self._place, self._zone = place, zone
        self._changed: set[str] = set()
        self._said: dict[str, str] = {}
        self._declared: dict[str, AccessSource] = {}
        self._files: dict[str, tuple[str, ...]] = {}
        self._waking: Waking | None = None

    async def end(self) -> None:
        """Leaves the duty to another agent."""
        if self._waking is not None:
            await asyncio.to_thread(self._waking.close)
        await super().end()

    async def look(self) -> None:
        """Reads what is due, and what changed."""
        found = await self.ask(due_sources, self._zone, utc_now())
        changed, self._changed = self._changed, set()
        if found.due or changed or found.declared != self._declared:
            await self._listen(found.declared)
        for name in sorted((found.due | changed) & found.declared.keys()):
            here = found.declared[name]
            await self._read(here.kind, asked_of(here), partial(self._opened, here))
        if not self._zone and await self.ask(is_own_due, OWN, OWN_EVERY_S, utc_now()):
            await self._read(KIND, own_asked(), partial(self.ask, own_opened))
        await self.beat_when_due()

    async def _opened(self, here: AccessSource) -> Opened:
        if is_own_database(here):
            return await self.ask(own_database)
        secret = partial(contact_secret, self._place, SOURCE, here.id)
        return await asyncio.to_thread(opened_of, here, secret)

    async def _read(self, kind: str, asked: Asked, opening: Callable[[], Awaitable[Opened | None]]) -> None:
        """Reads one source, and keeps what came of it; a trouble of one holds up no other."""
        name = asked.of.source
        try:
            opened = await opening()
            if opened is None:
                return
            again = await self.ask(is_as_it_was, opened, asked)
            await self.write(read_again if again else read_source, self._held.name, opened, asked)
        except (StoreUnavailable, LeaseLost):
            raise
        except (BadInput, Unavailable) as error:
            trouble = printable(str(error), 600)
            await self.write(fail_source, self._held.name, kind, asked, trouble)
            if self._said.get(name) != trouble:
                self._say(f"source {name}: {trouble}")
            self._said[name] = trouble
        else:
            if self._said.pop(name, ""):
                self._say(f"source {name} can be read again")

    async def _listen(self, declared: dict[str, AccessSource]) -> None:
        """Listens for the files of the sources that are declared; which a pattern stands for is asked when one is read."""
        self._declared = declared
        files = {name: here.path for name, here in declared.items() if here.path}
        wanted: dict[str, list[str]] = {}
        for name, path in files.items():
            for file in await asyncio.to_thread(files_of, path):
                wanted.setdefault(file, []).append(name)
        now = {file: tuple(names) for file, names in wanted.items()}
        if now == self._files:
            return
        self._files = now
        if self._waking is None:
            self._waking = Waking(self._woken, self._say, asyncio.get_running_loop())
        self._waking.take_files(now)

    def _woken(self, names: Sequence[str]) -> None:
        self._changed.update(names)
