"""A house whose agents do one duty on one database, however often they are killed at it."""

from __future__ import annotations

import getpass
import signal
from typing import TYPE_CHECKING, Any, ClassVar

from core.desk.commands import open_incident
from core.gate.model import Consent, Level
from core.journal.model import START, Via
from core.journal.queries import after
from core.store.lease import lease_of
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from core.journal.model import Entry
    from core.store.work import Work
    from tests.journeys.conftest import House
    from tests.terminal import Terminal

ME = Author(getpass.getuser(), Via.CLI, "test")


class Floor:
    """`catalog` is what the house declares besides, `duty` what its agents take turns at."""

    catalog: ClassVar[str]
    duty: ClassVar[str]

    def __init__(self, house: House, place: str) -> None:
        self.house, self.place = house, place
        (house.home / "catalog" / "phones.toml").write_text(self.catalog)
        if place.startswith("postgresql:"):
            house.run("admin", "create", "--db", place)
        self.agents: list[Terminal] = []

    def agent(self, *words: str) -> Terminal:
        catalog = ["--catalog", str(self.house.home / "catalog")]
        self.agents.append(self.house.console("agent", "--db", self.place, *catalog, *words))
        return self.agents[-1]

    def kill(self, agent: Terminal) -> None:
        agent.signal(signal.SIGKILL)
        agent.process.wait(timeout=20)

    def write(self, command: Callable[..., Any], *args: Any) -> None:
        store = Store.at(self.place)
        store.write(ME, command, *args)
        store.close()

    def ask(self, question: Callable[..., Any], *args: Any) -> Any:
        store = Store.at(self.place)
        try:
            return store.read(question, *args)
        finally:
            store.close()

    def holder(self) -> str | None:
        """Returns who has the duty now."""
        held = self.ask(lease_of, self.duty)
        return held.holder if held is not None and not held.is_given_up else None

    def entries(self, kind: str) -> list[Entry]:
        """Returns all entries of a kind, the oldest first."""
        return [each for each in self.ask(_all) if each.kind == kind]


def open_phones(work: Work, many: int) -> None:
    """Opens so many incidents of the phones."""
    for n in range(many):
        open_incident(work, "", "phones", f"line {n} is dead", 1, Consent(Level.BOX))


def _all(connection: Connection) -> list[Entry]:
    entries: list[Entry] = []
    while more := after(connection, entries[-1].cursor if entries else START):
        entries += more
    return entries
