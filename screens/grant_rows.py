"""A grant as a row, and as lines. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.counting import counted
from core.printable import printable
from core.security.grants.model import Grant, Standing
from core.security.grants.pages import ENDS_SOON_DAYS, ORDERS
from screens.finding_rows import LOW, told_lines
from screens.tones import Tone
from screens.widgets.cells import folded_spans
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from core.journal.model import Entry
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

_S = Standing
SHORT = {
    _S.FOUND: "found", _S.MISSING: "missing", _S.REMOVING: "to remove", _S.IGNORED: "ignored", _S.GRANTED: "granted",
    _S.ENDED: "ended",
}  # fmt: skip
"""The standing in one word, for a row: `found` and not granted, granted and `missing` there."""
TONES = {
    _S.FOUND: Tone.CRITICAL, _S.MISSING: Tone.WARNING, _S.REMOVING: Tone.ACCENT, _S.IGNORED: Tone.HELD, _S.GRANTED: Tone.OK,
    _S.ENDED: Tone.MUTED,
}  # fmt: skip
COMPONENT = "component"
"""The kind of what most rights are on."""
PRIVILEGED = "!"
"""Before a right that is privileged: what is behind it is cut off where it is long."""


def _column(name: str, title: str, **named: Any) -> Column[Grant]:
    order = ORDERS.get(name)
    return Column(name, title, sort=order.of if order else None, **named)


COLUMNS: tuple[Column[Grant], ...] = (
    _column("id", "ID", width=7, priority=10),
    _column("state", "STANDING", width=10, priority=10),
    _column("who", "WHO", share=1, min_width=10, priority=9),
    _column("right", "RIGHT", share=2, min_width=14, priority=9),
    _column("on", "ON", share=3, min_width=12, priority=8),
    _column("ends", "ENDS", width=9, priority=8),
    _column("owner", "OWNER", width=9, priority=6),
    _column("source", "SOURCE", share=2, min_width=10, priority=5),
    _column("used", "USED", width=6, priority=7),
    _column("reason", "REASON", share=3, min_width=16, priority=3),
)


def thing_cell(on: str) -> Cell:
    """Returns what a right is on, its name before its kind; a component has its name alone, as everywhere else."""
    kind, _, name = on.partition(":")
    if kind == COMPONENT and name:
        return name
    return ((name, Tone.TEXT), (f" {kind}", Tone.MUTED)) if name else on


def grant_cells(item: Grant, now: datetime) -> Mapping[str, Cell]:
    """Returns the cells of a grant."""
    tone = Tone.TEXT if item.standing.is_open else Tone.MUTED
    mark = ((f"{PRIVILEGED} ", Tone.CRITICAL),) if item.is_privileged else ()
    return {
        "id": ((item.label, Tone.ACCENT),),
        "state": ((SHORT[item.standing], TONES[item.standing]),),
        "who": ((item.principal, tone if item.person else Tone.WARNING),),
        "right": (*mark, (item.entitlement, tone)),
        "on": thing_cell(item.on),
        "ends": _ends_cell(item, now.date()),
        "owner": ((item.owner or "-", Tone.TEXT if item.owner else Tone.MUTED),),
        "source": item.source,
        "used": _used_cell(item, now),
        "reason": item.reason or item.why,
    }


def _ends_cell(item: Grant, today: date) -> Cell:
    """Returns in how many days it ends, or what is due of it."""
    if item.due is not None:
        left = (item.due - today).days
        if item.standing is _S.REMOVING and left < 0:
            return ((f"late {-left}d", Tone.CRITICAL),)
        return (("over" if left < 0 else f"{left}d", TONES[item.standing]),)
    if item.expires is None:
        return (("-", Tone.MUTED),)
    left = (item.expires - today).days
    if left < 0:
        return (("over", Tone.WARNING),)
    return ((f"{left}d", Tone.WARNING if left <= ENDS_SOON_DAYS else Tone.TEXT),)


def _used_cell(item: Grant, now: datetime) -> Cell:
    if item.last_used is None:
        return (("-", Tone.MUTED),)
    days = max((now - item.last_used).days, 0)
    return ((f"{days}d", Tone.WARNING if item.is_unused(now.date()) else Tone.TEXT),)


def grant_facts(item: Grant, today: date, *, brief: bool = False) -> list[TextLine]:
    """Returns what a grant is, how it stands, who answers for it and until when; `brief`: what decides."""
    late = f" ({counted((today - item.due).days, 'day')} late)" if item.due and item.is_late(today) else ""
    person = (
        f" ({item.person})"
        if item.person and item.person != item.principal
        else ""
        if item.person
        else " (nobody known)"
    )
    privileged = ", privileged" if item.is_privileged else ""
    rows: list[tuple[str, str, Tone]] = [
        ("standing", item.standing_in_words + late, TONES[item.standing]),
        ("who", f"{item.principal}{person}", Tone.TEXT),
        ("right", f"{item.entitlement}{privileged}", Tone.CRITICAL if item.is_privileged else Tone.TEXT),
        ("on", f"{item.on}, as {item.source} says", Tone.TEXT),
        ("owner", _owner_words(item), Tone.TEXT if item.owner else Tone.WARNING),
    ]
    optional = [("why", item.why), ("ends", _end_words(item, today)), ("last used", _used_words(item, today))]
    if not brief:
        optional += [("says", item.said), ("since", str(item.since or "")), ("decided", _decided(item)),
                     ("found", f"{item.found_at:%Y-%m-%d %H:%M}Z" if item.found_at else "never yet")]  # fmt: skip
    rows += [(name, text, Tone.TEXT) for name, text in optional if text]
    return [[(f" {name:<10}", Tone.MUTED), (printable(text, 1000), tone)] for name, text, tone in rows]


def _owner_words(item: Grant) -> str:
    why = f": {item.reason}" if item.reason else ""
    by = f" (granted by {item.granted_by})" if item.granted_by else ""
    return f"{item.owner or 'nobody'}{why}{by}"


def _end_words(item: Grant, today: date) -> str:
    if item.expires is None:
        return "no day is set" if item.standing.is_open else ""
    left = (item.expires - today).days
    return f"{item.expires} ({counted(abs(left), 'day')} {'ago' if left < 0 else 'left'})"


def _used_words(item: Grant, today: date) -> str:
    if item.last_used is None:
        return "its source does not know"
    return f"{item.last_used:%Y-%m-%d} ({counted((today - item.last_used.date()).days, 'day')} ago)"


def _decided(item: Grant) -> str:
    return f"{item.decided_at:%Y-%m-%d %H:%M}Z by {item.decided_by}" if item.decided_at else ""


def grant_lines(
    item: Grant, entries: Sequence[Entry], width: int, height: int, glyphs: Glyphs, today: date
) -> list[TextLine]:
    """Returns the details: what it is, and what happened last, as far as there is room."""
    facts = grant_facts(item, today, brief=height < LOW)
    lines: list[TextLine] = [part for line in facts for part in folded_spans(line, width, 11)]
    return told_lines(lines, entries, width, height, glyphs)
