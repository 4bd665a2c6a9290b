"""What is judged under a revision is what would be judged had the catalog said so; and what weakens is found, not guessed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import Catalog, Component, HttpTarget, Probe, Service, Threshold
from core.errors import BadInput
from core.monitoring.evaluation import ProbeState, evaluate
from core.monitoring.model import Metric, Reading, State
from core.monitoring.ranges import parse_range
from core.monitoring.revisions.model import (
    IN_FORCE,
    Name,
    Revision,
    component_judged,
    revised,
    weakens,
    with_revisions,
)
from core.monitoring.revisions.trying import Values, figures, tried
from core.monitoring.roster import Roster
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.monitoring.revisions.trying import Trial

SECOND = 1_000_000
KEY = ("shop", "http")
NUMBERS = st.integers(-50, 50)


@st.composite
def ranges(draw: st.DrawFn) -> str:
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    shape = draw(st.sampled_from(["{high}", "{low}:", "~:{high}", "{low}:{high}", "@{low}:{high}"]))
    if shape == "{high}":
        high = abs(high)
    return shape.format(low=low, high=high)


MAYBE = st.one_of(st.just(""), ranges())
THRESHOLDS = st.builds(Threshold, st.just("latency_ms"), MAYBE, MAYBE, MAYBE, MAYBE)
READINGS = st.lists(st.one_of(NUMBERS.map(float), st.none()), max_size=30)
PROBES = st.builds(
    lambda declared, attempts, good: Probe(
        "http", HttpTarget("http://x/"), every_s=10, timeout_s=2, attempts=attempts, good_attempts=good, retry_s=1,
        thresholds=declared,
    ),
    st.one_of(st.just(()), THRESHOLDS.map(lambda each: (each,)), THRESHOLDS.map(lambda each: (Threshold("size_bytes", "9"), each))),
    st.integers(1, 3), st.integers(1, 2),
)  # fmt: skip


def a_revision(threshold: Threshold) -> Revision:
    name = Name("shop", "http", threshold.metric)
    return Revision(name, 1, IN_FORCE, threshold, "", False, "ada", "why", "ada", from_micros(0), None)


def reading(value: float | None) -> Reading:
    metrics = () if value is None else (Metric("latency_ms", value, "ms"), Metric("size_bytes", 5))
    return Reading(State.OK, "answered", metrics)


def declared_so(probe: Probe, threshold: Threshold) -> Probe:
    """Returns the probe as a catalog has it that says the revised ranges itself."""
    others = [each for each in probe.thresholds if each.metric != threshold.metric]
    if len(others) == len(probe.thresholds):
        return replace(probe, thresholds=(*others, threshold))
    return replace(
        probe, thresholds=tuple(threshold if each.metric == threshold.metric else each for each in probe.thresholds)
    )  # fmt: skip


def house(probe: Probe) -> Catalog:
    return Catalog(
        services={"s": Service("s", "S")},
        components={"shop": Component("shop", "Shop", "s", probes=(probe,))},
    )


@given(PROBES, THRESHOLDS, READINGS, READINGS)
def test_a_revision_made_between_two_looks_is_a_catalog_that_says_so_from_then_on(
    probe: Probe, threshold: Threshold, before: list[float | None], after: list[float | None]
) -> None:
    revised_live, reloaded = Roster(), Roster()
    for roster in (revised_live, reloaded):
        roster.take_catalog(house(probe), {}, {})
    for n, value in enumerate([*before, *after]):
        if n == len(before):
            revised_live.take_probe(KEY, with_revisions(probe, [a_revision(threshold)]))
            reloaded.take_catalog(house(declared_so(probe, threshold)), {}, {})
        at = (n + 1) * 10 * SECOND
        told = [roster.take_reading(KEY, reading(value), at) for roster in (revised_live, reloaded)]
        assert told[0] == told[1]
        assert revised_live.status("shop") == reloaded.status("shop")


@given(PROBES, THRESHOLDS)
def test_a_component_as_judged_differs_in_the_revised_threshold_alone(
    probe: Probe, threshold: Threshold
) -> None:
    component = house(probe).components["shop"]
    found = component_judged(component, [a_revision(threshold)])
    assert found.probes == (declared_so(probe, threshold),)
    elsewhere = replace(a_revision(threshold), name=Name("other", "http", "latency_ms"))
    assert component_judged(component, [elsewhere]) is component


@given(THRESHOLDS, THRESHOLDS, NUMBERS, st.sampled_from([State.OK, State.WARNING, State.CRITICAL]))
def test_what_weakens_nothing_judges_no_value_less_bad(
    declared: Threshold, after: Threshold, value: int, before: State
) -> None:
    def level(threshold: Threshold) -> int:
        probe = Probe("http", HttpTarget("http://x/"), thresholds=(threshold,))
        state = ProbeState(levels={"latency_ms": before})
        return evaluate(state, reading(float(value)), probe, SECOND).state.raw.severity

    if not weakens(declared, after):
        assert level(after) >= level(declared)


@pytest.mark.parametrize(
    ("declared", "after", "weaker"),
    [
        (("80", "90"), ("85", "90"), True),
        (("80", "90"), ("80", "95"), True),
        (("80", "90"), ("75", "90"), False),
        (("80", "90"), ("80", "90"), False),
        (("80", "90"), ("", "70"), False),
        (("80", "90"), ("", "85"), True),
        (("", "90"), ("80", "90"), False),
        (("10:", "5:"), ("8:", "5:"), True),
        (("10:", "5:"), ("12:", "5:"), False),
        (("80", "90"), ("10:80", "90"), False),
        (("10:80", "90"), ("80", "90"), True),
        (("@10:20", ""), ("@12:20", ""), True),
    ],
)
def test_what_counts_as_ok_is_wider_or_not(
    declared: tuple[str, str], after: tuple[str, str], weaker: bool
) -> None:
    assert weakens(Threshold("m", *declared), Threshold("m", *after)) is weaker


def test_a_clear_range_that_lets_go_sooner_weakens_too() -> None:
    assert weakens(Threshold("m", "80", "", "70"), Threshold("m", "80", "", "75"))
    assert weakens(Threshold("m", "80", "", "70"), Threshold("m", "80"))
    assert not weakens(Threshold("m", "80", "", "70"), Threshold("m", "80", "", "60"))
    assert not weakens(None, Threshold("m", "80"))


@given(ranges(), ranges())
def test_a_warning_that_never_comes_first_is_refused_and_no_other(warning: str, critical: str) -> None:
    values = [n / 2 for n in range(-202, 203)] + [1e9, -1e9]
    one, other = parse_range(warning), parse_range(critical)
    comes_first = any(one.alerts(value) and not other.alerts(value) for value in values)
    refusal = ""
    try:
        revised(Threshold("m"), {"warning": warning, "critical": critical})
    except BadInput as error:
        refusal = str(error)
    assert ("never comes before" in refusal) is not comes_first


# What would have been


def trial(values: Sequence[float | None], threshold: Threshold, attempts: int = 2) -> Trial:
    probe = Probe("http", HttpTarget("http://x/"), attempts=attempts, retry_s=1)
    points = [(n * 10_000, value, 0) for n, value in enumerate(values, 1)]
    return tried(Values(probe, "latency_ms", "ms", points), threshold)


@given(READINGS, THRESHOLDS, st.integers(1, 3))
def test_it_is_tried_out_as_it_is_judged(
    values: list[float | None], threshold: Threshold, attempts: int
) -> None:
    probe = Probe("http", HttpTarget("http://x/"), attempts=attempts, retry_s=1, thresholds=(threshold,))
    state, raw, incidents = ProbeState(), list[State](), 0
    for n, value in enumerate(values, 1):
        if value is not None:
            was_down = state.confirmed and state.state is State.CRITICAL
            state = evaluate(
                state, Reading(State.OK, "", (Metric("latency_ms", value),)), probe, n * 10 * SECOND
            ).state
            incidents += state.confirmed and state.state is State.CRITICAL and not was_down
            raw.append(state.raw)
    found = trial(values, threshold, attempts)
    assert found.looks == len(raw)
    assert (found.warning, found.critical) == (raw.count(State.WARNING), raw.count(State.CRITICAL))
    assert found.criticals_confirmed == incidents


def test_a_spike_is_a_share_and_a_plateau_an_incident() -> None:
    threshold = Threshold("latency_ms", "10", "20")
    spike, plateau = [5.0] * 9 + [30.0], [5.0] * 8 + [30.0] * 2
    assert trial(spike, threshold) == (10, 0, 1, 0, 0)
    assert trial(plateau, threshold) == (10, 0, 2, 0, 1)
    assert trial(spike, threshold).share(1) == 0.1
    assert trial([], threshold).share(0) == 0.0
    known = figures(Values(Probe("p", HttpTarget("x")), "m", "", [(1, 3.0, 0), (2, None, 4), (3, 1.0, 0)]))
    assert known == (2, 1.0, 2.0, 3.0)
