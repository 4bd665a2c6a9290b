"""Readings against their thresholds: which level, why in words, and what holds until it is clear."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import Threshold
from core.monitoring.model import Metric, Reading, State
from core.monitoring.thresholds import judge

OK, WARN, CRIT, UNKNOWN = State.OK, State.WARNING, State.CRITICAL, State.UNKNOWN
DISK = Threshold("used", warning="0:80", critical="0:90", warning_clear="0:70", critical_clear="0:85")


def reading(*metrics: tuple[str, float], verdict: State = OK) -> Reading:
    return Reading(verdict, "the probe's words", tuple(Metric(name, value, "%") for name, value in metrics))


@pytest.mark.parametrize(
    ("before", "value", "level"),
    [
        (OK, 80, OK), (OK, 80.1, WARN), (OK, 90.1, CRIT), (OK, 88, WARN),
        (WARN, 75, WARN), (WARN, 70, OK), (WARN, 91, CRIT),
        (CRIT, 86, CRIT), (CRIT, 85, WARN), (CRIT, 75, WARN), (CRIT, 70, OK), (CRIT, -1, CRIT),
    ],
)  # fmt: skip
def test_a_level_rises_at_one_value_and_falls_at_another(before: State, value: float, level: State) -> None:
    judged = judge(reading(("used", value)), [DISK], {"used": before})
    assert judged.state is level
    assert judged.levels == {"used": level}


@pytest.mark.parametrize(
    ("range_text", "value", "words"),
    [
        ("0:80", 91.26, "used 91.26%, above 80 (critical)"),
        ("5:", 1, "used 1%, below 5 (critical)"),
        ("@5:7", 6, "used 6%, within 5 to 7 (critical)"),
        ("@~:7", 6, "used 6%, at most 7 (critical)"),
        ("@7:", 8, "used 8%, at least 7 (critical)"),
    ],
)
def test_the_reason_is_said_first_in_words(range_text: str, value: float, words: str) -> None:
    judged = judge(reading(("used", value)), [Threshold("used", critical=range_text)], {})
    assert judged.summary == f"{words}; the probe's words"


def test_a_unit_is_said_once_and_figures_are_as_long_as_they_are_exact() -> None:
    slow = Reading(State.OK, "answered", (Metric("latency_ms", 3001.88, "ms"),))
    judged = judge(slow, [Threshold("latency_ms", critical="2000")], {})
    assert judged.summary == "latency 3002 ms, above 2000 (critical); answered"


def test_a_value_that_has_not_cleared_says_what_would_clear_it() -> None:
    judged = judge(reading(("used", 86)), [DISK], {"used": CRIT})
    assert judged.summary.startswith("used 86%, not cleared yet: above 85 (critical)")


def test_the_probes_own_verdict_is_never_made_better() -> None:
    assert judge(reading(("used", 1), verdict=CRIT), [DISK], {}).state is CRIT
    assert judge(reading(("used", 85), verdict=UNKNOWN), [DISK], {}).state is UNKNOWN


@pytest.mark.parametrize("metrics", [(), (("used", math.nan),), (("other", 1.0),)])
def test_a_figure_that_is_missing_is_unknown_and_clears_no_level(
    metrics: tuple[tuple[str, float], ...],
) -> None:
    judged = judge(reading(*metrics), [DISK], {"used": CRIT})
    assert (judged.state, judged.levels) == (UNKNOWN, {"used": CRIT})
    assert judge(reading(("used", 87)), [DISK], judged.levels).state is CRIT


def test_a_probe_that_failed_stands_with_its_own_words() -> None:
    judged = judge(reading(verdict=CRIT), [DISK], {})
    assert (judged.state, judged.summary) == (CRIT, "the probe's words")


VALUES = st.lists(st.floats(-10, 110), max_size=30)


@given(VALUES)
def test_between_raising_and_clearing_a_level_never_changes(values: list[float]) -> None:
    levels: dict[str, State] = {}
    for value in values:
        before = levels.get("used", OK)
        levels = dict(judge(reading(("used", value)), [DISK], levels).levels)
        now = levels["used"]
        if before is CRIT and not 0 <= value <= 85:
            assert now is CRIT
        if before is WARN and 70 < value <= 90:
            assert now is WARN
        if 0 <= value <= 70:
            assert now is OK
        if before is OK and 70 < value <= 80:
            assert now is OK


@given(st.floats(), st.text("0123456789:~@.-", max_size=8))
def test_a_figure_of_any_size_gives_one_printable_line(value: float, unit: str) -> None:
    judged = judge(Reading(OK, "s", (Metric("used", value, unit),)), [DISK], {})
    assert judged.state in {OK, WARN, CRIT, UNKNOWN}
    assert "\n" not in judged.summary
