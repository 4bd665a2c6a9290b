"""The words of revised thresholds, and what may be said in one. Pure.

The catalog declares ranges; a revision puts others in their place until its end, or until somebody ends it. Whether
it weakens control is found with the function that judges readings, not by comparing texts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from core.errors import BadInput
from core.monitoring.model import Metric, Reading, State
from core.monitoring.ranges import fault_of, parse_range
from core.monitoring.thresholds import judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from core.catalog.model import Component, Probe, Threshold

IN_FORCE, ENDED = "in force", "ended"
OPERATOR_H = 12
"""An operator may widen for so long: a shift. A lead may for longer."""
MOST_DAYS = 30
"""Nobody may for longer: then the catalog is what is wrong."""
GRAVE = 1
"""Components whose failure is of this severity are widened by a lead only."""
ITS_END = "its end has come"
NONE = "none"
"""Written instead of a range: it is judged without."""

RANGES = ("warning", "critical", "warning_clear", "critical_clear")


class Name(NamedTuple):
    """Which threshold: its component, its probe, and the measure it is about. Written `orders-front/http/latency_ms`."""

    component: str
    probe: str
    metric: str

    def __str__(self) -> str:
        return "/".join(self)

    @classmethod
    def parse(cls, text: str) -> Name:
        """Returns the name written so; a measure may hold a stroke, ids may not."""
        component, probe, metric = (*text.split("/", 2), "", "")[:3]
        return cls(component, probe, metric)


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a threshold. `declared` is what the catalog said when it was made, in words; `ends_at` None: until ended."""

    name: Name
    version: int
    state: str
    threshold: Threshold
    declared: str
    weakens: bool
    owner: str
    reason: str
    made_by: str
    begins_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None = None
    ended_by: str = ""
    why_ended: str = ""

    def holds(self, now: datetime) -> bool:
        """Tells whether it is judged by at an instant."""
        return self.state == IN_FORCE and (self.ends_at is None or self.ends_at > now)

    @property
    def until(self) -> str:
        """Returns its end in words."""
        return f"until {self.ends_at:%Y-%m-%d %H:%M}Z" if self.ends_at else "without end"

    @property
    def way(self) -> str:
        """Returns in which way it differs from what is declared."""
        return "widened" if self.weakens else "tightened"

    @property
    def brief(self) -> str:
        """Returns it in one line: what is judged by, until when and by whom."""
        return f"{self.name.probe} {self.name.metric}: {ranges_in_words(self.threshold)}, {self.way} {self.until} by {self.owner}"

    @property
    def words(self) -> str:
        """Returns the same with what the catalog said."""
        return f"{self.brief} (catalog: {self.declared})"


def ranges_in_words(threshold: Threshold | None) -> str:
    """Returns what makes a value a warning and critical, in words."""
    if threshold is None:
        return "no ranges"
    parts = [
        f"{level} {text}" + (f" (clears {clear})" if clear else "")
        for level, text, clear in (
            ("warning", threshold.warning, threshold.warning_clear),
            ("critical", threshold.critical, threshold.critical_clear),
        )
        if text
    ]
    return ", ".join(parts) or "no ranges"


def with_revisions(probe: Probe, revisions: Iterable[Revision]) -> Probe:
    """Returns the probe as it is judged: each revised threshold in the place of the declared one."""
    laid_over = {each.name.metric: each.threshold for each in revisions if each.name.probe == probe.id}
    if not laid_over:
        return probe
    kept = tuple(laid_over.pop(each.metric, each) for each in probe.thresholds)
    return replace(probe, thresholds=(*kept, *laid_over.values()))


def component_judged(component: Component, revisions: Iterable[Revision]) -> Component:
    """Returns the component with its probes as they are judged."""
    own = [each for each in revisions if each.name.component == component.id]
    if not own:
        return component
    return replace(component, probes=tuple(with_revisions(probe, own) for probe in component.probes))


# What may be said


def revised(before: Threshold, said: Mapping[str, str]) -> Threshold:
    """Returns the threshold with the ranges that were said; what was not said stays. Raises BadInput.

    A range that is said anew clears at its own edge, unless its clear range is said, too.
    """
    values: dict[str, str] = {}
    for level in ("warning", "critical"):
        range_, clear = said.get(level, ""), said.get(f"{level}_clear", "")
        if range_:
            values[level] = _checked(range_, level)
            values[f"{level}_clear"] = ""
        if clear:
            values[f"{level}_clear"] = _checked(clear, f"{level}_clear")
    after = replace(before, **values)
    _check_makes_sense(after)
    return after


