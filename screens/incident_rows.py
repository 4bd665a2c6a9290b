"""An incident as a row, and as lines. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.clocks.due_words import due_in_brief, promise_line
from core.desk.clocks.promised import next_promise
from core.desk.model import Incident, IncidentState
from core.journal.wording import sentence
from core.timekeeping import age, to_micros
from screens.component_lines import actor_room
from screens.component_parts import part_title, related_line
from screens.known_lines import NOTHING_KNOWN, Known, known_lines, major_lines
from screens.runs import RUN_TONES
from screens.tones import Tone
from screens.widgets.cells import folded_spans, padded
from screens.widgets.columns import Column
from screens.widgets.glyphs import Glyphs, state_look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.desk.clocks.promised import Clock
    from core.improvement.model import CorrectiveAction
    from core.journal.model import Entry
    from core.monitoring.queries import BoardRow
    from core.operations.queries import Run
    from screens.staleness import Stale
    from screens.widgets.cells import Cell
    from screens.widgets.lines import TextLine

_ORDER = {
    IncidentState.OPEN: 0, IncidentState.REOPENED: 1, IncidentState.ACKNOWLEDGED: 2, IncidentState.IN_PROGRESS: 3,
    IncidentState.RESOLVED: 4, IncidentState.CLOSED: 5,
}  # fmt: skip
STATE_TONES = {
    IncidentState.OPEN: Tone.CRITICAL, IncidentState.REOPENED: Tone.CRITICAL, IncidentState.ACKNOWLEDGED: Tone.WARNING,
    IncidentState.IN_PROGRESS: Tone.ACCENT, IncidentState.RESOLVED: Tone.OK, IncidentState.CLOSED: Tone.MUTED,
}  # fmt: skip

MOST_CLOCKS = 6
TIME_WIDTH = 11
"""The cells of the time in a time line, behind which stands who did it."""

BESIDE_AT = 14
"""The cell at which what is too long for a line beside the time line goes on."""


def _due_order(incident: Incident) -> tuple[float, int]:
    """Returns what orders incidents by the promise that is due next; those of which none is come last."""
    due = min((c.due for c in incident.clocks if c.is_pending and c.due is not None), default=float("inf"))
    return due, -incident.id


COLUMNS: tuple[Column[Incident], ...] = (
    Column("id", "ID", width=6, priority=10, sort=lambda i: -i.id),
    Column("severity", "S", width=2, priority=8, sort=lambda i: i.severity),
    Column("state", "STATE", width=12, priority=9, sort=lambda i: (_ORDER[i.state], i.severity, -i.id)),
    Column("age", "AGE", width=5, priority=3, align="right", sort=lambda i: -i.opened_at.timestamp()),
    Column("due", "DUE", width=12, priority=7, sort=_due_order),
    Column("component", "COMPONENT", share=1, min_width=16, priority=6, sort=lambda i: i.component),
    Column("title", "TITLE", share=4, min_width=16, priority=5),
    Column("owner", "OWNER", width=10, priority=4, sort=lambda i: i.owner),
)


MAJOR = "MAJOR"
"""The word that stands with its sign wherever a major incident is shown."""


def incident_words(incident: Incident) -> str:
    """Returns the text a filter looks in."""
    return (
        f"{incident.label} {incident.title} state:{incident.state} {incident.standing} {incident.component}"
        f" {incident.owner} s{incident.severity}{' major' if incident.is_major else ''}"
        f"{f' P-{incident.problem}' if incident.problem is not None else ''}"
    )


def incident_cells(incident: Incident, now: datetime, glyphs: Glyphs) -> Mapping[str, Cell]:
    """Returns the cells of an incident; one that cleared unseen says so, and so does a major one."""
    tone = STATE_TONES[incident.state]
    unseen = incident.state is IncidentState.RESOLVED and not incident.was_looked_at
    state = "cleared !" if unseen else str(incident.state)
    return {
        "id": ((incident.label, Tone.ACCENT),),
        "severity": ((f"S{incident.severity}", Tone.CRITICAL if incident.severity == 1 else Tone.TEXT),),
        "state": ((state, Tone.WARNING if unseen else tone),),
        "age": ((age((now - incident.opened_at).total_seconds()), Tone.MUTED),),
        "due": ((due_in_brief(incident.clocks, now), _due_tone(incident, now)),) if incident.clocks else "",
        "component": incident.component,
        "title": (
            ((f"{glyphs.major} {MAJOR} ", Tone.CRITICAL), (incident.title, Tone.TEXT))
            if incident.is_major
            else incident.title
        ),
        "owner": ((incident.owner or "-", Tone.TEXT if incident.owner else Tone.MUTED),),
    }


def _due_tone(incident: Incident, now: datetime) -> Tone:
    clock = next_promise(incident.clocks)
    return Tone.MUTED if clock is None else _clock_tone(clock, now)


def _clock_tone(clock: Clock, now: datetime) -> Tone:
    if not clock.is_pending or clock.due is None:
        return Tone.MUTED
    if clock.is_late(to_micros(now)):
        return Tone.CRITICAL
    return Tone.WARNING if clock.is_at_risk(to_micros(now)) else Tone.TEXT


def incident_head(
    incident: Incident, board: Mapping[str, BoardRow], runs: Sequence[Run], actions: Sequence[CorrectiveAction],
    now: datetime, glyphs: Glyphs, *, stale: Stale, known: Known = NOTHING_KNOWN,
) -> list[TextLine]:  # fmt: skip
    """Returns what an incident is, in a few lines; what helps first stands before what is promised."""
    lines: list[TextLine] = [
        [
            (f" S{incident.severity} ", Tone.STRONG), (incident.standing, STATE_TONES[incident.state]),
            (f"   owner {incident.owner or 'nobody yet'}", Tone.TEXT),
            (f"   opened {incident.opened_at:%Y-%m-%d %H:%M:%S}Z by {incident.opened_by}", Tone.MUTED),
        ],
        [(f" {incident.title}", Tone.TEXT)],
        *major_lines(incident, now, glyphs), *known_lines(incident, known),
    ]  # fmt: skip
    lines += [
        [(f" {promise_line(clock, now)}", _clock_tone(clock, now))] for clock in incident.clocks[:MOST_CLOCKS]
    ]
    related = [incident.component, *incident.affected]
    spans: list[tuple[str, Tone]] = [(" ", Tone.TEXT)]
    for name in related[:8]:
        row = board.get(name)
        if row is not None:
            look = state_look(row.status.state, glyphs, soft=not row.status.confirmed, stale=stale.of(row))
            spans += [(look.text, look.tone), (f" {name}   ", Tone.TEXT)]
    if len(related) > 8:
        spans.append((f"+{len(related) - 8} affected", Tone.MUTED))
    lines.append(spans)
    if runs:
        lines.append(
            [
                (" runs ", Tone.MUTED),
                ("  ".join(f"{r.label} {r.title}: {r.state}" for r in runs[-3:]), Tone.TEXT),
            ]
        )
    if actions:
        lines.append(
            [(" corrective ", Tone.MUTED), ("  ".join(f"{a.label} {a.state}" for a in actions), Tone.TEXT)]
        )
    if incident.resolution:
        lines.append([(" resolution ", Tone.MUTED), (incident.resolution, Tone.TEXT)])
    return lines


def incident_beside(
    incident: Incident, board: Mapping[str, BoardRow], runs: Sequence[Run], actions: Sequence[CorrectiveAction],
    now: datetime, glyphs: Glyphs, *, stale: Stale,
) -> list[TextLine]:  # fmt: skip
    """Returns what stands beside its time line where there is room: its components, runs and corrective actions."""
    lines: list[TextLine] = [part_title("components", glyphs)]
    if incident.component:
        lines.append(related_line("root", incident.component, board, now, glyphs, stale=stale))
    lines += [related_line("affected", name, board, now, glyphs, stale=stale) for name in incident.affected]
    if len(lines) == 1:
        lines.append([(" it is about no component", Tone.MUTED)])
    lines += [(), part_title("runs", glyphs)]
    for run in sorted(runs, key=lambda r: -r.id):
        begun = f"   {age((now - run.created_at).total_seconds())} ago by {run.begun_by}"
        words = f": {run.text}" if run.text else ""
        lines.append(
            [
                (f" {run.label:<6} ", Tone.ACCENT), (f"{run.state:<9} ", RUN_TONES[run.state]), (run.title, Tone.TEXT),
                (f"{begun}{words}", Tone.MUTED),
            ]
        )  # fmt: skip
    if not runs:
        lines.append([(" none was begun for it; X chooses a procedure, in OPERATE", Tone.MUTED)])
    lines += [(), part_title("corrective actions", glyphs)]
    for action in actions:
        due = f"due {action.due:%Y-%m-%d}" if action.due else "no due date"
        lines.append(
            [
                (f" {action.label:<6} ", Tone.ACCENT), (f"{action.state:<9} ", Tone.TEXT),
                (action.action or action.deviation, Tone.TEXT), (f"   {due}, {action.owner or 'nobody has it'}", Tone.MUTED),
            ]
        )  # fmt: skip
    if not actions:
        lines.append([(" none yet; C drafts one", Tone.MUTED)])
    return lines


def time_line(entries: Sequence[Entry], width: int, glyphs: Glyphs) -> list[TextLine]:
    """Returns the entries of a time line, oldest first, as lines of that width; what was written is shown whole."""
    room = actor_room(entries, width)
    text_at = TIME_WIDTH + room + 1
    lines: list[TextLine] = []
    for entry in entries:
        text = sentence(entry, goes_on=True).partition(" ")[2] or sentence(entry)
        lines.append(
            [
                (f" {entry.at:%H:%M:%S}Z ", Tone.MUTED), (f"{padded(entry.actor, room, glyphs.ellipsis)} ", Tone.ACCENT),
                (text, _tone(entry.kind)),
            ]
        )  # fmt: skip
        lines += [[(" " * text_at + part, Tone.TEXT)] for part in entry.note.split("\n")[1:]]
    lines = lines or [[(" nothing yet", Tone.MUTED)]]
    return [part for line in lines for part in folded_spans(line, width, text_at)]


def _tone(kind: str) -> Tone:
    if kind in {
        "incident.opened", "incident.failed_again", "incident.reopened", "incident.cause_changed", "incident.breached", "incident.nobody_told",
    }:  # fmt: skip
        return Tone.CRITICAL
    if kind == "incident.at_risk":
        return Tone.WARNING
    if kind in {"incident.cleared", "incident.resolved", "incident.closed"}:
        return Tone.OK
    return Tone.TEXT
