"""Two rights that one person is not to have together are shown beside the one that is decided."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.catalog.access import Conflict
from core.catalog.commands import load_catalog
from core.security.reviews.conflicts import is_meant
from core.security.reviews.context import context_of
from tests.core.security.reviews.house import CATALOG, grant_row

if TYPE_CHECKING:
    from tests.core.security.reviews.house import House

RULE = Conflict("SOD-4", "nobody pays what they book", "ledger-*", "payouts-approve@component:bank")


@pytest.mark.parametrize(
    ("pattern", "entitlement", "on", "wanted"),
    [
        ("ledger-*", "Ledger-Admin", "component:web", True),
        ("ledger-*", "ledger", "component:web", False),
        ("payouts-approve@component:bank", "payouts-approve", "component:bank", True),
        ("payouts-approve@component:bank", "payouts-approve", "component:web", False),
        ("*@host:*", "root", "host:shop-1", True),
    ],
)
def test_a_pattern_means_a_right(pattern: str, entitlement: str, on: str, wanted: bool) -> None:
    assert is_meant(pattern, entitlement, on) is wanted


def test_a_conflict_is_shown_from_both_sides_and_only_of_the_same_person(house: House) -> None:
    declared = replace(CATALOG, conflicts={RULE.id: RULE})
    house.do(load_catalog, declared, directory="x", digest="2", changes=["1"])
    grants = [
        grant_row("cy", person="cy", entitlement="ledger-admin"),
        grant_row("cy.pay", person="cy", entitlement="payouts-approve", thing="component:bank"),
        grant_row("u3", entitlement="payouts-approve", thing="component:bank"),
    ]
    house.opened(grants=grants)
    found = [house.store.read(context_of, number) for number in (1, 2, 3)]
    assert [[(clash.rule.id, clash.other.principal) for clash in each.clashes] for each in found] == [
        [("SOD-4", "cy.pay")], [("SOD-4", "cy")], [],
    ]  # fmt: skip
