"""A corrective action with everything written, and a house whose clock is moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Staff
from core.desk import commands as desk
from core.gate.model import Consent, Level
from core.improvement.commands import add_evidence, complete_action, draft_action
from core.improvement.queries import one_action
from core.journal.model import Via
from core.store.lease import take_lease
from core.store.store import Store, backend_for
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.catalog.improvement import Improvement
    from core.improvement.model import CorrectiveAction

T = TypeVar("T")
BOX = Consent(Level.BOX)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ADA, LEA, LUKE = (Author(name, Via.CONSOLE, f"seat-{name}") for name in ("ada", "lea", "luke"))
AGENT = Author("agent", Via.AGENT, "agent:host:1:0000")
STAFF = (Staff("ada", "Ada"), Staff("lea", "Lea", role="lead"), Staff("luke", "Luke", role="lead"))
WRITTEN = {
    "cause": "no limit on the queue", "category": "capacity", "action": "set a limit", "owner": "ada", "due": "2026-12-01",
    "check_plan": "no backlog alarm in December", "measure": "component:till",
}  # fmt: skip


class House:
    """Works on corrective actions at a moment that a test sets, with an agent that has the duty."""

    def __init__(self, place: Path | str) -> None:
        self.now = MONDAY
        self.store = Store(backend_for(place), now=lambda: self.now)
        self.store.open()
        self.token = self.do(take_lease, "endings", AGENT.seat, over=None, info={}, author=AGENT)
        self.declare()

    def declare(self, rules: Improvement | None = None, staff: tuple[Staff, ...] = STAFF) -> None:
        """Puts rules and staff in force."""
        catalog = Catalog(
            staff={each.id: each for each in staff}, improvement={} if rules is None else {rules.id: rules}
        )
        self.do(load_catalog, catalog, directory="", digest=str(self.now), changes=())

    def do(self, command: Callable[..., T], *args: Any, author: Author = ADA, **named: Any) -> T:
        return self.store.write(author, command, *args, **named)

    def agent(self, command: Callable[..., T], *args: Any) -> T:
        return self.do(command, self.token, *args, author=AGENT)

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)

    def carried_out(self, by: Author = ADA, **fields: str) -> int:
        """Returns the number of an action with everything written, that ada or another carried out."""
        drafted = self.do(draft_action, {"deviation": "the till stood still", **WRITTEN, **fields})
        self.do(add_evidence, drafted.id, "the limit, as it is now")
        return self.do(complete_action, drafted.id, author=by).id

    def one(self, number: int) -> CorrectiveAction:
        return self.store.read(one_action, number)

    def fails(self, component: str = "till") -> int:
        """Has the agent see that a component fails; returns the incident's number."""
        return self.do(
            desk.raise_for_failure, component, "shop", f"{component} is down", 2, cause=None, author=AGENT
        )
