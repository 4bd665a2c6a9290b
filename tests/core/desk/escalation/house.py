"""A desk whose items are escalated, with an agent that has the duty, and a clock that is moved by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.catalog.model import Group, Service, Staff
from core.catalog.oncall import Layer, Policy, PolicyStep, Rota
from core.desk.clocks.announcing import DUTY as CLOCKS
from core.desk.clocks.announcing import announce_due, items_after
from core.desk.escalation.mending import is_kept_wrongly
from core.desk.escalation.paging import DUTY, escalate_due, is_due
from core.desk.escalation.tables import escalation
from core.desk.messages.tables import message
from core.journal.queries import page
from core.journal.wording import sentence
from core.store.lease import take_lease
from core.timekeeping import to_micros
from tests.core.desk.at_the_desk import AGENT, CATALOG, GOLD, Desk

if TYPE_CHECKING:
    from pathlib import Path

    from core.catalog.model import Catalog
    from core.store.work import Author

M = 60.0
MAJOR = Policy(
    "major", "Major", (
        PolicyStep(("rota:ops",)), PolicyStep(("rota:ops", "bob"), 15 * M, "unanswered"),
        PolicyStep(("role:lead", "channel:war-room"), 30 * M), PolicyStep(("boss",), 0.0, "broken"),
    ),
)  # fmt: skip
STAFF = {
    "ada": Staff("ada", "Ada", email="ada@house.example"), "bob": Staff("bob", "Bob", email="bob@house.example"),
    "cyd": Staff("cyd", "Cyd", email="cyd@house.example", role="lead"), "boss": Staff("boss", "Boss", role="admin"),
}  # fmt: skip
OPS = Rota("ops", "Operations", "UTC", (Layer("first", ("ada", "bob"), "2026-11-23", at=8 * 60),))


def catalog(*policies: Policy, rota: Rota = OPS, **agreement: Any) -> Catalog:
    """Returns the catalog of the desk with these policies; the first one is that of all items of the agreement gold."""
    named = {"policy": policies[0].id, **agreement} if policies else agreement
    return replace(
        CATALOG, agreements={**CATALOG.agreements, "gold": replace(GOLD, **named)}, staff=STAFF, rotas={rota.id: rota},
        policies={each.id: each for each in policies}, groups_of_people={"night": Group("night", "Night", ("bob", "cyd"))},
        services={**CATALOG.services, "free": Service("free", "Free", policy=policies[-1].id if policies else "")},
    )  # fmt: skip


class Pager(Desk):
    """The desk, and what was sent to whom."""

    def __init__(self, place: Path | str, ada: Author, *policies: Policy) -> None:
        super().__init__(place, ada)
        self.load(catalog(*(policies or (MAJOR,))))
        self.token = self.do(take_lease, DUTY, "one", author=AGENT)
        self.clocks_token = self.do(take_lease, CLOCKS, "one", author=AGENT)

    def load(self, catalog: Catalog) -> None:
        """Puts a catalog in force, a second after what was and before what comes."""
        self.pass_(seconds=1)
        super().load(catalog)
        self.pass_(seconds=1)

    def look(self) -> list[str]:
        """Has the agent take what is due, and returns what it wrote down."""
        before = self.store.read(page, limit=1)[0].seq
        while self.do(announce_due, self.clocks_token, author=AGENT):
            pass
        while self.do(escalate_due, self.token, author=AGENT):
            pass
        assert not self.store.read(is_due, to_micros(self.now))
        entries = [entry for entry in reversed(self.store.read(page, limit=500)) if entry.seq > before]
        wanted = ("escalated", "nobody_told", "escalation_mended")
        return [sentence(entry) for entry in entries if entry.kind.partition(".")[2] in wanted]

    def told(self) -> list[str]:
        """Returns to whom messages were queued, in order."""
        query = select(message.c.recipient).where(message.c.purpose == "escalation").order_by(message.c.id)
        return self.store.read(lambda c: list(c.scalars(query)))

    def kept(self, number: int = 1, kind: str = "incident") -> Any:
        """Returns the row of an escalation."""
        query = select(escalation).where(escalation.c.subject_id == number, escalation.c.subject_kind == kind)
        return self.store.read(lambda c: c.execute(query).first())

    def check(self) -> None:
        """Compares what is kept with what the journal comes to."""
        for kind in ("incident", "request"):
            assert not self.store.read(is_kept_wrongly, self.store.read(items_after, kind, 0))
