"""A component's own screen as lines and one plot. Pure."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.journal.wording import sentence
from core.monitoring.ranges import parse_range
from core.monitoring.revisions.model import Name, ranges_in_words
from core.timekeeping import EPOCH, age, from_micros
from screens.board_rows import board_detail
from screens.planned_rows import look_of
from screens.tones import Tone, bars_tone
from screens.widgets.cells import folded_spans, padded, room_for
from screens.widgets.glyphs import Glyphs, state_look
from screens.widgets.plot import Limit, Plot
from screens.widgets.sparkline import sparkline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.catalog.model import Component, Threshold
    from core.desk.model import Incident
    from core.journal.model import Entry
    from core.monitoring.queries import BoardRow, Minute, ProbeView
    from core.monitoring.revisions.queries import Judged
    from screens.staleness import Stale
    from screens.widgets.lines import TextLine

Sample = tuple[int, float | None, int]
TIME_WIDTH = 18
"""The cells of an entry's time, behind which stands who did it."""
ACTOR_WIDTH, WIDE_ACTOR_WIDTH, WIDE = 10, 18, 84
"""Who did it has so much room, and at most that where a line has WIDE cells."""
PROBE_WIDTH, WIDE_PROBE_WIDTH, WIDE_PROBES = 14, 30, 100
WORDS_LAG_S = 5
"""From so many seconds on it is told that a probe's words are older than its figure."""


def head_lines(
    row: BoardRow, incident: Incident | None, component: Component | None, board: Mapping[str, BoardRow],
    needed_by: Sequence[str], glyphs: Glyphs, now: datetime, *, stale: Stale, answers: bool = False, planned: Sequence[TextLine] = (),
) -> list[TextLine]:  # fmt: skip
    """Returns state and since when, and what the board says of it."""
    status = row.status
    look = look_of(status, glyphs, stale=stale.of(row))
    since = (
        f"since {status.since:%Y-%m-%d %H:%M:%S}Z ({age((now - status.since).total_seconds())})"
        if status.version
        else ""
    )
    flap = "   flapping" if status.flapping else ""
    first: TextLine = [
        (f" {look.text}", look.tone), (f"   {status.id}", Tone.STRONG), (f"   {since}{flap}   service {row.service}", Tone.MUTED),
    ]  # fmt: skip
    needs = [board[n] for n in component.needed_ids if n in board] if component else []
    behind = [board[n] for n in needed_by if n in board]
    detail = board_detail(
        row, needs, behind, incident, None, glyphs, stale=stale, answers=answers, planned=planned
    )
    return [first, *detail]


def probe_lines(
    probes: Sequence[ProbeView], component: Component | None, recent: Mapping[int, Sequence[Sample]], chosen: int,
    now: datetime, glyphs: Glyphs, width: int, *, is_old: bool, nothing: str = " not looked at yet",
) -> list[TextLine]:  # fmt: skip
    """Returns a line for each probe: state, figure, its last samples, how old the last one is, its words; `nothing` where there is none.

    Of a probe that was never seen only its words are shown.
    """
    lines: list[TextLine] = []
    every = {p.id: p.every_s for p in component.probes} if component else {}
    most = WIDE_PROBE_WIDTH if width >= WIDE_PROBES else PROBE_WIDTH
    room = room_for((p.probe for p in probes), PROBE_WIDTH, most)
    for place, probe in enumerate(probes):
        samples = recent.get(probe.number, ())
        value = samples[-1][1] if samples else None
        at = from_micros(samples[-1][0] * 1000) if samples else probe.seen_at
        age_s = (now - at).total_seconds()
        old = is_old or age_s > every.get(probe.probe, 60.0) * 3 + 15
        look = state_look(probe.state, glyphs, stale=old)
        figure = f"{value:.4g} {probe.unit}" if value is not None else ""
        cursor = glyphs.cursor if place == chosen else " "
        if not samples and probe.seen_at == EPOCH:
            name = f"{padded(probe.probe, room, glyphs.ellipsis)} "
            lines.append(
                [(cursor, Tone.ACCENT), (" " * 9, Tone.TEXT), (name, Tone.STRONG), (probe.summary, Tone.MUTED)]
            )  # fmt: skip
            continue
        spark = sparkline([s[1] for s in samples[-24:]], 24, glyphs, low=0.0)
        lines.append(
            [
                (f"{cursor}", Tone.ACCENT), (f"{look.text:<8} ", look.tone), (f"{padded(probe.probe, room, glyphs.ellipsis)} ", Tone.STRONG),
                (f"{figure:>12} ", Tone.TEXT), (f"{spark} ", bars_tone(look.tone)), (f"{age(age_s):>4} ago  ", Tone.STALE if old else Tone.MUTED),
                (f"{probe.summary}{_said(probe, at, now)}" if width >= 100 else "", Tone.MUTED),
            ]
        )  # fmt: skip
    if not probes:
        lines.append([(nothing, Tone.MUTED)])
    return lines


def _said(probe: ProbeView, at: datetime, now: datetime) -> str:
    """Returns how old a probe's words are, where its last sample at `at` is newer: words are kept once in a while only."""
    if (at - probe.seen_at).total_seconds() < WORDS_LAG_S:
        return ""
    return f" (said {age((now - probe.seen_at).total_seconds())} ago)"


