"""Categories of causes and the rules of corrective actions, as a catalog declares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.catalog.codec import decode, encode
from core.catalog.improvement import USUAL_CAUSES, USUAL_RULES, Improvement
from core.catalog.reader import read_catalog
from tests.core.catalog.written import problems

if TYPE_CHECKING:
    from pathlib import Path

RULES = '[[improvement]]\nid = "house"\n'


def test_what_is_not_said_is_as_usual(tmp_path: Path) -> None:
    text = RULES + 'approve = ["review", "finding"]\nmissed_targets = true\ncheck_after = "14d"\n'
    assert problems(tmp_path, text + '[[cause]]\nid = "weather"\ntitle = "Rain, snow and heat"\n') == []
    catalog = read_catalog(tmp_path).catalog
    assert catalog is not None
    rules = catalog.improvement["house"]
    assert rules == Improvement("house", ("review", "finding"), True, check_after_s=14 * 86_400.0)
    assert rules.watch_s == USUAL_RULES.watch_s
    assert decode(Improvement, encode(rules)) == rules
    assert catalog.causes["weather"].title == "Rain, snow and heat"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (RULES + 'approve = ["incidents"]', 3, "incident"),
        (RULES + 'watch = "0s"', 3, "longer than nothing"),
        (RULES + RULES.replace("house", "other"), 4, 'declared already, as "house"'),
        ('[[cause]]\nid = "weather"', 1, "title"),
    ],
)
def test_every_mistake_has_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    (found,) = problems(tmp_path, text)
    assert found.startswith(f"a.toml:{line}: ")
    assert words in found


def test_the_usual_causes_are_several_and_each_is_another() -> None:
    assert (
        len({each.id for each in USUAL_CAUSES})
        == len({each.title for each in USUAL_CAUSES})
        == len(USUAL_CAUSES)
        > 9
    )
