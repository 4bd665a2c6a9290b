"""A component as a row of the board, and as the lines below it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.monitoring.model import State
from core.timekeeping import age
from screens.planned_rows import end_words, look_of
from screens.tones import Tone, bars_tone
from screens.widgets.columns import Column
from screens.widgets.glyphs import PLANNED, Glyphs, state_look
from screens.widgets.sparkline import sparkline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.desk.model import Incident
    from core.monitoring.queries import BoardRow
    from core.operations.queries import Run
    from screens.picture import Counts
    from screens.staleness import Stale
    from screens.widgets.cells import Cell
    from screens.widgets.lines import TextLine

SPARK_WIDTH = 16

COLUMNS: tuple[Column[BoardRow], ...] = (
    Column(
        "state",
        "STATE",
        width=8,
        priority=10,
        sort=lambda r: (-r.status.state.severity, not r.status.confirmed),
    ),
    Column("component", "COMPONENT", share=4, min_width=20, priority=9, sort=lambda r: r.status.id),
    Column("since", "SINCE", width=5, priority=8, align="right", sort=lambda r: -r.status.since.timestamp()),
    Column("work", "WORK", width=6, priority=7),
    Column("hour", "LAST HOUR", width=SPARK_WIDTH, priority=4),
    Column("service", "SERVICE", width=10, priority=3, sort=lambda r: r.service),
    Column("deps", "DEPS", width=7, priority=2),
    Column("summary", "WHAT", share=5, min_width=24, priority=1),
)


def board_words(row: BoardRow) -> str:
    """Returns the text a filter looks in."""
    status = row.status
    zone = f" zone:{row.zone}" if row.zone else ""
    if status.maintenance is not None:
        zone += f" maintenance {status.maintenance.label}"
    return f"{status.id} {row.title} state:{status.state} service:{row.service}{zone} {row.owner} {row.words}"


def board_cells(
    row: BoardRow,
    now: datetime,
    glyphs: Glyphs,
    *,
    behind: int,
    stale: Stale,
    work: str,
    spark: Sequence[float | None],
) -> Mapping[str, Cell]:
    """Returns the cells of a component; `behind` counts what needs it. No state that is stale is shown as if it were known."""
    status = row.status
    look = look_of(status, glyphs, stale=stale.of(row))
    since = age((now - status.since).total_seconds()) if status.version else "-"
    work_cell: Cell = ((work, Tone.ACCENT),)
    if status.maintenance is not None:
        work_cell = work_cell if work else ((end_words(status.maintenance, now), Tone.STOPPED),)
    down, up = ("<", ">") if glyphs.name == "ascii" else ("◂", "▸")
    return {
        "state": look.cell,
        "component": ((status.id, Tone.TEXT), (f" {glyphs.revised}", Tone.ACCENT))
        if row.revised
        else status.id,
        "since": ((since, Tone.MUTED),),
        "work": work_cell,
        "hour": (
            (
                sparkline(spark, SPARK_WIDTH, glyphs, low=_zero(spark)),
                Tone.MUTED if stale.of(row) else bars_tone(look.tone),
            ),
        ),
        "service": ((row.service, Tone.MUTED),),
        "deps": ((f"{down}{behind} {up}{len(row.needs)}", Tone.MUTED),),
        "summary": ((row.words, Tone.MUTED if status.state is State.OK else Tone.TEXT),),
    }


def _zero(values: Sequence[float | None]) -> float | None:
    """Returns 0 as the lowest bar where no value is below it: a latency of 4 ms is then not a mountain."""
    known = [value for value in values if value is not None]
    return 0.0 if known and min(known) >= 0 else None


def board_counts(counts: Counts, stale: Stale, glyphs: Glyphs) -> TextLine:
    """Returns the line of counts above the board; what is stale is said first, where no width cuts it off.

    Components of a silent zone are counted as not live, and under no state: nobody knows it.
    """
    spans: list[tuple[str, Tone]] = [(" ", Tone.TEXT)]
    if stale.everything:
        spans += [("last known, not live:", Tone.CRITICAL), (" ", Tone.TEXT)]
    elif stale:
        spans += [
            (f"{glyphs.stale} {stale.where}: {counts.not_live} not live", Tone.CRITICAL),
            ("   ", Tone.TEXT),
        ]
    for state in sorted(State, key=lambda s: -s.severity):
        number = counts.states[state]
        if number or state is State.OK:
            look = state_look(state, glyphs)
            tone = Tone.STALE if stale.everything else look.tone
            spans += [(f"{look.text} {number}", tone), ("   ", Tone.TEXT)]
    if counts.planned:
        tone = Tone.STALE if stale.everything else Tone.STOPPED
        spans += [(f"{glyphs.planned} {PLANNED} {counts.planned}", tone), ("   ", Tone.TEXT)]
    return spans


def nothing_wrong(counts: Counts, *, stale: Stale) -> str:
    """Returns what may be said where no component is worse than pending: never more than is known."""
    total = sum(counts.states.values()) + counts.planned
    ok, pending = counts.states[State.OK], counts.states[State.PENDING]
    planned = f", {counts.planned} in maintenance" if counts.planned else ""
    if not total + counts.not_live:
        return "No component is declared."
    if stale.everything:
        return f"Nobody looks now; last known: {ok} of {total} ok, {pending} pending{planned}."
    if stale:
        return f"{ok} of {total} ok{planned}; nobody looks at {stale.where} now, {counts.not_live} not live."
    if pending:
        return f"{ok} of {total} ok{planned}, {pending} pending: not looked at yet."
    if ok != total:
        return f"{ok} of {total} ok{planned}."
    return "The one component is ok." if total == 1 else f"All {total} components are ok."


def board_detail(
    row: BoardRow,
    needs: Sequence[BoardRow],
    needed_by: Sequence[BoardRow],
    incident: Incident | None,
    run: Run | None,
    glyphs: Glyphs,
    *,
    stale: Stale,
    answers: bool = False,
    planned: Sequence[TextLine] = (),
) -> list[TextLine]:
    """Returns the lines about the component under the cursor; `answers`: its probes say that it runs although stopped.

    `planned` is what is to be told of maintenance.
    """
    status = row.status
    parts = [f" {row.title}", row.owner and f"owner {row.owner}", row.zone and f"zone {row.zone}"]
    title = "   ".join(filter(None, parts))
    lines: list[TextLine] = [[(title, Tone.STRONG)]]
    if status.stopped is not None:
        stop = status.stopped
        words = f" stopped on purpose by {stop.by} at {stop.at:%Y-%m-%d %H:%M}Z: {stop.reason}"
        lines.append([(words, Tone.STOPPED)])
        if answers and not stale.of(row):
            lines.append([(" it answers although stopped on purpose", Tone.WARNING)])
        lines.append(
            [(" it raises nothing until a procedure starts it, or W has it watched again", Tone.MUTED)]
        )
    else:
        lines.append([(f" {row.words}", Tone.TEXT)])
    lines += [
        [(f" {glyphs.revised} ", Tone.ACCENT), (f"{each.brief}: {each.reason}", Tone.TEXT)]
        for each in row.revised
    ]
    lines += planned
    if status.flapping:
        lines.append([(" it is flapping: it changes so often that its state may not stay", Tone.WARNING)])
    if status.roots:
        lines.append([(f" the fault is at {', '.join(status.roots)}", Tone.UNREACHABLE)])
    if needs:
        lines.append(_related(" needs", needs, glyphs, stale))
    if needed_by:
        lines.append(_related(" needed by", needed_by, glyphs, stale))
    if incident is not None:
        owner = f", {incident.owner}" if incident.owner else ", nobody has it"
        lines.append(
            [
                (f" {incident.label} ", Tone.ACCENT),
                (f"{incident.standing}{owner}: {incident.title}", Tone.TEXT),
            ]
        )
    if run is not None:
        lines.append([(f" {run.label} ", Tone.ACCENT), (f"{run.title}: {run.state}", Tone.TEXT)])
    return lines


def _related(label: str, rows: Sequence[BoardRow], glyphs: Glyphs, stale: Stale) -> TextLine:
    spans: list[tuple[str, Tone]] = [(f"{label} ", Tone.MUTED)]
    for row in rows[:6]:
        look = look_of(row.status, glyphs, stale=stale.of(row))
        spans += [(look.glyph, look.tone), (f" {row.status.id}  ", Tone.TEXT)]
    if len(rows) > 6:
        spans.append((f"+{len(rows) - 6}", Tone.MUTED))
    return spans