def text_lines(
    probe: ProbeView, component: Component | None, samples: Sequence[Sample], now: datetime, glyphs: Glyphs, *,
    revised: Sequence[Judged] = (),
) -> list[TextLine]:  # fmt: skip
    """Returns the chosen probe in words: what it said, its thresholds and which of them are revised, its long text."""
    at = from_micros(samples[-1][0] * 1000) if samples else probe.seen_at
    drawn = f", drawn: {probe.metric}" if probe.metric else ""
    lines: list[TextLine] = [
        [(f"{glyphs.rule}{glyphs.rule} {probe.probe}{drawn}", Tone.HEADER)], [(f" {probe.summary}", Tone.TEXT), (_said(probe, at, now), Tone.MUTED)],
    ]  # fmt: skip
    declared = next((p for p in component.probes if p.id == probe.probe), None) if component else None
    if declared is not None:
        lines.append(
            [
                (
                    (
                        f" {declared.target.kind} every {declared.every_s:g} s, time-out {declared.timeout_s:g} s, "
                        f"{declared.attempts} bad in a row confirm, {declared.good_attempts} good clear"
                    ),
                    Tone.MUTED,
                )
            ]
        )
        lines += [[(f" {t.metric}: ok within {ranges_in_words(t)}", Tone.MUTED)] for t in declared.thresholds]
        lines += [
            line for each in revised if each.name.probe == probe.probe for line in revised_lines(each, glyphs)
        ]
    lines += [[(f" {line}", Tone.MUTED)] for line in probe.detail.split("\n")[:20] if line]
    return lines


def revised_lines(judged: Judged, glyphs: Glyphs) -> list[TextLine]:
    """Returns what is known of a threshold's revision, and whether the catalog says something else since."""
    own = judged.revision
    if own is None:
        return []
    by = own.owner if own.owner == own.made_by else f"{own.owner}, made by {own.made_by}"
    then = f"; when it was revised it said {own.declared}" if judged.declared_otherwise else ""
    return [
        [
            (f" {glyphs.revised} ", Tone.ACCENT),
            (f"{own.name.metric} is {judged.way} {own.until} by {by}: {own.reason}", Tone.TEXT),
        ],
        [(f"   the catalog says {ranges_in_words(judged.declared)}", Tone.MUTED), (then, Tone.WARNING)],
    ]


def is_about(entry: Entry, component_id: str) -> bool:
    """Tells whether an entry is about a component, or a threshold of one of its probes."""
    about = entry.subject
    return about == ("component", component_id) or (
        about.kind == "threshold" and Name.parse(about.id).component == component_id
    )


def actor_room(entries: Sequence[Entry], width: int) -> int:
    """Returns how much room those who did something have in lines of that width."""
    return room_for(
        (e.actor for e in entries), ACTOR_WIDTH, WIDE_ACTOR_WIDTH if width >= WIDE else ACTOR_WIDTH
    )


def folded_entries(entries: Sequence[Entry], glyphs: Glyphs, width: int) -> list[TextLine]:
    """Returns the component's entries, newest first, each whole."""
    begins_at = TIME_WIDTH + actor_room(entries, width) + 1
    lines = entry_lines(entries, glyphs, width)
    return [part for line in lines for part in folded_spans(line, width, begins_at)]


def entry_lines(entries: Sequence[Entry], glyphs: Glyphs, width: int) -> list[TextLine]:
    """Returns the component's entries, newest first, each as one line."""
    room = actor_room(entries, width)
    head: list[TextLine] = [[(f"{glyphs.rule}{glyphs.rule} entries, newest first", Tone.HEADER)]]
    return head + [
        [
            (f" {e.at:%d %b %H:%M:%S}Z ", Tone.MUTED),
            (f"{padded(e.actor, room, glyphs.ellipsis)} ", Tone.ACCENT),
            (sentence(e), Tone.TEXT),
        ]
        for e in reversed(entries)
    ]


def figure_of(
    probe: ProbeView,
    component: Component,
    minutes: Sequence[Minute],
    recent: Sequence[Sample],
    minute: int,
    *,
    hours: int = 1,
) -> Plot | None:
    """Returns the last hours of a probe, minute by minute, with its limits; None without any figure."""
    points: list[tuple[datetime, float | None]] = [
        (from_micros(m.minute * 60_000_000), m.highest) for m in minutes
    ]
    begun = [value for at, value, _ in recent if at // 60_000 == minute and value is not None]
    if begun:
        points.append((from_micros(minute * 60_000_000), max(begun)))
    if not points:
        return None
    until = from_micros((minute + 1) * 60_000_000)
    declared = next((p for p in component.probes if p.id == probe.probe), None)
    limits = [
        limit
        for t in (declared.thresholds if declared else ())
        if t.metric == probe.metric
        for limit in _limits(t)
    ]
    return Plot(points, until - timedelta(hours=hours), until, 60.0, probe.unit, tuple(limits))


def _limits(threshold: Threshold) -> list[Limit]:
    found = []
    for text, tone, label in (
        (threshold.warning, Tone.WARNING, "warning"), (threshold.critical, Tone.CRITICAL, "critical"),
    ):  # fmt: skip
        try:
            limit = parse_range(text) if text else None
        except BadInput:
            limit = None  # refused when the catalog was read; an older version's text is simply not drawn
        if limit is None:
            continue
        if math.isfinite(limit.end):
            found.append(Limit(limit.end, label, tone))
        elif limit.start > 0:
            found.append(Limit(limit.start, label, tone, is_upper=False))
    return found
