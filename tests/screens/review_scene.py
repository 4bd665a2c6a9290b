"""A night with an access review, opened eight days ago, and a second one that is drafted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from core.catalog.model import Staff
from core.security.reviews import opening
from core.security.reviews.plans import By, Plan, Stage
from core.store.store import Store
from core.timekeeping import to_micros
from tests.core.security.reviews.house import BOX, grant_row, put_grants
from tests.screens.at_the_keys import LEE
from tests.screens.scene import NOW, make_night

if TYPE_CHECKING:
    from pathlib import Path

    from core.catalog.model import Catalog

AGO = timedelta


def _with_people(catalog: Catalog) -> None:
    for name, role in (("lee", "lead"), ("ana", "lead"), ("ben", "operator")):
        catalog.staff[name] = Staff(name, name.capitalize(), role=role)  # type: ignore[arg-type]


def rows(more: int = 0) -> list[dict[str, Any]]:
    used = {
        name: to_micros(NOW - AGO(days=days))
        for name, days in (("b.koch", 214), ("d.mensah", 3), ("svc-etl", 388))
    }
    found = [
        grant_row("a.adeyemi", "ana", entitlement="ledger-read", last_used=to_micros(NOW), reason="on call for the network",
                  expires="2026-06-30"),
        grant_row("b.koch", "ana", entitlement="ledger-write", last_used=used["b.koch"], reason="payments until March"),
        grant_row("c.dube", "ana", entitlement="ledger-admin", is_privileged=1, reason="migration weekend", granter="lee"),
        grant_row("d.mensah", "ana", entitlement="ledger-read", last_used=used["d.mensah"], reason="analyst",
                  expires="2026-12-31"),
        grant_row("svc-etl", "ana", entitlement="ledger-read", last_used=used["svc-etl"], reason="nightly job"),
        grant_row("ana", "ana", person="ana", entitlement="ledger-read"),
        grant_row("c.dube", "ben", entitlement="payouts-approve", thing="component:payouts", is_privileged=1),
    ]  # fmt: skip
    many = [
        grant_row(f"user{n:05}", "ana", entitlement="ledger-read", expires="2026-12-31") for n in range(more)
    ]
    return [*found, *many]


def make_review(folder: Path, more: int = 0) -> Path:
    """Makes the night, with a review that was opened eight days ago; returns its place."""
    place = make_night(folder, _with_people)
    clock = [NOW - AGO(days=8)]
    store = Store.at(place, now=lambda: clock[0])
    store.write(LEE, put_grants, rows(more))
    store.write(LEE, opening.draft_review, "Q1 ledger", Plan((Stage(By.OWNER),), ("lee",)))
    store.write(LEE, opening.open_review, 1, BOX)
    store.write(LEE, opening.draft_review, "Q2 ledger", Plan((Stage(By.LEAD),), ("lee",)))
    store.close()
    return place
