"""A review shows what training a right asks for, as it stood when the review opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from core.catalog.commands import load_catalog
from core.catalog.training import Training
from core.improvement.training.commands import record_training, withdraw_training
from core.security.reviews.drawing import drawn_of
from tests.core.security.reviews.house import BOX, CATALOG, grant_row

if TYPE_CHECKING:
    from tests.core.security.reviews.house import House

EYES = Training("eyes", "Four eyes", rights=("payouts",), months=12)
KEYS = Training("keys", "Keys", privileged=True)
GRANTS = [
    grant_row("ben", person="ben", entitlement="payouts"),
    grant_row("cy", person="cy", entitlement="payouts", is_privileged=1),
    grant_row("vic", person="vic", entitlement="payouts"),
    grant_row("svc", entitlement="payouts"),
    grant_row("ada", person="ada"),
]


def test_it_is_frozen_with_the_item_and_does_not_change_with_what_is_recorded_later(house: House) -> None:
    declared = replace(CATALOG, trainings={each.id: each for each in (EYES, KEYS)})
    house.do(load_catalog, declared, directory="x", digest="2", changes=["1"])
    house.do(record_training, "ben", "eyes", date(2026, 3, 1), by="lea")
    house.do(record_training, "cy", "eyes", date(2025, 10, 1), by="lea")
    review = house.opened(grants=GRANTS)
    found = {each.principal: each.training for each in house.items()}
    assert found == {
        "ben": "Four eyes valid until 2027-02-28",
        "cy": "missing: Keys; Four eyes expired 2026-10-01",
        "vic": "missing: Four eyes",
        "svc": "asked, and nobody is known to go by that name: Four eyes",
        "ada": "none asked",
    }
    house.do(record_training, "vic", "eyes", date(2026, 3, 1), by="lea")
    house.do(withdraw_training, 1, "it was another Ben", BOX, by="lea")
    assert {each.principal: each.training for each in house.items()} == found
    assert house.store.read(drawn_of, review.id).digest == review.digest


def test_without_any_training_declared_none_is_asked(house: House) -> None:
    house.opened()
    assert {each.training for each in house.items()} == {"none asked"}
