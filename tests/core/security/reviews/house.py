"""A house whose clock is moved by hand, with people, grants, and a review over them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import insert, select

from core.catalog.access import AccessSource
from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, Service, Staff
from core.gate.model import Consent, Level
from core.journal.model import Subject, Via
from core.security.grants.model import Standing
from core.security.grants.tables import access_grant
from core.security.reviews import deciding, opening
from core.security.reviews.pages import PAGES, Wanted
from core.security.reviews.plans import By, Plan, Stage
from core.security.reviews.queries import one_review, staged_of
from core.security.reviews.stepping import DUTY, step_due
from core.store.lease import take_lease
from core.store.store import Store, backend_for
from core.store.work import Author
from core.timekeeping import NEVER, to_micros

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from core.security.reviews.model import Decision, Item, Review
    from core.security.reviews.queries import Staged
    from core.store.work import Work

T = TypeVar("T")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BOX = Consent(Level.BOX)
AGENT = Author("agent", Via.AGENT)
STAFF = (
    Staff("ada", "Ada", role="admin"), Staff("lea", "Lea", role="lead"), Staff("ben", "Ben"), Staff("cy", "Cy"),
    Staff("dee", "Dee", login="dee.d", role="reviewer"), Staff("vic", "Vic", role="viewer"),
)  # fmt: skip
CATALOG = Catalog(
    services={"shop": Service("shop", "Shop")},
    components={
        "web": Component("web", "Web", "shop", owner="cy"),
        "db": Component("db", "Db", "shop", owner="ben"),
    },
    staff={each.id: each for each in STAFF},
    access_sources={"hosts": AccessSource("hosts", "passwd", "host:web-1")},
)


def author(name: str) -> Author:
    return Author(name, Via.CONSOLE, f"seat-{name}")


def grant_row(principal: str, owner: str = "ben", **fields: Any) -> dict[str, Any]:
    """One grant as its source shows it and as it was granted here."""
    return {
        "state": Standing.GRANTED, "source": "hosts", "principal": principal, "person": "", "entitlement": "login",
        "thing": "component:web", "is_privileged": 0, "owner": owner, "reason": "needed", "granter": "ada", "since": "",
        "expires": NEVER, "last_used": None, "said": "", "is_granted": 1, "is_found": 1, "found_at": None, "due": "",
        "why": "", "decided_by": "", "decided_at": None, "ended_at": None, **fields,
    }  # fmt: skip


def put_grants(work: Work, rows: Sequence[dict[str, Any]]) -> None:
    """Puts grants there, with their entries."""
    first = (
        work.connection.scalar(select(access_grant.c.id).order_by(access_grant.c.id.desc()).limit(1)) or 0
    ) + 1
    for number, row in enumerate(rows, start=first):
        is_open = Standing(row["state"]).is_open
        words = f"g-{number} {row['principal']} {row['entitlement']} {row['thing']}".lower()
        beside = {"is_open": int(is_open), "place": 4, "words": words}
        work.connection.execute(insert(access_grant).values(id=number, version=1, **row, **beside))
        work.record("grant.listed", Subject("grant", str(number)), {k: (None, v) for k, v in row.items()})


GRANTS = (
    grant_row("u1"), grant_row("u2", last_used=to_micros(MONDAY - timedelta(days=200))),
    grant_row("u3", entitlement="admin", is_privileged=1), grant_row("ben", person="ben"),
    grant_row("u5", owner="cy"), grant_row("u6", owner="", expires="2026-12-01"),
)  # fmt: skip
"""Of ben: u1, u2, u3 (privileged), his own; of cy: u5; of nobody: u6."""
PLAN = Plan((Stage(By.OWNER),), ("lea",))


class House:
    """Reviews grants at a moment that a test sets."""

    def __init__(self, place: Path | str, ada: Author) -> None:
        self.now, self.ada = MONDAY, ada
        self.store = Store(backend_for(place), now=lambda: self.now)
        self.store.open()
        self.store.write(ada, load_catalog, CATALOG, directory="x", digest="1", changes=[])
        self._token: int | None = None

    def do(self, command: Callable[..., T], *args: Any, by: str = "ada", **named: Any) -> T:
        return self.store.write(author(by), command, *args, **named)

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)

    def opened(self, plan: Plan = PLAN, grants: Sequence[dict[str, Any]] = GRANTS) -> Review:
        """Puts grants there and opens a review over them."""
        self.do(put_grants, grants)
        drafted = self.do(opening.draft_review, "All of it", plan)
        return self.do(opening.open_review, drafted.id, BOX)

    def items(self, person: str = "", view: str = "all", review: int = 1) -> list[Item]:
        return self.store.read(PAGES.page, Wanted(review, person, view, order="id"))

    def who(self, person: str, view: str = "yours", review: int = 1) -> list[str]:
        return [each.principal for each in self.items(person, view, review)]

    def item(self, principal: str, review: int = 1) -> Item:
        (found,) = (each for each in self.items(review=review) if each.principal == principal)
        return found

    def review(self, number: int = 1) -> Review:
        return self.store.read(one_review, number)

    def stage(
        self, by: str, decision: Decision, *principals: str, why: str = "", **named: Any
    ) -> deciding.Outcome:
        review = named.pop("review", 1)
        ids = [self.item(each, review).id for each in principals]
        return self.do(deciding.stage_decisions, review, ids, decision, why, by=by, **named)

    def write(self, by: str, review: int = 1) -> Staged:
        looked = self.store.read(staged_of, review, by)
        return self.do(deciding.write_out, review, looked.mark, BOX, by=by)

    def say(
        self, by: str, decision: Decision, *principals: str, why: str = "so it is", review: int = 1
    ) -> None:
        for each in principals:
            done = self.stage(by, decision, each, why=why, review=review)
            assert not done.not_done, done.not_done
        self.write(by, review)

    def steps(self) -> int:
        """Does all that is due as the agent does; returns how many things that were."""
        done = 0
        while self.store.write(AGENT, step_due, self.token()):
            done += 1
        return done

    def token(self) -> int:
        """Returns the token of the agent's lease, which is taken once."""
        if self._token is None:
            self._token = self.store.write(AGENT, take_lease, DUTY, "agent:h:1:a", over=None, info={})
        return self._token


def declare(house: House, staff: Sequence[Staff]) -> None:
    """Declares other staff."""
    catalog = replace(CATALOG, staff={each.id: each for each in staff})
    house.do(load_catalog, catalog, directory="x", digest="2", changes=[])
