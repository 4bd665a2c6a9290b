"""A house whose clock is moved by hand: a database, a shop that needs it, and an agent's writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, Need, Service, Staff, Zone
from core.desk.queries import incidents
from core.gate.model import Consent, Level
from core.journal.model import START, Via
from core.journal.queries import after
from core.monitoring.commands import Change, record_changes
from core.monitoring.model import State, Status
from core.monitoring.queries import status_of
from core.operations.windows.commands import Plan, plan_window
from core.operations.windows.holding import DUTY, keep_windows
from core.operations.windows.model import Scope
from core.operations.windows.queries import one_window
from core.store.lease import take_lease
from core.store.store import Store, backend_for
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.desk.model import Incident
    from core.operations.windows.model import Window

T = TypeVar("T")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BOX = Consent(Level.BOX)
AGENT = Author("agent", Via.AGENT)
HOUR = timedelta(hours=1)
DB = Scope(("db",))


class House:
    """`db`, `spare` and `shop`, which needs `db`; all of service shop, `spare` in zone ams."""

    def __init__(self, place: Path | str, ada: Author) -> None:
        self.now, self.ada = MONDAY, ada
        self.store = Store(backend_for(place), now=lambda: self.now)
        self.store.open()
        needs_db = (Need(("db",), 1),)
        self.catalog = Catalog(
            services={"data": Service("data", "Data"), "shop": Service("shop", "Shop")},
            components={
                "db": Component("db", "Database", "data"), "spare": Component("spare", "Spare", "data", zone="ams"),
                "shop": Component("shop", "Shop", "shop", needs=needs_db),
            },
            zones={"ams": Zone("ams", "Amsterdam")},
            staff={"ada": Staff("ada", "Ada", role="lead"), "bo": Staff("bo", "Bo"), "vic": Staff("vic", "Vic", role="viewer")},
        )  # fmt: skip
        self.store.write(ada, load_catalog, self.catalog, directory="x", digest="1", changes=[])
        self.token = self.store.write(AGENT, take_lease, DUTY, "agent")

    def do(self, command: Callable[..., T], *args: Any, author: Author | None = None, **named: Any) -> T:
        return self.store.write(author or self.ada, command, *args, **named)

    def plan(
        self, scope: Scope = DB, *, after: timedelta = timedelta(0), lasts: timedelta = HOUR, **said: Any
    ) -> Window:
        plan = Plan(
            scope,
            self.now + after,
            self.now + after + lasts,
            said.pop("owner", ""),
            said.pop("reason", "a new disk"),
            **said,
        )
        return self.do(plan_window, plan, BOX)

    def at(self, after: timedelta) -> None:
        """Moves the clock on, and has the agent keep the windows."""
        self.now += after
        self.keep()

    def keep(self) -> None:
        while self.do(keep_windows, self.token, author=AGENT):
            pass

    def found(
        self,
        component: str,
        state: State,
        words: str = "",
        *,
        confirmed: bool = True,
        roots: tuple[str, ...] = (),
    ) -> None:
        """Writes a state as the watch does."""
        now = Status(
            component, 0, state, confirmed, self.now, words or f"{component} is {state}", roots=roots
        )
        self.do(record_changes, [Change(now, "data", component, 2)], author=AGENT)

    def window(self, number: int = 1) -> Window:
        return self.store.read(one_window, number)

    def status(self, component: str = "db") -> Status:
        return self.store.read(status_of, component)

    def mark(self, component: str = "db") -> str:
        found = self.status(component).maintenance
        return "" if found is None else f"{found.label} {found.until:%H:%M}"

    def incidents(self) -> list[Incident]:
        return self.store.read(incidents)

    def kinds(self, about: str) -> list[str]:
        """Returns the kinds of all entries about one sort of subject, in order."""
        entries = self.store.read(after, START)
        return [entry.kind for entry in entries or () if entry.subject.kind == about]
