"""Two agents at one database: what is snoozed is woken once, and approvers are reminded once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from console.clocking import Clocking
from core.catalog.commands import load_catalog
from core.catalog.model import Agreement, Approval, Catalog, Customer, RequestType, Service, Staff
from core.desk.requests import commands
from core.desk.requests.attending import snooze_request
from core.desk.requests.model import Asked
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.journal.model import Via
from core.store.store import Store, backend_for
from core.store.thread import DatabaseThread
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from pathlib import Path

BOX = Consent(Level.BOX)
ADA = Author("ada", Via.CONSOLE, "seat-1")
AGENT = Author("agent", Via.AGENT, "agent:maker")
PHONE = RequestType("phone", "A phone", "mail", approval=Approval(("role:lead",)))


def make(place: Path) -> None:
    """Makes a database where a snooze ended an hour ago, and an approval waits for nine hours."""
    clock = [utc_now() - timedelta(hours=9)]
    store = Store(backend_for(place), now=lambda: clock[0])
    store.open()
    catalog = Catalog(
        customers={"acme": Customer("acme", "Acme")}, services={"mail": Service("mail", "Mail")},
        agreements={"a": Agreement("a", "A", "acme", ("mail",), may_ask=("*",), request_types=(PHONE,))},
        staff={"ada": Staff("ada", "Ada"), "lea": Staff("lea", "Lea", role="lead")},
    )  # fmt: skip
    store.write(AGENT, load_catalog, catalog, directory="/c", digest="1", changes=())
    for type_ in ("", "phone"):
        store.write(ADA, commands.new_request, Asked("Help", "mail", "eve@acme.example", type=type_), BOX)
    store.write(ADA, snooze_request, 1, clock[0] + timedelta(hours=8), "the part comes then")
    store.close()


def kinds(place: Path) -> list[str]:
    store = Store.at(place)
    found = [entry.kind for n in (1, 2) for entry in store.read(journal.of_subject, commands.subject(n))]
    store.close()
    return [kind for kind in found if kind in {"request.woken", "request.approval_reminded"}]


async def test_two_agents_wake_and_remind_once(tmp_path: Path) -> None:
    place = tmp_path / "watchfloor.db"
    make(place)
    databases = [DatabaseThread(place) for _ in range(2)]
    agents = [
        Clocking(database, Author("agent", Via.AGENT, f"agent:host:{n}:0000"), {}, lambda _: None)
        for n, database in enumerate(databases, 1)
    ]
    work = [asyncio.create_task(agent.run()) for agent in agents]
    async with asyncio.timeout(60):
        while len(await asyncio.to_thread(kinds, place)) < 2:
            await asyncio.sleep(0.1)
    await asyncio.sleep(2.5)  # two looks more, in which nothing is to be said again
    for task in work:
        task.cancel()
    await asyncio.wait(work)
    for database in databases:
        await asyncio.to_thread(database.close)
    assert kinds(place) == ["request.woken", "request.approval_reminded"]
