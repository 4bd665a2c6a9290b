"""Who is on call, as lines. Pure; what is missing begins with `!`, so that no colour is needed to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.oncall.model import local_time, now_and_next
from core.desk.oncall.words import NOBODY, from_words, named, override_words, until_words
from core.printable import printable
from screens.tones import Tone
from screens.widgets.cells import folded_spans

if TYPE_CHECKING:
    from core.catalog.oncall import Rota
    from core.desk.escalation.whom import People
    from core.desk.oncall.model import Shift
    from core.desk.oncall.roster import Roster
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

GOES_ON_AT = 7
MOST_LACKS = 8
"""So many of what a rota lacks are told; of the rest only how many."""


def roster_lines(found: Roster, now: int, width: int, glyphs: Glyphs) -> list[TextLine]:
    """Returns what was told to nobody, every rota with who is on call now (microseconds UTC) and next, overrides, and the days ahead on which clocks are set."""
    lines: list[TextLine] = []
    for label, at in found.nobody:
        lines.append([(f" ! {label} nobody was told since {at:%a %d %b %H:%M}Z", Tone.CRITICAL)])
    for rota in found.people.rotas.values():
        lines += [*([[]] if lines else []), *_rota_lines(rota, found, now, glyphs)]
    if not found.people.rotas:
        lines.append([(" No rota is declared: [[rota]] in the catalog says who is on call.", Tone.MUTED)])
    named_rotas = found.people.rotas
    others = [each for each in found.lacks if each.where not in named_rotas]
    if others:
        lines += [[], *([(f" ! {printable(each.words, 300)}", Tone.WARNING)] for each in others)]
    coming = [each for each in found.people.overrides if each.counts_until > now]
    if coming:
        lines += [[], [(" overrides", Tone.HEADER)]]
        lines += [[(f"   {printable(override_words(each), 300)}", Tone.TEXT)] for each in coming]
    ahead = [each for each in found.moved if each.change.at > now]
    if ahead:
        lines += [[], [(" clocks are set", Tone.HEADER)]]
        lines += [[(f"   {printable(each.words, 300)}", Tone.TEXT)] for each in ahead]
    return [part for line in lines for part in (folded_spans(line, width, GOES_ON_AT) if line else [line])]


def _rota_lines(rota: Rota, found: Roster, now: int, glyphs: Glyphs) -> list[TextLine]:
    current, following = now_and_next(rota, found.people.overrides, now)
    lacks = [each for each in found.lacks if each.where == rota.id and (each.end is None or each.end > now)]
    lines: list[TextLine] = [
        [
            (f" {printable(rota.title, 60)}", Tone.STRONG),
            (f"  {rota.id} {glyphs.separator} {rota.zone} {local_time(now, rota.zone):%H:%M}", Tone.MUTED),
        ],
        _shift_line("now ", current, until_words(current, rota.zone), found.people),
    ]
    if following is not None:
        lines.append(_shift_line("next", following, from_words(following, rota.zone), found.people))
    for lack in lacks[:MOST_LACKS]:
        words = lack.words.removeprefix(f"{rota.id}: ").removesuffix(f" ({rota.zone})")
        lines.append([(f"     ! {printable(words, 200)}", Tone.WARNING)])
    if len(lacks) > MOST_LACKS:
        lines.append([(f"     ! and {len(lacks) - MOST_LACKS} more", Tone.WARNING)])
    return lines


def _shift_line(word: str, shift: Shift, when: str, people: People) -> TextLine:
    who = printable(named(shift.person, people), 60)
    by = f"   by {shift.by}" if shift.by else ""
    tone = Tone.WARNING if who == NOBODY else Tone.ACCENT
    return [(f"  {word} ", Tone.MUTED), (f"{who:<28}", tone), (f" {when}", Tone.TEXT), (by, Tone.MUTED)]
