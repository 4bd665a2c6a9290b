"""`[[training]]` in a catalog file, and every mistake in it with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.catalog.codec import decode, encode
from core.catalog.training import Training
from tests.core.catalog.catalogs import lines_of, read_beside_house

if TYPE_CHECKING:
    from pathlib import Path

HEAD = '[[training]]\nid = "eyes"\ntitle = "Four eyes"\n'
REFUSED = {
    "for nothing": (
        HEAD,
        'it.toml:2: training[eyes].id: is asked of nobody. Add rights, services, components, privileged = true, or roles, such as roles = ["operator"]',
    ),
    "a service that is not there": (
        HEAD + 'services = ["shap"]',
        'it.toml:4: training[eyes].services[#1]: there is no service "shap". Did you mean "shop"?',
    ),
    "a right that is none": (
        HEAD + 'rights = ["@host:gate"]',
        'it.toml:4: training[eyes].rights[#1]: "@host:gate" names no right. Write an entitlement, or ENTITLEMENT@THING; * stands for anything',
    ),
}


def test_it_is_read_with_all_it_says(tmp_path: Path) -> None:
    text = HEAD + (
        'rights = ["payouts-*@component:bank"]\nservices = ["shop"]\nprivileged = true\n'
        'roles = ["operator", "lead", "operator"]\nmonths = 12\n'
    )
    found = read_beside_house(tmp_path, text).require().trainings["eyes"]
    assert found == Training(
        "eyes", "Four eyes", ("payouts-*@component:bank",), ("shop",), privileged=True, roles=("operator", "lead"), months=12
    )  # fmt: skip
    assert decode(Training, encode(found)) == found


@pytest.mark.parametrize("mistake", REFUSED)
def test_a_mistake_is_named_where_it_stands(mistake: str, tmp_path: Path) -> None:
    text, *expected = REFUSED[mistake]
    assert lines_of(read_beside_house(tmp_path, text), tmp_path) == expected


def test_a_component_that_is_not_there_and_months_that_are_none(tmp_path: Path) -> None:
    text = HEAD + 'components = ["nothing"]\nmonths = 0\n'
    assert [each.line for each in read_beside_house(tmp_path, text).problems] == [4, 5]
