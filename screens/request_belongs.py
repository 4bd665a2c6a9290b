"""What belongs to a request, in lines: approval, links, its checklist, its survey, who watches it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.requests.approvals import ApprovalState
from core.desk.requests.checklists import open_checks
from core.improvement.surveys.promises import promises_words
from screens.component_parts import part_title
from screens.linking import links_beside, links_brief
from screens.runs import run_state
from screens.tones import Tone

if TYPE_CHECKING:
    from core.desk.requests.whole import Whole
    from core.operations.queries import Run
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

_TONES = {
    ApprovalState.ASKED: Tone.HELD, ApprovalState.GRANTED: Tone.OK, ApprovalState.DECLINED: Tone.WARNING,
    ApprovalState.EXPIRED: Tone.WARNING,
}  # fmt: skip


def belongs_brief(whole: Whole) -> list[TextLine]:
    """Returns it in at most a line each: of links and checklist the whole stands beside the time line, where there is room."""
    lines: list[TextLine] = []
    if whole.approval is not None:
        lines.append([(" approve ", Tone.MUTED), (whole.approval.words, _TONES[whole.approval.state])])
    lines += links_brief(whole.links)
    if whole.checks:
        ticked = sum(1 for each in whole.checks if each.is_ticked)
        left = open_checks(whole.checks)
        first = f"; next {left[0].place} {left[0].text}" if left else ""
        words = f"{ticked} of {len(whole.checks)} ticked off{first}"
        lines.append([(" tick    ", Tone.MUTED), (words, Tone.TEXT if left else Tone.OK)])
    if whole.runs:
        lines.append([(" run     ", Tone.MUTED), *_run(whole.runs[-1]), *_more(len(whole.runs) - 1)])
    if whole.asked is not None:
        tone = Tone.WARNING if whole.asked.is_low else Tone.TEXT
        said = f"{whole.asked.scale.upper()} {whole.asked.words}"
        lines.append(
            [(" asked   ", Tone.MUTED), (said, tone), (f"; {promises_words(whole.promises)}", Tone.MUTED)]
        )
    if whole.watchers:
        lines.append([(" watch   ", Tone.MUTED), (", ".join(whole.watchers), Tone.TEXT)])
    return lines


def belongs_beside(whole: Whole, glyphs: Glyphs) -> list[TextLine]:
    """Returns links and checklist line by line, each part under its title."""
    lines: list[TextLine] = []
    if whole.checks:
        lines += [(), part_title("to be ticked off", glyphs)]
        lines += [[(f" {each.words}", Tone.MUTED if each.is_ticked else Tone.TEXT)] for each in whole.checks]
    if whole.links:
        lines += [(), part_title("hangs together with", glyphs), *links_beside(whole.links)]
    if whole.runs:
        lines += [(), part_title("procedures begun for it", glyphs)]
        lines += [[(" ", Tone.TEXT), *_run(each)] for each in reversed(whole.runs)]
    if whole.approval is not None and whole.approval.votes:
        lines += [(), part_title("said to its approval", glyphs)]
        lines += [
            [
                (f" {each.by} ", Tone.ACCENT),
                ("yes " if each.is_yes else "no  ", Tone.STRONG),
                (each.why, Tone.TEXT),
            ]
            for each in whole.approval.votes
        ]
    return lines


def _run(run: Run) -> TextLine:
    return [
        (f"{run.label} ", Tone.ACCENT), (f"{run.state} ", run_state(run)[1]), (run.title, Tone.TEXT),
        (f": {run.text}" if run.text else "", Tone.MUTED),
    ]  # fmt: skip


def _more(count: int) -> TextLine:
    return [(f"   and {count} before", Tone.MUTED)] if count else []
