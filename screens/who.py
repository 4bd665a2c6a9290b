"""Who else is here, in words and signs. Pure; a sign and a name, so that no colour is needed to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.presence.model import with_open, writing_in
from core.timekeeping import age
from screens.boxes.pick import Choice
from screens.tones import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.presence.model import Present
    from screens.widgets.cells import Span
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

LONGEST_NAME = 16
AT_ANOTHER = "you at another console"


def marks_of(others: Sequence[Present], label: str, glyphs: Glyphs) -> list[Span]:
    """Returns what stands before a subject in a list that others have open: a sign, a name, how many more."""
    found = with_open(others, label)
    if not found:
        return []
    first = found[0]
    sign = glyphs.written_in if first.edited == label else glyphs.looked_at
    more = f" +{len(found) - 1}" if len(found) > 1 else ""
    return [(f"{sign} {first.actor[:LONGEST_NAME]}{more}  ", Tone.ACCENT)]


def who_has_it_open(others: Sequence[Present], label: str, person: str, glyphs: Glyphs) -> list[TextLine]:
    """Returns the line of a subject's page that says who else has it open, and who writes in it; none if nobody."""
    spans: list[Span] = []
    for each in with_open(others, label):
        writes = each.edited == label
        sign = glyphs.written_in if writes else glyphs.looked_at
        words = f"{_called(each, person)} {each.doing() if writes else 'has it open'}"
        spans.append((f" {sign} {words}  ", Tone.WARNING if writes else Tone.ACCENT))
    return [spans] if spans else []


def warning(others: Sequence[Present], label: str, person: str) -> str:
    """Returns what a box says before anything is typed in it; empty where nobody else writes in the subject."""
    found = writing_in(others, label)
    if not found:
        return ""
    who = "; ".join(f"{_called(each, person)} {each.doing()} now, at {each.host}" for each in found)
    return f"{who}. Nothing is overwritten: who saves later is shown both texts"


def choices(others: Sequence[Present], person: str, glyphs: Glyphs, now: datetime) -> list[Choice]:
    """Returns everybody else who is here as things to choose; an id names seat, view and subject."""
    found = []
    for each in others:
        what = " ".join(filter(None, (each.open.view, each.open.subject))) or "nothing yet"
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
