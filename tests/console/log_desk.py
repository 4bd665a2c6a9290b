"""A database whose signals are looked at, beside the duty that reads its logs."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from console.log_reading import LogReading
from core.catalog.commands import load_catalog
from core.catalog.logs import LogSource, SigmaText
from core.catalog.model import Catalog, Service, Staff, Zone
from core.journal.model import Via
from core.security.signals.pages import Wanted, page
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path


ADA = Author("ada", Via.CLI, "seat")
VIC = Author("vic", Via.CLI, "seat")
AGENT = Author("agent", Via.AGENT, "agent:host:1:0000")
LINE = "{at:%Y-%m-%dT%H:%M:%S}+00:00 shop-1 sudo[7]:   {who} : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh\n"


class Desk:
    """A database whose signals are looked at, beside a duty that runs."""

    def __init__(self, folder: Path) -> None:
        self.log, self.far = folder / "auth.log", folder / "far.log"
        self.log.touch()
        self.store = Store.at(folder / "watchfloor.db")
        self.said: list[str] = []

    def declare(self, **others: SigmaText) -> None:
        catalog = Catalog(
            services={"shop": Service("shop", "Shop")}, zones={"far": Zone("far", "Far")},
            staff={"ada": Staff("ada", "Ada"), "vic": Staff("vic", "Vic", role="viewer")},
            log_sources={
                "auth": LogSource("auth", "auth", "auth", str(self.log)),
                "far": LogSource("far", "far", "auth", str(self.far), zone="far"),
            },
            sigma_rules=dict(others),
        )  # fmt: skip
        self.store.write(ADA, load_catalog, catalog, directory="x", digest=str(len(others)), changes=["all"])

    def write(self, who: str) -> None:
        with self.log.open("a") as file:
            file.write(LINE.format(at=utc_now(), who=who))

    def found(self, rule: str) -> list[str]:
        wanted = Wanted("ada", utc_now().date(), "all")
        return [each.about for each in self.store.read(page, wanted) if each.rule == rule]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():
                await asyncio.sleep(0.02)


@asynccontextmanager
async def reading(tmp_path: Path, zone: str = "") -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    desk.declare()
    thread = DatabaseThread(tmp_path / "watchfloor.db")
    await asyncio.wrap_future(thread.open())
    duty = LogReading(thread, AGENT, {}, desk.said.append, zone)
    running = asyncio.create_task(duty.run())
    yield desk
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await duty.end()
    thread.close()
    desk.store.close()
