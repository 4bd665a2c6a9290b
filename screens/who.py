"""Who else is here, in words and signs. Pure; a sign and a name, so that no colour is needed to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.presence.model import keeps_both, subject_written_in, with_open, writing_in
from core.timekeeping import age
from screens.boxes.pick import Choice
from screens.tones import Tone
from screens.widgets.cells import width_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.presence.model import Present
    from screens.widgets.cells import Span
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

LONGEST_NAME = 16
AT_ANOTHER = "you at another console"


class Signs:
    """The sign of each subject that others have open, made anew only where they have something else open."""

    def __init__(self) -> None:
        self._others: Sequence[Present] = ()
        self._signs: dict[str, str] = {}

    def of(self, others: Sequence[Present], glyphs: Glyphs) -> Mapping[str, str]:
        """Returns the signs that stand before rows, by the labels of what others have open."""
        if others is not self._others:
            self._others, self._signs = others, signs(others, glyphs) if others else {}
        return self._signs


def signs(others: Sequence[Present], glyphs: Glyphs) -> dict[str, str]:
    """Returns the sign of every subject that others have open, by its label: that it is written in goes before."""
    looked_at = {each.open.subject: glyphs.looked_at for each in others if each.open.subject}
    return looked_at | {each.edited: glyphs.written_in for each in others if each.edited}


def who_has_it_open(
    others: Sequence[Present], label: str, person: str, glyphs: Glyphs, room: int
) -> list[Span]:
    """Returns who else has a subject open, those who write in it first, in at most `room` cells.

    Where there is no room for what each does there are only names; where there is none for all, how many more there are.
    """
    found = with_open(others, label)
    words: list[Span] = []
    for is_short in (False, True):
        words = [_said_of(each, label, person, glyphs, is_short=is_short) for each in found]
        fitting = _as_many_as_fit(words, room)
        if fitting:
            return fitting
    how_many = f"{words[0][0][0]} {len(found)}" if words else ""
    return [(how_many, Tone.ACCENT)] if how_many and width_of(how_many) <= room else []


def _said_of(each: Present, label: str, person: str, glyphs: Glyphs, *, is_short: bool) -> Span:
    writes = each.edited == label
    sign = glyphs.written_in if writes else glyphs.looked_at
    if is_short:
        words = "you" if each.actor == person else each.actor[:LONGEST_NAME]
    else:
        words = f"{_called(each, person)} {each.doing() if writes else 'has it open'}"
    return f"{sign} {words}", Tone.WARNING if writes else Tone.ACCENT


def _as_many_as_fit(words: Sequence[Span], room: int) -> list[Span]:
    """Returns the first of these, two blanks apart, and how many more there are; nothing where not even one fits."""
    for count in range(len(words), 0, -1):
        spans = [(("  " if place else "") + text, tone) for place, (text, tone) in enumerate(words[:count])]
        if count < len(words):
            spans.append((f"  +{len(words) - count}", Tone.ACCENT))
        if sum(width_of(text) for text, _ in spans) <= room:
            return spans
    return []


def rule_with_who(left: TextLine, who: Sequence[Span], width: int, glyphs: Glyphs, gap: str = "") -> TextLine:
    """Returns a line that ends, behind `gap`, with a rule across what is left, and who has its subject open at its end."""
    right: list[Span] = [(" ", Tone.MUTED), *who, (" ", Tone.MUTED)] if who else []
    taken = sum(width_of(text) for text, _ in [*left, *right]) + len(gap)
    return [*left, (gap + glyphs.rule * max(0, width - taken), Tone.MUTED), *right]


def warning(others: Sequence[Present], place: str, person: str) -> str:
    """Returns what the box of a draft's place says before anything is typed; empty where nobody else writes in its subject."""
    found = writing_in(others, subject_written_in(place))
    if not found:
        return ""
    who = "; ".join(f"{_called(each, person)} {each.doing()} now, at {each.host}" for each in found)
    return f"{who}. Nothing is overwritten: who saves later is shown both texts" if keeps_both(place) else who


def choices(others: Sequence[Present], person: str, glyphs: Glyphs, now: datetime) -> list[Choice]:
    """Returns everybody else who is here as things to choose; an id names seat, view and subject."""
    found = []
    for each in others:
        what = each.open.words or "nothing yet"
        parts = [
            what, *filter(None, [each.doing()]), f"for {age((now - each.since).total_seconds())}", f"at {each.host}",
        ]  # fmt: skip
        subject = each.open.subject or (each.edited if each.open.view == "actions" else "")
        found.append(
            Choice(
                f"{each.seat} {each.open.view} {subject}",
                _called(each, person),
                f" {glyphs.separator} ".join(parts),
                why_not=None if each.open.view else "nothing is open there yet",
            )
        )
    return found


def _called(each: Present, person: str) -> str:
    return AT_ANOTHER if each.actor == person else each.actor[:LONGEST_NAME]
