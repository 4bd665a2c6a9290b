"""A signal as a row, and as lines; and how the readers of logs stand. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.counting import counted
from core.journal.wording import sentence
from core.printable import printable
from core.security.signals.model import Severity, Signal, SignalState, kept_words
from core.security.signals.pages import ORDERS
from core.timekeeping import age
from screens.component_parts import part_title
from screens.tones import Tone
from screens.widgets.cells import folded_spans
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.journal.model import Entry
    from core.security.signals.readers import Reader
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

_S = SignalState
STATE_TONES = {
    _S.NEW: Tone.CRITICAL, _S.ACKNOWLEDGED: Tone.OK, _S.SUPPRESSED: Tone.HELD, _S.INCIDENT: Tone.ACCENT,
}  # fmt: skip
SHORT = {_S.ACKNOWLEDGED: "judged", _S.SUPPRESSED: "suppress'd"}
"""States that have a shorter word in a row."""
SEVERITY_TONES = {Severity.CRITICAL: Tone.CRITICAL, Severity.HIGH: Tone.WARNING, Severity.INFO: Tone.MUTED}
LOW = 12
"""Below this height the details are squeezed: what decides, and the newest evidence."""


def _column(name: str, title: str, **named: Any) -> Column[Signal]:
    order = ORDERS.get(name)
    return Column(name, title, sort=order.of if order else None, **named)


COLUMNS: tuple[Column[Signal], ...] = (
    _column("id", "ID", width=7, priority=10),
    _column("severity", "SEVERITY", width=9, priority=9),
    _column("state", "STATE", width=10, priority=5),
    _column("last", "LAST", width=5, priority=9),
    _column("count", "TIMES", width=6, priority=6),
    _column("title", "WHAT", share=5, min_width=24, priority=9),
    _column("about", "ABOUT", share=2, min_width=15, priority=8),
    _column("place", "IN", share=2, min_width=10, priority=6),
    _column("rule", "RULE", share=2, min_width=20, priority=1),
)


def signal_cells(item: Signal, now: datetime) -> Mapping[str, Cell]:
    """Returns the cells of a signal."""
    is_open = item.state.is_open
    state = f"I-{item.incident}" if item.incident is not None else SHORT.get(item.state, str(item.state))
    return {
        "id": ((item.label, Tone.ACCENT),),
        "severity": (
            (str(item.severity), SEVERITY_TONES.get(item.severity, Tone.TEXT) if is_open else Tone.MUTED),
        ),
        "state": ((state, STATE_TONES[item.state] if item.severity is not Severity.INFO else Tone.MUTED),),
        "last": age((now - item.last_at).total_seconds()),
        "count": str(item.count),
        "title": item.title,
        "about": item.about or "-",
        "place": item.place,
        "rule": item.rule,
    }


def signal_facts(item: Signal) -> list[TextLine]:
    """Returns what a signal is, how it stands, and where it was seen."""
    judged = f", by {item.judged_by} {item.judged_at:%m-%d %H:%M}Z" if item.judged_at else ""
    rows: list[tuple[str, str, Tone]] = [
        ("state", item.standing + judged, STATE_TONES[item.state]),
        (
            "what",
            f"{item.severity}: {item.title}, rule {item.rule}",
            SEVERITY_TONES.get(item.severity, Tone.TEXT),
        ),
        ("about", item.about or "no one subject: the log itself", Tone.TEXT),
        (
            "seen",
            f"{counted(item.count, 'time')}, {item.first_at:%Y-%m-%d %H:%M:%S}Z to {item.last_at:%H:%M:%S}Z",
            Tone.TEXT,
        ),
        (
            "in",
            f"{item.place} ({item.source})" + (f", log of {item.component}" if item.component else ""),
            Tone.TEXT,
        ),
    ]
    if item.why:
        rows.append(("why", f"{item.owner}: {item.why}" if item.owner else item.why, Tone.TEXT))
    return [[(f" {name:<7}", Tone.MUTED), (printable(text, 1000), tone)] for name, text, tone in rows]


def signal_lines(
    item: Signal, entries: Sequence[Entry], width: int, height: int, glyphs: Glyphs
) -> list[TextLine]:
    """Returns the details: what it is, the lines that show it, and what happened to it, as far as there is room."""
    facts = [part for line in signal_facts(item) for part in folded_spans(line, width, 8)]
    evidence: list[TextLine] = [[(f" {printable(line, 500)}", Tone.TEXT)] for line in item.samples]
    if height < LOW:
        least = 1 if evidence and height > 3 else 0
        facts = facts[: height - least]
        shown: list[TextLine] = []
        for line in reversed(evidence):  # the newest, as many as there is room for
            folded = folded_spans(line, width, 3)
            if shown and len(facts) + len(shown) + len(folded) > height:
                break
            shown = [*folded, *shown]
        return [*facts, *shown][:height]
    lines = [*facts, (), part_title(f"evidence: {kept_words(item)}", glyphs)]
    lines += [part for line in evidence for part in folded_spans(line, width, 3)]
    said = [[(f" {e.at:%m-%d %H:%M} ", Tone.MUTED), (sentence(e), Tone.TEXT)] for e in reversed(entries)]
    if said and height - len(lines) > 2:
        lines += [
            (),
            part_title("what happened", glyphs),
            *(part for line in said for part in folded_spans(line, width, 13)),
        ]
    return lines[:height]


def readers_line(found: Sequence[Reader], now: datetime) -> tuple[str, Tone]:
    """Returns how the readers stand in one piece of a line: the first that is stale by name, or how many are read."""
    stale = [each for each in found if each.is_stale(now)]
    logs = sum(not each.is_own for each in found)
    if not stale:
        return (f"{counted(logs, 'log')} read", Tone.OK) if logs else ("no log is declared", Tone.WARNING)
    more = f", and {len(stale) - 1} more" if len(stale) > 1 else ""
    return (f"{stale[0].words(now)}{more}", Tone.CRITICAL)
