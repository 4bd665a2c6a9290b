"""A finding as a row, and as lines. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.counting import counted
from core.journal.wording import sentence
from core.printable import printable
from core.security.findings.model import Finding, FindingState, Severity
from core.security.findings.pages import ORDERS
from screens.component_parts import part_title
from screens.tones import Tone
from screens.widgets.cells import folded_spans
from screens.widgets.columns import Column
from screens.widgets.sparkline import sparkline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from core.journal.model import Entry
    from core.security.findings.burning_down import Week
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

_S = FindingState
SHORT = {
    _S.CORRECTING: "at work", _S.CONFIRMED: "confirm", _S.NOT_AFFECTED: "no harm", _S.CORRECTED: "correct'd",
    _S.ACCEPTED: "accepted", _S.REOPENED: "reopened", _S.VERIFIED: "gone",
}  # fmt: skip
"""States that have a shorter word in a row."""
STATE_TONES = {
    _S.NEW: Tone.CRITICAL, _S.REOPENED: Tone.CRITICAL, _S.CONFIRMED: Tone.WARNING, _S.CORRECTING: Tone.ACCENT,
    _S.CORRECTED: Tone.OK, _S.ACCEPTED: Tone.HELD, _S.NOT_AFFECTED: Tone.MUTED, _S.VERIFIED: Tone.MUTED,
}  # fmt: skip
SEVERITY_TONES = {
    Severity.CRITICAL: Tone.CRITICAL, Severity.HIGH: Tone.WARNING, Severity.UNKNOWN: Tone.WARNING,
}  # fmt: skip
SOON_DAYS = 3
LOW = 12
"""Below this height the details are squeezed: what decides, and the last that happened."""
USED = "!"
"""Behind the severity of a vulnerability that is known, or probable, to be exploited."""


def _column(name: str, title: str, **named: Any) -> Column[Finding]:
    order = ORDERS.get(name)
    return Column(name, title, sort=order.of if order else None, **named)


COLUMNS: tuple[Column[Finding], ...] = (
    _column("id", "ID", width=8, priority=10),
    _column("severity", "SEVERITY", width=10, priority=9),
    _column("state", "STATE", width=9, priority=8),
    _column("due", "DUE", width=8, priority=9),
    _column("vulnerability", "VULNERABILITY", share=2, min_width=15, priority=8),
    _column("package", "PACKAGE", share=2, min_width=10, priority=7),
    _column("component", "COMPONENT", share=2, min_width=10, priority=6),
    _column("owner", "OWNER", width=9, priority=5),
    _column("fixed", "FIXED IN", share=1, min_width=10, priority=4),
    _column("title", "TITLE", share=4, min_width=20, priority=3),
)


def finding_cells(item: Finding, now: datetime) -> Mapping[str, Cell]:
    """Returns the cells of a finding."""
    tone = SEVERITY_TONES.get(item.severity, Tone.TEXT) if item.state.is_open else Tone.MUTED
    used = f" {USED}" if item.exploited.is_used else ""
    return {
        "id": ((item.label, Tone.ACCENT),),
        "severity": ((f"{item.severity}"[: 10 - len(used)] + used, tone),),
        "state": ((SHORT.get(item.state, str(item.state)), STATE_TONES[item.state]),),
        "due": _due_cell(item, now.date()),
        "vulnerability": item.vulnerability,
        "package": item.package,
        "component": item.component,
        "owner": ((item.owner or "-", Tone.TEXT if item.owner else Tone.MUTED),),
        "fixed": item.fixed_in or "-",
        "title": item.title,
    }


def _due_cell(item: Finding, today: date) -> Cell:
    """Returns how many days are left, or how late it is; of an accepted one the day on which that ends."""
    if item.state is _S.ACCEPTED and item.accepted_until is not None:
        return ((f"{(item.accepted_until - today).days}d held", Tone.HELD),)
    left = item.days_left(today)
    if left is None:
        return (("-", Tone.MUTED),)
    if item.state is _S.CORRECTED:
        return (("in time" if item.in_time else "too late", Tone.OK if item.in_time else Tone.WARNING),)
    if left < 0:
        return ((f"late {-left}d", Tone.CRITICAL),)
    return (("today" if left == 0 else f"{left}d", Tone.WARNING if left <= SOON_DAYS else Tone.TEXT),)


def finding_facts(item: Finding, today: date, *, brief: bool = False) -> list[TextLine]:
    """Returns what a finding is, how it stands, by when it is due and why, and who named it; `brief`: what decides."""
    left = item.days_left(today)
    when = "" if left is None else f" ({counted(abs(left), 'day')} {'late' if left < 0 else 'left'})"
    fixed = f"fixed in {item.fixed_in}" if item.fixed_in else "no version without it is known"
    late = Tone.CRITICAL if item.is_overdue(today) else Tone.TEXT
    rows: list[tuple[str, str, Tone]] = [
        (
            "state",
            item.standing + (f", {item.owner}'s" if item.owner else ", nobody's"),
            STATE_TONES[item.state],
        ),
        ("severity", _severity_words(item), SEVERITY_TONES.get(item.severity, Tone.TEXT)),
        ("due", f"{item.due or 'no day'}{when}: {item.due_rule}", late),
        ("in", f"{item.package} {item.package_version} of {item.component}, {fixed}", Tone.TEXT),
    ]
    optional = [
        ("title", item.title),
        ("why", _why(item)),
        ("corrected", _corrected(item)),
        ("proof", item.proof),
    ]
    if not brief:
        optional += [
            ("path", item.path), ("also", ", ".join(item.aliases)), ("see", item.url),
            ("named by", ", ".join(item.seen_in) or "nobody any longer"), ("found", f"{item.found_at:%Y-%m-%d %H:%M}Z"),
        ]  # fmt: skip
    rows += [(name, text, Tone.TEXT) for name, text in optional if text]
    return [[(f" {name:<10}", Tone.MUTED), (printable(text, 1000), tone)] for name, text, tone in rows]


def _severity_words(item: Finding) -> str:
    used = item.exploited
    said = [f"{item.severity}{' (graded here)' if item.is_graded else ''}"]
    if used.is_listed:
        said.append(f"known to be exploited{f', due {used.listed_due}' if used.listed_due else ''}")
    if used.epss is not None:
        said.append(f"EPSS {used.epss:.1%}")
    return "; ".join(said)


def _why(item: Finding) -> str:
    who = f"{item.accepted_owner}: " if item.accepted_owner else ""
    how = f"{item.justification.replace('_', ' ')}: " if item.justification else ""
    return f"{who}{how}{item.why}" if item.why else ""


def _corrected(item: Finding) -> str:
    if item.corrected_at is None:
        return ""
    by = f" by {item.corrected_by}" if item.corrected_by else ""
    in_time = "" if item.in_time is None else ", in time" if item.in_time else ", too late"
    return f"{item.corrected_at:%Y-%m-%d %H:%M}Z{by}{in_time}"


def finding_lines(
    item: Finding, entries: Sequence[Entry], width: int, height: int, glyphs: Glyphs, today: date
) -> list[TextLine]:
    """Returns the details: what it is, and what happened last, as far as there is room."""
    brief = height < LOW
    facts = finding_facts(item, today, brief=brief)
    lines: list[TextLine] = [part for line in facts for part in folded_spans(line, width, 11)]
    return told_lines(lines, entries, width, height, glyphs)


def told_lines(
    lines: list[TextLine], entries: Sequence[Entry], width: int, height: int, glyphs: Glyphs
) -> list[TextLine]:
    """Returns the facts of a row, and behind them what happened last, as far as there is room: of little the newest entry."""
    said = [[(f" {e.at:%m-%d %H:%M} ", Tone.MUTED), (sentence(e), Tone.TEXT)] for e in reversed(entries)]
    folded = [part for line in said for part in folded_spans(line, width, 13)]
    if height < LOW:
        return [*lines[: height - 1], *folded[: max(1, height - len(lines))]][:height]
    if folded and height - len(lines) > 2:
        lines += [(), part_title("what happened last", glyphs), *folded]
    return lines[:height]


def burn_words(found: Sequence[Week], glyphs: Glyphs) -> str:
    """Returns how many were open at the end of each week: as bars, and in numbers."""
    if not found:
        return ""
    bars = sparkline([float(week.left) for week in found], len(found), glyphs, low=0.0)
    first, last = found[0], found[-1]
    return f"{len(found)} weeks {bars} {first.left} to {last.left}, this week +{last.opened} -{last.closed}"
