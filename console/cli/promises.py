"""What agreements promise of an incident or a request, printed: in lines that explain it, or as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.printing import print_json
from core.desk.clocks.due_words import explained
from core.timekeeping import from_micros, instant_or_none, to_micros

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import datetime

    from core.desk.clocks.promised import Clock


def print_clocks(options: argparse.Namespace, label: str, clocks: Sequence[Clock], at: datetime) -> int:
    """Prints what agreements promise of one item, and how each due instant comes about."""
    if options.json:
        print_json([clock_data(clock, at, with_parts=True) for clock in clocks])
        return 0
    if not clocks:
        print(
            f"No agreement promises anything of {label}: none covered its service when it was opened, or none its priority."
        )
    for clock in clocks:
        print("\n".join(explained(clock, at)))
    return 0


def clock_data(clock: Clock, at: datetime, *, with_parts: bool = False) -> dict[str, Any]:
    """Returns a promise as JSON holds it, as it is at an instant; spans in seconds of its hours."""
    micros = to_micros(at)
    figures, terms = clock.figures(micros), clock.terms
    data: dict[str, Any] = {
        "kind": clock.kind, "agreement": clock.agreement.id, "within_s": clock.allowed_s, "due": instant_or_none(clock.due),
        "met_at": instant_or_none(clock.met_at), "ended_at": instant_or_none(clock.ended_at), "broken_at": instant_or_none(clock.broken_at),
        "is_late": clock.is_late(micros), "is_at_risk": clock.is_at_risk(micros),
        "elapsed_s": figures.elapsed_s, "paused_s": figures.paused_s,
    }  # fmt: skip
    if with_parts:
        data["agreement_version"], data["calendar_version"] = terms.version, terms.calendar_version or None
        data["calendar"] = terms.calendar.id if terms.calendar else None
        data["parts"] = [
            {
                "from": from_micros(part.segment.begin), "to": instant_or_none(part.segment.end), "runs": part.segment.runs,
                "why": part.segment.why, "counted_s": part.counted / 1e6, "sum_s": part.passed / 1e6,
                "other_days": [day.words for day in clock.hours.changed_days(part.segment.begin, min(part.segment.end or micros, micros))],
            }
            for part in clock.explain(micros)
        ]  # fmt: skip
    return data
