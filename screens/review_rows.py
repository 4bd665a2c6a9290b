"""A review and its items as rows, and as lines. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.counting import counted
from core.printable import printable
from core.security.reviews.model import Decision, ItemState, ReviewState
from core.security.reviews.pages import ORDERS
from core.timekeeping import age
from screens.component_parts import part_title
from screens.grant_rows import thing_cell
from screens.tones import Tone
from screens.widgets.cells import folded_spans, whole_parts
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.security.reviews.context import Context, Overview
    from core.security.reviews.model import Answer, Item, Review
    from core.security.reviews.pace import Pace
    from core.security.reviews.queries import Progress
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

UNUSED_DAYS = 90
DECISION_TONES = {
    Decision.KEEP: Tone.OK, Decision.CHANGE: Tone.WARNING, Decision.REVOKE: Tone.CRITICAL, Decision.UNDECIDED: Tone.STALE,
    Decision.NO_ANSWER: Tone.MUTED,
}  # fmt: skip
REVIEW_TONES = {
    ReviewState.DRAFT: Tone.MUTED, ReviewState.OPEN: Tone.ACCENT, ReviewState.CARRYING_OUT: Tone.WARNING,
    ReviewState.SIGNED: Tone.OK, ReviewState.CANCELLED: Tone.MUTED,
}  # fmt: skip
SIGN = "!"
"""Before what is privileged."""


def _column(name: str, title: str, order: str = "", **named: Any) -> Column[Item]:
    found = ORDERS.get(order or name)
    return Column(name, title, sort=found.of if found else None, **named)


COLUMNS: tuple[Column[Item], ...] = (
    _column("risk", "", width=1, priority=9),
    _column("who", "WHO", share=1, min_width=12, priority=10),
    Column("right", "RIGHT", share=2, min_width=12, priority=9),
    _column("on", "ON", share=2, min_width=14, priority=8),
    _column("used", "LAST USED", width=9, priority=7),
    Column("why", "WHY / RISK", share=4, min_width=16, priority=6),
    Column("staged", "STAGED", width=9, priority=10),
    Column("state", "STATE", width=12, priority=5),
    _column("id", "ID", width=9, priority=4),
    Column("grant", "GRANT", width=9, priority=3),
)


def item_cells(item: Item, now: datetime) -> Mapping[str, Cell]:
    """Returns the cells of an item."""
    staged = _decision_cell(item.staged) if item.staged else _decision_cell(item.mine, is_said=True)
    return {
        "risk": ((SIGN if item.is_privileged else " ", Tone.CRITICAL),),
        "who": item.principal, "right": item.entitlement, "on": thing_cell(item.on), "used": _used_cell(item, now),
        "why": ((_why(item, now), Tone.WARNING if item.grade < 3 else Tone.MUTED),),
        "staged": staged, "state": _state_cell(item), "id": ((item.label, Tone.ACCENT),), "grant": f"G-{item.grant}",
    }  # fmt: skip


def _decision_cell(text: str, *, is_said: bool = False) -> Cell:
    if not text:
        return (("-", Tone.MUTED),)
    decision = Decision(text)
    words = {Decision.UNDECIDED: "can't tell"}.get(decision, str(decision))
    tone = Tone.MUTED if is_said else DECISION_TONES[decision]
    return ((words.upper() if decision is Decision.REVOKE and not is_said else words, tone),)


def _used_cell(item: Item, now: datetime) -> Cell:
    if item.last_used is None:
        return (("not known", Tone.MUTED),)
    seconds = (now - item.last_used).total_seconds()
    return ((age(seconds), Tone.WARNING if seconds > UNUSED_DAYS * 86400 else Tone.TEXT),)


def _state_cell(item: Item) -> Cell:
    if item.state is ItemState.OPEN:
        return (
            (
                str(item.outcome) if item.outcome is not Decision.NO_ANSWER else "open",
                DECISION_TONES[item.outcome],
            ),
        )
    if item.silence:
        return ((item.silence, Tone.WARNING),)
    short = {ItemState.ORDERED: "to go", ItemState.REFUSED: "NOT DONE", ItemState.DONE: "done"}
    return ((short.get(item.state, str(item.outcome)), DECISION_TONES[item.outcome]),)


def _why(item: Item, now: datetime) -> str:
    """Returns what makes an item a risk, then why it was granted."""
    risks = []
    if item.is_privileged:
        risks.append("privileged")
    if item.was_only_found:
        risks.append("not granted")
    if item.was_missing:
        risks.append("not found")
    if item.last_used is not None and (now - item.last_used).days > UNUSED_DAYS:
        risks.append(f"unused {(now - item.last_used).days}d")
    if item.expires is None:
        risks.append("no end")
    if not item.owner:
        risks.append("nobody's")
    return ": ".join(filter(None, (", ".join(risks), item.reason)))


def item_lines(item: Item, known: Context | None, width: int, height: int, glyphs: Glyphs) -> list[TextLine]:
    """Returns what is known of an item before it is decided, as much of it as there is room for."""
    rows: list[tuple[str, str, Tone]] = [("grant", _granted(item, known), Tone.TEXT)]
    if item.staged:
        why = f": {item.staged_why}" if item.staged_why else ""
        rows.insert(0, ("staged", f"{item.staged}{why}", DECISION_TONES[Decision(item.staged)]))
    if item.training:
        tone = Tone.WARNING if "missing" in item.training or "expired" in item.training else Tone.TEXT
        rows.append(("training", item.training, tone))
    if known is not None:
        rows += _known_rows(item, known)
    if item.trouble:
        rows.append(("trouble", item.trouble, Tone.WARNING))
    lines: list[TextLine] = [
        part
        for name, text, tone in rows
        for part in folded_spans([(f" {name:<9}", Tone.MUTED), (printable(text, 600), tone)], width, 10)
    ]
    if known is not None and known.others and height - len(lines) > 2:
        lines += [(), part_title(f"also has {counted(len(known.others), 'other right')}", glyphs)]
        lines += [
            [
                (f" {SIGN if each.is_privileged else ' '} ", Tone.CRITICAL),
                (
                    printable(
                        f"{each.entitlement} on {each.on} ({each.source}): {each.standing_in_words}", 200
                    ),
                    Tone.TEXT,
                ),
            ]
            for each in known.others
        ]
    return lines[:height]


def _known_rows(item: Item, known: Context) -> list[tuple[str, str, Tone]]:
    rows: list[tuple[str, str, Tone]] = []
    if known.now is None or not known.now.standing.is_open:
        rows.append(("now", "it is gone since", Tone.WARNING))
    elif known.now.version != item.grant_version:
        rows.append(
            ("now", f"it changed since the review began: {known.now.standing_in_words}", Tone.WARNING)
        )
    rows += [
        (
            "conflict",
            f"{each.rule.title}: also has {each.other.entitlement} on {each.other.on} ({each.rule.id})",
            Tone.CRITICAL,
        )
        for each in known.clashes
    ]
    alone = known.peers <= 1
    same = (
        "nobody else has it"
        if alone
        else (f"{counted(known.peers - 1, 'other has', 'others have')} {item.entitlement} on {item.on}")
    )
    rows.append(("peers", same, Tone.WARNING if alone and item.is_privileged else Tone.TEXT))
    if known.said:
        rows.append(("said", "; ".join(_said(each) for each in known.said), Tone.TEXT))
    before = [
        f"{past.standing} in RV-{past.review}"
        + (f" ({'; '.join(_said(each) for each in said)})" if said else "")
        for past, said in known.before[:3]
    ]
    rows.append(("before", "; ".join(before) or "never reviewed", Tone.TEXT if before else Tone.MUTED))
    return rows


def _granted(item: Item, known: Context | None) -> str:
    """Returns how the grant stood when the review opened, and what its source says of it."""
    now = None if known is None else known.now
    standing = now.standing_in_words if now is not None and now.version == item.grant_version else item.stood
    since = f"since {item.since}" if item.since else ""
    by = f"by {item.granter}" if item.granter else ""
    ends = f"until {item.expires}" if item.expires else "with no end"
    owner = f"answered for by {item.owner}" if item.owner else "nobody answers for it"
    why = f'for "{item.reason}"' if item.reason else ""
    person = f"{item.person}'s" if item.person and item.person != item.principal else ""
    told = " ".join(filter(None, (since, by, why)))
    return "; ".join(filter(None, (person, standing, ", ".join(filter(None, (told, ends, owner))))))


def _said(answer: Answer) -> str:
    until = f" until {answer.until}" if answer.until else ""
    return f"{answer.reviewer}: {answer.decision}{until}{f', {answer.reason}' if answer.reason else ''}"


def overview_line(found: Overview, width: int, glyphs: Glyphs, now: datetime) -> TextLine:
    """Returns how far a review is, what is staged, and how its reader decides; a bar where there is room, in brief where there is little."""
    line = _overview(found, now)
    if sum(len(text) for text, _ in line) > width:
        line = whole_parts(_overview(found, now, is_brief=True), width)
    room = width - sum(len(text) for text, _ in line) - 3
    if room >= 10:
        bar = _bar(found.progress, found.staged.total, min(room, 40), glyphs)
        line = [*line, (f"  {bar}", Tone.MUTED)]
    return line


def _overview(found: Overview, now: datetime, *, is_brief: bool = False) -> TextLine:
    review, stands, staged = found.review, found.progress, found.staged
    line: list[tuple[str, Tone]] = [(f" {stands.decided} of {review.items} decided", Tone.STRONG)]
    if review.due_at is not None:
        left = (review.due_at - now).total_seconds()
        tone = Tone.CRITICAL if left < 86400 else Tone.WARNING if left < 3 * 86400 else Tone.TEXT
        day = "" if is_brief else f"{review.due_at:%a %d %b} "
        line.append((f"  due {day}{'late' if left < 0 else age(left)}", tone))
    line.append((f"  yours {found.left}", Tone.ACCENT if found.left else Tone.MUTED))
    if staged.total:
        counts = (
            ("keep", staged.keep),
            ("change", staged.change),
            ("revoke", staged.revoke),
            ("can't tell", staged.undecided),
        )
        said = ", ".join(f"{count} {name}" for name, count in counts if count)
        line.append((f"  staged {said}", Tone.HELD))
    return [*line, pace_words(found.pace, is_brief=is_brief)]


def pace_words(pace: Pace, *, is_brief: bool = False) -> tuple[str, Tone]:
    """Returns how somebody decides, in words; what looks like waving through in another tone."""
    if not pace.decided:
        return ("", Tone.MUTED)
    each = "" if pace.median_s is None else f" {pace.median_s:.0f}s{'' if is_brief else ' each'},"
    return (f"  you:{each} {pace.changes:.0%} change", Tone.WARNING if pace.is_hasty else Tone.MUTED)


def _bar(stands: Progress, staged: int, width: int, glyphs: Glyphs) -> str:
    decided = width * stands.decided // max(stands.items, 1)
    ahead = min(width - decided, -(-width * staged // max(stands.items, 1)) if staged else 0)
    full, some, none = ("#", "+", ".") if glyphs.ellipsis.isascii() else ("█", "▒", "░")
    return full * decided + some * ahead + none * (width - decided - ahead)


def review_words(item: Review) -> str:
    """Returns the text the filter of reviews looks in."""
    return f"{item.label} {item.standing} {item.name} owner:{item.owner} {item.occasion} {item.plan.scope.in_words}"


def review_lines(
    item: Review, stands: Progress, waits: Mapping[str, int], paces: Mapping[str, Pace]
) -> Sequence[TextLine]:
    """Returns what a review is, how it stands, and how each reviewer decides."""
    rows: list[tuple[str, str, Tone]] = [
        ("scope", item.plan.scope.in_words, Tone.TEXT),
        *((f"stage {n}", stage.in_words, Tone.TEXT) for n, stage in enumerate(item.plan.stages, start=1)),
        ("then", f"{', '.join(item.plan.last)} about what nobody decided", Tone.TEXT),
        ("silence", item.plan.silence_in_words, Tone.TEXT),
    ]
    if item.items:
        rows.append(
            (
                "stands",
                f"{stands.keep} keep, {stands.change} change, {stands.revoke} revoke, {stands.undecided} undecided, {stands.no_answer} no answer",
                Tone.TEXT,
            )
        )
    left = (
        ("to be carried out", stands.not_done),
        ("still to be gone", stands.ordered),
        ("could not be done", stands.refused),
    )
    if any(count for _, count in left):
        rows.append(("left", ", ".join(f"{count} {name}" for name, count in left if count), Tone.WARNING))
    for who in sorted({*waits, *paces}):
        pace = paces.get(who)
        said = pace.in_words if pace else "nothing decided yet"
        hasty = pace is not None and pace.is_hasty
        rows.append((who[:9], f"{waits.get(who, 0)} to decide; {said}", Tone.WARNING if hasty else Tone.TEXT))
    if item.outcome:
        rows.append(("showed", item.outcome, Tone.TEXT))
    return [[(f" {name:<10}", Tone.MUTED), (printable(text, 600), tone)] for name, text, tone in rows]
