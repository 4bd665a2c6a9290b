"""What a line behind `:` names by its form alone, and what of it is no number of anything."""

from __future__ import annotations

import pytest

from console.go_line import place_named
from core.desk.links.model import FIELD, links_in
from core.journal.wording import number_in, subject_called

FAR = "9" * 10
"""One digit more than a subject's number has."""


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("R-7", ("request", "R-7")),
        (" r-007 ", ("request", "R-7")),
        ("rv-3", ("review", "RV-3")),
        ("F-12", ("findings", "F-12")),
        ("findings F-12", ("findings", "F-12")),
        ("findings f-12 nginx", ("findings", "/f-12 nginx")),
        ("signals G-3", ("signals", "/G-3")),
        ("access", ("access", "/")),
        ("queue held", ("queue", "held")),
        ("queue R-7", ("queue", "/R-7")),
        ("find lagos  office ", ("find", "/lagos  office")),
        ("I-7", None),
        ("web-1", None),
        ("R-²", None),
        ("R-٣", None),
        (f"R-{FAR}", None),
        (f"findings F-{FAR}", ("findings", f"/F-{FAR}")),
    ],
)
def test_a_line_names_a_place(line: str, place: tuple[str, str] | None) -> None:
    assert place_named(line) == place


def test_no_number_is_longer_than_any_that_was_given() -> None:
    assert number_in("SG-999999999") == 999_999_999
    for name in (f"SG-{FAR}", "SG-", "SG", "SG-7a", "SG-٣"):
        assert number_in(name) is None, name
    assert subject_called(f"I-{FAR}") is None


def test_a_link_that_an_entry_says_to_no_number_is_none() -> None:
    assert list(links_in({f"{FIELD}R-{FAR}": (None, "child of")})) == []
