"""Performance data: the guidelines' shapes, what plugins really print, and what only means harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.monitoring.model import Metric
from core.monitoring.perfdata import MOST, parse_perfdata, read_perfdata

LABELS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20)
FIGURES = st.floats(allow_nan=False, allow_infinity=False, width=32)
UNITS = st.sampled_from(["", "s", "us", "ms", "%", "B", "KB", "MiB", "c"])
RANGES = st.sampled_from(["", "5", "~:9", "@5:7", "10:", "-1.5:1e3"])
ITEMS = st.lists(st.tuples(LABELS, FIGURES, UNITS, RANGES, RANGES, st.none() | FIGURES), max_size=8)


def written(label: str, value: float, unit: str, warning: str, critical: str, least: float | None) -> str:
    quoted = "'" + label.replace("'", "''") + "'"
    return f"{quoted}={value!r}{unit};{warning};{critical};{'' if least is None else repr(least)}"


@given(ITEMS)
def test_what_was_written_by_the_guidelines_is_read_as_it_was_meant(
    items: list[tuple[str, float, str, str, str, float | None]],
) -> None:
    text = "  ".join(written(*item) for item in items)
    found = read_perfdata(text)
    assert found.unread == ()
    assert found.raw == text
    assert found.metrics == tuple(
        Metric(label, value, unit, warning, critical, least)
        for label, value, unit, warning, critical, least in items
    )


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("x=1,5 y=2", ("x=1,5",)),
        ("x=U;5;9 y=2", ()),
        ("x=5,ms", ("x=5,ms",)),
        ("x= 5", ("x=", "5")),
        ("=5", ("=5",)),
        ("''=5", ("''=5",)),
        ("x=nan y=inf z=1e999", ("x=nan", "y=inf", "z=1e999")),
        ("x=\x1b[31m", ("x=",)),
        ("x=٣", ("x=٣",)),
    ],
)
def test_what_cannot_be_read_is_told(text: str, unread: tuple[str, ...]) -> None:
    assert read_perfdata(text).unread == unread


def test_commas_between_items_and_quotes_within_labels_are_borne() -> None:
    found = parse_perfdata("a=1, b=2; it's=3 'c d'=4;;;0;9 'open=5")
    assert [(m.name, m.value) for m in found] == [("a", 1), ("b", 2), ("it's", 3), ("c d", 4), ("'open", 5)]
    assert (found[3].minimum, found[3].maximum) == (0.0, 9.0)


@pytest.mark.parametrize("text", ["a" * 65536, "'" * 65536, "'' " * 21000, "'a''" * 16000, "'x ''y " * 9000, "a=b" * 21000])  # fmt: skip
def test_a_text_made_to_keep_the_agent_busy_does_not(text: str) -> None:
    found = read_perfdata(text)
    assert found.metrics == ()
    assert len(found.unread) <= 10


def test_there_is_a_limit_to_figures_and_it_is_told() -> None:
    found = read_perfdata(" ".join(f"n{n}={n}" for n in range(MOST + 5)))
    assert len(found.metrics) == MOST
    assert found.unread == (f"more than {MOST} figures",)


@given(st.text(max_size=300))
def test_any_text_is_read_without_harm(text: str) -> None:
    found = read_perfdata(text)
    assert all(each.name for each in found.metrics)
