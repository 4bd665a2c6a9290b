"""A desk whose clock is moved by hand, with a catalog of two agreements."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from core.catalog.commands import load_catalog
from core.catalog.model import Agreement, Calendar, Catalog, Component, Customer, Promise, Service
from core.desk import commands
from core.desk.clocks.announcing import DUTY
from core.desk.clocks.keeping import differences
from core.desk.clocks.promises import item_of, promises
from core.desk.queries import incidents
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.store.lease import take_lease
from core.store.store import Store, backend_for
from core.store.work import Author
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.desk.clocks.model import ClockKind
    from core.desk.clocks.promised import Clock

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = 3600.0
GOLD = Agreement(
    "gold", "Gold", "acme", ("shop",), "office",
    targets=(Promise(1, HOUR / 2, 4 * HOUR), Promise(3, 4 * HOUR, 16 * HOUR)), may_ask=("*",),
)  # fmt: skip
TELLING = Agreement(
    "talk", "Talk", "acme", ("lamp",), "office",
    targets=(Promise(1, HOUR / 2, 8 * HOUR, HOUR), Promise(2, HOUR, 16 * HOUR, 2 * HOUR)), may_ask=("*",),
)  # fmt: skip
OFFICE = Calendar("office", "UTC", tuple((day, 8 * 60, 18 * 60) for day in range(5)))
CATALOG = Catalog(
    customers={"acme": Customer("acme", "Acme")},
    services={"shop": Service("shop", "Shop"), "lamp": Service("lamp", "Lamp"), "free": Service("free", "Free")},
    agreements={"gold": GOLD, "talk": TELLING}, calendars={"office": OFFICE},
    components={
        c.id: c
        for c in (Component("web", "Web", "shop"), Component("bulb", "Bulb", "lamp"), Component("toy", "Toy", "free"))
    },
)  # fmt: skip
BOX = Consent(Level.BOX)
AGENT = Author("agent", Via.AGENT)
T = TypeVar("T")


class Desk:
    """A desk whose clock is moved by hand."""

    def __init__(self, place: Path | str, ada: Author, catalog: Catalog = CATALOG) -> None:
        self.now, self.ada = MONDAY, ada
        self.store = Store(backend_for(place), now=lambda: self.now)
        self.store.open()
        self.load(catalog)

    def load(self, catalog: Catalog) -> None:
        self.store.write(self.ada, load_catalog, catalog, directory="x", digest=str(self.now), changes=[])

    def fail(self, component: str = "web", severity: int = 1) -> int:
        service = CATALOG.components[component].service
        return self.do(
            commands.raise_for_failure, component, service, "it is down", severity, cause=None, author=AGENT
        )

    def do(self, command: Callable[..., T], *args: object, author: Author | None = None, **named: Any) -> T:
        return self.store.write(author or self.ada, command, *args, **named)

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)

    def clocks(self) -> dict[ClockKind, Clock]:
        (incident,) = self.store.read(incidents, closed=True)
        return {c.kind: c for c in self.store.read(promises, [incident], self.now)[incident.id]}

    def check_what_is_kept(self) -> None:
        """Compares the clocks that are kept with what the journal comes to, to the microsecond."""
        items = [item_of(each) for each in self.store.read(incidents, closed=True)]
        assert self.store.read(differences, items, to_micros(self.now)) == []


class OnDuty(Desk):
    """A desk with one agent that has the duty of the clocks."""

    def __init__(self, place: Path | str, ada: Author) -> None:
        super().__init__(place, ada)
        self.token = self.do(take_lease, DUTY, "one", author=AGENT)


def due(clock: Clock) -> str:
    assert clock.due is not None
    return f"{from_micros(clock.due):%a %H:%M}"
