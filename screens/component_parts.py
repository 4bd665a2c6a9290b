"""What belongs to a component beside its probes: its procedures, and what it needs and is needed by. As lines."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.catalog.as_of import procedures_at
from core.catalog.queries import declared_procedure
from core.counting import counted
from core.errors import NotFound
from core.operations.procedure import parse_procedure
from core.timekeeping import age
from screens.planned_rows import look_of, mark
from screens.tones import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.model import Component, ProcedureText
    from core.monitoring.queries import BoardRow
    from core.operations.queries import Run
    from screens.staleness import Stale
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

MOST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class ProcedureHead:
    """A procedure in one line; `fault` says why it cannot be carried out, empty when it can."""

    id: str
    title: str
    effect: str = ""
    steps: int = 0
    fault: str = ""


def procedure_heads(
    connection: Connection, ids: Sequence[str], upto: int | None = None
) -> list[ProcedureHead]:
    """Returns the named procedures in force, now or after entry `upto`, in that order; one that is missing or cannot be read says so."""
    if upto is None:
        texts = _in_force(connection, ids)
    else:
        texts = {each.id: each for each in procedures_at(connection, upto, ids)}
    return [_head(each, texts.get(each)) for each in ids]


def _in_force(connection: Connection, ids: Sequence[str]) -> dict[str, ProcedureText]:
    found: dict[str, ProcedureText] = {}
    for each in ids:
        with suppress(NotFound):
            _, found[each] = declared_procedure(connection, each)
    return found


def _head(procedure_id: str, text: ProcedureText | None) -> ProcedureHead:
    if text is None:
        return ProcedureHead(procedure_id, "", fault="not in the catalog")
    parsed = parse_procedure(text.text, path=text.path)
    if parsed.procedure is None:
        return ProcedureHead(procedure_id, "", fault=f"{text.path}: {parsed.problems[0].what}")
    found = parsed.procedure
    return ProcedureHead(procedure_id, found.title, str(found.effect), len(found.steps))


def procedure_lines(
    heads: Sequence[ProcedureHead], runs: Iterable[Run], how: str, now: datetime, glyphs: Glyphs
) -> list[TextLine]:  # fmt: skip
    """Returns a line for each procedure with its last run, below one that says how to begin them."""
    lines: list[TextLine] = [part_title(f"procedures   {how}".rstrip() if heads else "procedures", glyphs)]
    last = {run.procedure: run for run in sorted(runs, key=lambda r: r.id)}
    for each in heads:
        if each.fault:
            lines.append([(f" {each.id:<24} ", Tone.TEXT), (each.fault, Tone.WARNING)])
            continue
        run = last.get(each.id)
        steps = counted(each.steps, "step")
        ended = (
            f"   last {run.label} {run.state} {age((now - run.created_at).total_seconds())} ago"
            if run
            else ""
        )
        lines.append(
            [(f" {each.id:<24} ", Tone.STRONG), (f"{each.effect:<8}{steps:<9}", Tone.MUTED), (each.title, Tone.TEXT), (ended, Tone.MUTED)]
        )  # fmt: skip
    if not heads:
        lines.append([(" none is declared for it", Tone.MUTED)])
    return lines


def dependency_lines(
    component: Component | None, board: Mapping[str, BoardRow], needed_by: Sequence[str], now: datetime,
    glyphs: Glyphs, *, stale: Stale,
) -> list[TextLine]:  # fmt: skip
    """Returns what a component needs and what needs it, one a line with its state and since when."""
    lines: list[TextLine] = [part_title("dependencies", glyphs)]
    shown: list[tuple[str, str]] = []
    for need in component.needs if component else ():
        words = "needs" if need.at_least >= len(need.of) else f"needs {need.at_least} of {len(need.of)}"
        shown += [(words, name) for name in need.of]
    shown += [("needed by", name) for name in needed_by]
    lines += [related_line(way, name, board, now, glyphs, stale=stale) for way, name in shown[:MOST_SHOWN]]
    if len(shown) > MOST_SHOWN:
        lines.append([(f" and {len(shown) - MOST_SHOWN} more", Tone.MUTED)])
    if not shown:
        lines.append([(" needs nothing, and nothing needs it", Tone.MUTED)])
    return lines


def related_line(
    way: str, name: str, board: Mapping[str, BoardRow], now: datetime, glyphs: Glyphs, *, stale: Stale
) -> TextLine:
    """Returns a component that stands in this way to another or to an incident: its state, since when, its words."""
    row = board.get(name)
    if row is None:
        return [(f" {way:<12} ", Tone.MUTED), (f"{name} is not declared any more", Tone.WARNING)]
    status = row.status
    look = look_of(status, glyphs, stale=stale.of(row))
    since = f"since {age((now - status.since).total_seconds())}" if status.version else "not looked at yet"
    return [
        (f" {way:<12} ", Tone.MUTED), (f"{look.text:<8} ", look.tone),
        (f"{name:<20} ", Tone.STRONG), (f"{since:<11} ", Tone.MUTED), *mark(status, now), (row.words if status.version else "", Tone.MUTED),
    ]  # fmt: skip


def part_title(text: str, glyphs: Glyphs) -> TextLine:
    """Returns the line above a part."""
    return [(f"{glyphs.rule}{glyphs.rule} {text}", Tone.HEADER)]