def _checked(text: str, where: str) -> str:
    text = text.strip()
    if text.lower() == NONE:
        return ""
    fault = fault_of(text)
    if fault is not None:
        raise BadInput(
            fault.what, where=where.replace("_", " "), next_step=f"Nothing was changed; {fault.next_step}"
        )
    return text


def _check_makes_sense(threshold: Threshold) -> None:
    if not threshold.warning and not threshold.critical:
        raise BadInput(
            "there is neither a warning nor a critical range left", where=threshold.metric,
            next_step="Nothing was changed. Leave one: to have nothing raised for a while, stop the component or plan a maintenance window",
        )  # fmt: skip
    for level in ("warning", "critical"):
        if getattr(threshold, f"{level}_clear") and not getattr(threshold, level):
            raise BadInput(
                f"it says when {level} ends, but nothing says when it begins", where=f"{level} clear",
                next_step=f"Nothing was changed. Say {level}, too, or leave it out",
            )  # fmt: skip
    if threshold.warning and threshold.critical:
        warning, critical = parse_range(threshold.warning), parse_range(threshold.critical)
        if all(critical.alerts(value) for value in _edges(threshold) if warning.alerts(value)):
            raise BadInput(
                f"{threshold.warning} never comes before critical {threshold.critical}: what is outside the one is "
                "critical already", where="warning",
                next_step=f"Nothing was changed. Put the two apart, or write {NONE} for the warning",
            )  # fmt: skip


def weakens(declared: Threshold | None, after: Threshold) -> bool:
    """Tells whether any value, at whatever level the measure is, is judged less bad than by what is declared."""
    if declared is None:
        return False
    return any(
        _level(after, value, before).severity < _level(declared, value, before).severity
        for value in (*_edges(declared), *_edges(after))
        for before in (State.OK, State.WARNING, State.CRITICAL)
    )


def _level(threshold: Threshold, value: float, before: State) -> State:
    name = threshold.metric
    return judge(Reading(State.OK, "", (Metric(name, value),)), [threshold], {name: before}).state


def _edges(threshold: Threshold) -> Iterator[float]:
    """Yields values of every stretch between the edges of its ranges, and the edges: what holds for them holds for all."""
    ranges = [parse_range(text) for name in RANGES if (text := getattr(threshold, name))]
    edges = {edge for each in ranges for edge in (each.start, each.end) if math.isfinite(edge)} or {0.0}
    yield from (-math.inf, math.inf)
    for edge in edges:
        yield from (math.nextafter(edge, -math.inf), edge, math.nextafter(edge, math.inf))


def check_end(now: datetime, ends_at: datetime | None, *, weaker: bool) -> None:
    """Raises BadInput where it has no end and needs one, or one that is past or too far ahead."""
    if ends_at is None:
        if weaker:
            raise BadInput(
                "it widens what counts as ok, so it needs an end", where="until",
                next_step="Nothing was changed. Say until when, as 06:00, 2026-11-30 18:00 or 4h",
            )  # fmt: skip
        return
    if ends_at <= now:
        raise BadInput(
            f"{ends_at:%Y-%m-%d %H:%M}Z is past", where="until",
            next_step=f"Nothing was changed. Now it is {now:%Y-%m-%d %H:%M}Z",
        )  # fmt: skip
    last = now + timedelta(days=MOST_DAYS)
    if weaker and ends_at > last:
        raise BadInput(
            f"{ends_at:%Y-%m-%d} is too far ahead", where="until",
            next_step=f"Nothing was changed. Say an end up to {last:%Y-%m-%d}; what is to stay belongs into the catalog",
        )  # fmt: skip


def is_for_a_lead(severity: int, now: datetime, ends_at: datetime | None, *, weaker: bool) -> bool:
    """Tells whether only a lead may: to widen for longer than a shift, or what is gravest."""
    if not weaker:
        return False
    return severity <= GRAVE or ends_at is None or ends_at > now + timedelta(hours=OPERATOR_H)
