"""A reading held against its thresholds, with hysteresis. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

from core.counting import counted
from core.monitoring.model import MATCHES, Metric, Reading, State
from core.monitoring.ranges import parse_range

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.catalog.model import Threshold


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reading comes to: a state, why in words, and the level each metric is at now."""

    state: State
    summary: str
    levels: Mapping[str, State]


_range = lru_cache(maxsize=4096)(parse_range)


def judge(reading: Reading, thresholds: Sequence[Threshold], levels: Mapping[str, State]) -> Judgement:
    """Returns the worst of the probe's own verdict and of every threshold.

    `levels` is the judgement before: a level once raised holds until the value is inside its clear
    range. A threshold whose metric the reading does not give makes it unknown, unless the probe itself
    failed: then its own words stand alone. The summary says the worst first.
    """
    if not thresholds:
        return Judgement(reading.verdict, reading.summary, {})
    metrics = {metric.name: metric for metric in reading.metrics}
    worst = reading.verdict
    reasons: list[tuple[int, str]] = []
    now: dict[str, State] = {}
    for threshold in thresholds:
        metric = metrics.get(threshold.metric)
        if metric is None or math.isnan(metric.value):
            if reading.verdict in {State.OK, State.WARNING}:
                worst = _worse(worst, State.UNKNOWN)
                reasons.append((-State.UNKNOWN.severity, f"gave no {threshold.metric}"))
            # No value clears nothing: what was raised still stands when the next value comes.
            if threshold.metric in levels:
                now[threshold.metric] = levels[threshold.metric]
            continue
        level, reason = _level(threshold, metric, levels.get(threshold.metric, State.OK))
        now[threshold.metric] = _worse(now.get(threshold.metric, State.OK), level)
        if level is not State.OK:
            reasons.append((-level.severity, reason))
            worst = _worse(worst, level)
    if not reasons:
        return Judgement(worst, reading.summary, now)
    words = [reason for _, reason in sorted(reasons, key=itemgetter(0))]
    return Judgement(worst, "; ".join([*words, reading.summary]), now)


SHOWN_WHOLE = 100
COUNTER = "c"


def _level(threshold: Threshold, metric: Metric, before: State) -> tuple[State, str]:
    value = metric.value
    steps = (
        (State.CRITICAL, threshold.critical, threshold.critical_clear, before is State.CRITICAL),
        (
            State.WARNING,
            threshold.warning,
            threshold.warning_clear,
            before.severity >= State.WARNING.severity,
        ),
    )
    for state, raising, clearing, was_raised in steps:
        if not raising:
            continue
        limit = _range(raising)
        if limit.alerts(value):
            return state, f"{_figure(metric)}, {limit.broken_by(value)} ({state})"
        if was_raised and clearing and (clear := _range(clearing)).alerts(value):
            return state, f"{_figure(metric)}, not cleared yet: {clear.broken_by(value)} ({state})"
    return State.OK, ""


def _figure(metric: Metric) -> str:
    """Returns a metric in words: its name without the unit that stands behind its value anyhow."""
    value = f"{metric.value:.0f}" if abs(metric.value) >= SHOWN_WHOLE else f"{metric.value:.4g}"
    if metric.name == MATCHES:
        return counted(int(metric.value), "matching line")
    unit = "" if metric.unit == COUNTER else metric.unit
    name = metric.name.removesuffix(f"_{unit}").replace("_", " ")
    return f"{name} {value}{' ' if unit not in ('', '%') else ''}{unit}"


def _worse(one: State, other: State) -> State:
    return one if one.severity >= other.severity else other
