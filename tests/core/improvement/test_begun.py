"""What a corrective action is begun with, by what it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import NotFound
from core.improvement.begun import begun_from
from core.improvement.commands import draft_action
from core.journal.model import Subject
from tests.core.security.findings.house import SAMPLES, House

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.work import Author


@pytest.fixture
def house(place: Path | str, ada: Author) -> Iterator[House]:
    built = House(place, ada)
    yield built
    built.store.close()


def test_from_a_finding_it_says_what_is_where(house: House) -> None:
    house.take_in(SAMPLES / "trivy.json")
    found = house.one("CVE-2026-1002")
    begun = house.store.read(begun_from, Subject("finding", str(found.id)))
    assert begun.label == found.label
    assert begun.deviation == f"{found.label}: CVE-2026-1002 in {found.package} of web"
    made = house.do(
        draft_action, {"deviation": begun.deviation}, about=begun.about, component=begun.component
    )
    assert (made.component, made.origin, made.measure) == ("web", "finding", f"finding:{found.id}")


@pytest.mark.parametrize("kind", ["incident", "finding", "signal", "review", "request", "run"])
@pytest.mark.parametrize("number", ["7", "7" * 40])
def test_what_never_was_begins_nothing(house: House, kind: str, number: str) -> None:
    with pytest.raises(NotFound, match="there is no"):
        house.store.read(begun_from, Subject(kind, number))
