"""Every field of the filter is in the guide, and every example of the generated page is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.desk.finding.fields import BOTH, FIELDS, FLAGS, Field, Kind, Sort
from core.desk.finding.parsing import parse
from core.desk.finding.suggesting import suggest

GUIDE = (Path(__file__).parents[4] / "docs" / "guide.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_each_field_is_in_the_guide_and_its_example_is_one(field: Field) -> None:
    assert f"`{field.name}`" in GUIDE
    assert parse(field.example, field.kinds).problems == ()


@pytest.mark.parametrize("flag", FLAGS)
def test_each_flag_is_read_and_offered(flag: str) -> None:
    assert parse(f"is:{flag}", BOTH).problems == ()
    assert flag in [each.word for each in suggest("is:", 3, BOTH)]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_what_is_offered_is_understood(field: Field) -> None:
    known = {field.name: ["mail", "Mail archive"]}
    begun = f"x {field.name}:"
    offered = suggest(begun, len(begun), field.kinds, known)
    assert offered or (field.sort is Sort.NUMBER and field.name == "id")
    for each in offered:
        assert parse(each.text, field.kinds).problems == ()


def test_fields_are_offered_where_one_is_begun_also_in_the_middle() -> None:
    assert [each.text for each in suggest("-cu x", 3, frozenset({Kind.REQUEST}))] == ["-customer: x"]
    assert suggest("cu", 2, frozenset({Kind.INCIDENT})) == []
    assert [each.word for each in suggest("@", 1)] == ["@me", "@none"]
    assert suggest('"quoted words', 13) == []
