"""Who has which right in the month: what is granted, what its sources show, and what is asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from console.demo.failures import BOX, LEAD
from console.demo.reviewing import Reviewing
from core.catalog.queries import declared_access_sources
from core.security.grants.commands import accept_grant, ignore_grant
from core.security.grants.importing import take_in
from core.security.grants.model import Right
from core.security.grants.queries import grant_known_by
from core.security.grants.reading import DUTY, read_source
from core.security.grants.sources.known import asked_of, own_asked, own_opened
from core.security.grants.sources.opening import open_source
from core.security.requests.commands import approve_access, ask_access, decline_access
from core.security.requests.model import Wish

if TYPE_CHECKING:
    from console.demo.duties import Duties
    from console.demo.failures import Story
    from console.demo.papers import Papers

LEDGER, GATE = "ledger-roles", "gate-groups"
SHOWN = {LEDGER: "access/ledger-roles.csv", GATE: "access/gate.group"}
"""Where each source lies in the demonstration's folder."""
ON_LEDGER = "component:ledger-db"


class Access:
    """A list of what is granted, sources that show something else, two reviews of it all, and requests for access."""

    def __init__(self, story: Story, papers: Papers, duties: Duties) -> None:
        self._story, self._papers, self._duties = story, papers, duties
        self._reviewing = Reviewing(story, papers.person.login, duties)

    def plan(self) -> None:
        """Puts what happens into the month."""
        plan = (
            (29, self._grant_own), (28, lambda: self._list("ledger-granted.csv", LEDGER)),
            (27.9, lambda: self._show("ledger-roles-1.csv", LEDGER)), (27, self._leave_alone),
            (15, lambda: self._show("ledger-roles-2.csv", LEDGER)), (14.2, lambda: self._list("gate-granted.csv", GATE)),
            (14, lambda: self._show("gate.group", GATE)), (6, self._ask_and_decline), (2.1, self._ask_and_approve),
            (0.08, lambda: self._ask("j.silva", "admin", "The log volume stalls again; I want to look at it tonight.", 2)),
        )  # fmt: skip
        for days, doing in plan:
            self._story.put(self._story.end - timedelta(days=days), doing)
        self._reviewing.plan((LEDGER, GATE))

    def _list(self, name: str, source: str) -> None:
        """Has the lead take in a list of what is granted."""
        path = self._papers.put(f"security/{name}", f"access/{name}")
        asked = asked_of(self._story.read(declared_access_sources)[source], is_granting=True)
        self._story.write(LEAD, take_in, open_source(str(path), "csv"), asked, BOX)

    def _show(self, name: str, source: str) -> None:
        """Has the agent read what a source shows now."""
        path = self._papers.put(f"security/{name}", SHOWN[source])
        declared = self._story.read(declared_access_sources)[source]
        opened = open_source(str(path), declared.kind)
        self._duties.do(DUTY, read_source, DUTY, opened, asked_of(declared))

    def _grant_own(self) -> None:
        """Has the agent read who may do what here, and all of it granted by whoever looks at the month; their own by the lead."""
        opened = self._story.read(own_opened)
        came = self._duties.do(DUTY, read_source, DUTY, opened, own_asked())
        until = self._story.end.date() + timedelta(days=180)
        for each in came.done:
            number = int(each.label.removeprefix("G-"))
            args = (number, LEAD, "works in the team", until, BOX)
            me = self._papers.person.login
            self._story.write(LEAD if each.right.principal == me else me, accept_grant, *args)

    def _leave_alone(self) -> None:
        found = self._story.read(grant_known_by, Right(LEDGER, "monitor", "read", ON_LEDGER))
        until = self._story.end.date() + timedelta(days=6)
        reason = "It goes with the new alarms; nobody is to lose the old ones before."
        self._story.write(LEAD, ignore_grant, found.id, until, reason, BOX)

    def _ask(self, who: str, entitlement: str, reason: str, days: int) -> int:
        wish = Wish(who, LEDGER, who, f"{entitlement} for a while", ON_LEDGER, reason, days)
        return int(self._story.write(who, ask_access, wish).id)

    def _ask_and_approve(self) -> None:
        number = self._ask("s.cole", "write", "Entries of Lagos Freight are to be corrected by Tuesday.", 5)
        approve = (LEAD, approve_access, number, "Fits the request of the customer.", BOX)
        self._story.put(self._story.now() + timedelta(minutes=35), lambda: self._story.write(*approve))

    def _ask_and_decline(self) -> None:
        number = self._ask("s.cole", "admin", "It would save asking each time.", 14)
        decline = (LEAD, decline_access, number, "Ask for what a task needs, while it needs it.", BOX)
        self._story.put(self._story.now() + timedelta(hours=2), lambda: self._story.write(*decline))
