"""What is known of an incident beside itself: what helps with it, what it comes from, and who commands it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.desk.major.model import Review
from core.desk.problems.model import Recurring, offered_for, recurring_in
from core.printable import printable
from core.timekeeping import age
from screens.tones import Tone

if TYPE_CHECKING:
    from datetime import datetime

    from core.desk.model import Incident
    from core.desk.problems.model import Problem
    from screens.picture import Picture
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine


class Known(NamedTuple):
    """The problem an incident comes from, the known errors whose workaround is offered, and that its component fails again and again."""

    problem: Problem | None = None
    offered: tuple[Problem, ...] = ()
    recurring: Recurring | None = None


NOTHING_KNOWN = Known()


def known_of(incident: Incident, picture: Picture, now: datetime) -> Known:
    """Returns what a picture knows of an incident, at an instant."""
    problems = picture.problems.values()
    own = picture.problems.get(f"P-{incident.problem}") if incident.problem is not None else None
    again = None
    if incident.component and incident.problem is None and incident.closed_at is None:
        mine = (each for each in picture.incidents.values() if each.component == incident.component)
        again = next(iter(recurring_in(mine, problems, now)), None)
    return Known(own, tuple(offered_for(incident, problems)), again)


def known_lines(incident: Incident, known: Known) -> list[TextLine]:
    """Returns what is known, in lines: first what to try."""
    lines: list[TextLine] = []
    for each in known.offered:
        linked = "" if incident.problem == each.id else "   L links it"
        lines.append(
            [(f" known error {each.label} ", Tone.ACCENT), (printable(each.title, 200), Tone.TEXT), (linked, Tone.MUTED)]
        )  # fmt: skip
        lines.append([(" try first ", Tone.STRONG), (printable(each.workaround, 2000), Tone.TEXT)])
    if known.problem is not None and known.problem not in known.offered:
        problem = known.problem
        lines.append(
            [(f" problem {problem.label} ", Tone.ACCENT), (f"{problem.state}: {printable(problem.title, 200)}", Tone.TEXT)]
        )  # fmt: skip
    if known.recurring is not None:
        lines.append([(f" {printable(known.recurring.words, 300)}; L opens one", Tone.WARNING)])
    return lines


def major_lines(incident: Incident, now: datetime, glyphs: Glyphs) -> list[TextLine]:
    """Returns who commands a major incident since when, or what became of its review; nothing of any other."""
    major = incident.major
    if major is None:
        return []
    words = printable(major.words, 500)
    if major.is_on:
        since = age((now - major.declared_at).total_seconds())
        return [[(f" {glyphs.major} MAJOR INCIDENT ", Tone.CRITICAL), (f"for {since}: {words}", Tone.TEXT)]]
    tone = Tone.TEXT
    if major.review is Review.OWED:
        tone = Tone.CRITICAL if major.is_review_late(now.date()) else Tone.WARNING
    return [[(" was a major incident: ", Tone.MUTED), (words, tone)]]
