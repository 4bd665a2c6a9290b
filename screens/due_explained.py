"""How each due instant of an item comes about: every part of its time, what made it stand still, and the sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.clocks.due_words import ending_words, exactly, promise_line, version_words
from core.desk.clocks.promises import promises
from core.printable import printable
from core.timekeeping import from_micros, to_micros, utc_now
from screens.boxes.read import ReadBox
from screens.tones import Tone
from screens.widgets.cells import folded_spans

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.desk.clocks.model import Part
    from core.desk.clocks.promised import Clock
    from core.desk.model import Incident
    from core.desk.requests.model import Request
    from screens.view import View
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

WIDE = 100
"""From so many cells on instants have their seconds."""


async def explain_due(view: View, found: Incident | Request) -> None:
    """Shows it over a view, as of the moment that the view shows."""
    now, then = view.now_of(utc_now()), view.then
    named = {"upto": then.seq} if then is not None else {}
    clocks = (await view.floor.ask(promises, [found], now, **named)).get(found.id, ())

    def lines(width: int, glyphs: Glyphs) -> list[TextLine]:
        title = [(f" {found.label} {printable(found.title, 200)}", Tone.STRONG)]
        whole = [title, *due_lines(clocks, now, width, glyphs)]
        return [part for line in whole for part in folded_spans(line, width, 3)]

    await view.floor.box(ReadBox(lines))


def due_lines(clocks: Sequence[Clock], now: datetime, width: int, glyphs: Glyphs) -> list[TextLine]:
    """Returns every promise with the parts of its time, in lines for a width."""
    if not clocks:
        words = "no agreement promises anything of it: none covers it, or none its priority"
        return [[], [(f" {words}", Tone.MUTED)]]
    found: list[TextLine] = []
    at = to_micros(now)
    for clock in clocks:
        found += [[], [(f" {promise_line(clock, now)}", _tone(clock, now))]]
        for part in clock.explain(at):
            found.append(_part_line(part, width))
            if part.segment.runs:
                until = min(part.segment.end or at, at)
                days = clock.hours.changed_days(part.segment.begin, until)
                found += [[(f"     {day.words}", Tone.MUTED)] for day in days]
        found.append([(f" {glyphs.rule} {ending_words(clock, now)}", Tone.TEXT)])
        found.append([(f"   {version_words(clock)}", Tone.MUTED)])
    return found


def _part_line(part: Part, width: int) -> TextLine:
    segment = part.segment
    written = "%d %b %H:%M:%S" if width >= WIDE else "%d %b %H:%M"
    begin = f"{from_micros(segment.begin):{written}}"
    end = f"{from_micros(segment.end):{written}}" if segment.end is not None else "now"
    room = 2 * len(begin) + 1
    counts = f"+{exactly(part.counted / 1e6)}" if segment.runs else "stands still"
    return [
        (f"   {f'{begin}-{end}':<{room}} ", Tone.TEXT),
        (f"{segment.why:<21} ", Tone.TEXT if segment.runs else Tone.MUTED),
        (f"{counts:<12} ", Tone.TEXT if segment.runs else Tone.MUTED),
        (f"={exactly(part.passed / 1e6)}", Tone.STRONG),
    ]


def _tone(clock: Clock, now: datetime) -> Tone:
    at = to_micros(now)
    if not clock.is_pending or clock.due is None:
        return Tone.MUTED
    return Tone.CRITICAL if clock.is_late(at) else Tone.WARNING if clock.is_at_risk(at) else Tone.TEXT
