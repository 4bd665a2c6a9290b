"""A request as a row, and as lines. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.desk.clocks.due_words import kept_in_brief, kept_words, promise_line, until_due
from core.desk.clocks.kept import Stand, kept_of
from core.desk.clocks.model import ClockKind
from core.desk.clocks.promised import next_promise
from core.desk.requests.model import Request, RequestState
from core.desk.requests.pages import ORDERS
from core.printable import printable_lines
from core.timekeeping import age, to_micros
from screens.component_parts import part_title
from screens.tones import Tone
from screens.widgets.cells import folded_spans
from screens.widgets.columns import Column
from screens.widgets.glyphs import state_look

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from core.desk.clocks.kept import KeptClock
    from core.desk.clocks.promised import Clock
    from core.monitoring.queries import BoardRow
    from screens.staleness import Stale
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

_S = RequestState
SHORT = {
    _S.ACKNOWLEDGED: "ack", _S.IN_PROGRESS: "at work", _S.WAITING: "wait", _S.APPROVAL: "approval",
}  # fmt: skip
"""States that have a shorter word in a row."""
STATE_TONES = {
    _S.NEW: Tone.CRITICAL, _S.REOPENED: Tone.CRITICAL, _S.ACKNOWLEDGED: Tone.WARNING, _S.IN_PROGRESS: Tone.ACCENT,
    _S.WAITING: Tone.MUTED, _S.HELD: Tone.HELD, _S.APPROVAL: Tone.HELD, _S.DELIVERED: Tone.OK,
}  # fmt: skip
STAND_TONES = {
    Stand.RUNS: Tone.TEXT, Stand.AT_RISK: Tone.WARNING, Stand.BROKEN: Tone.CRITICAL, Stand.PAUSED: Tone.MUTED,
    Stand.KEPT: Tone.MUTED, Stand.KEPT_LATE: Tone.WARNING, Stand.OVER: Tone.MUTED,
}  # fmt: skip


def _column(name: str, title: str, **named: Any) -> Column[Request]:
    order = ORDERS.get(name)
    return Column(name, title, sort=order.of if order else None, **named)


COLUMNS: tuple[Column[Request], ...] = (
    _column("id", "ID", width=8, priority=10),
    _column("priority", "P", width=2, priority=9),
    _column("state", "STATE", width=9, priority=8),
    _column("age", "AGE", width=4, priority=5, align="right"),
    _column("due", "DUE", width=12, priority=7),
    _column("title", "TITLE", share=6, min_width=18, priority=9),
    _column("requester", "FROM", share=2, min_width=12, priority=3),
    _column("owner", "OWNER", width=10, priority=6),
    _column("service", "SERVICE", share=1, min_width=10, priority=4),
    _column("customer", "CUSTOMER", share=1, min_width=16, priority=2),
    *(_column(str(kind), str(kind).upper(), width=11, priority=5) for kind in ClockKind),
)


def request_cells(request: Request, now: datetime) -> Mapping[str, Cell]:
    """Returns the cells of a request."""
    over = request.state.is_over
    return {
        "id": ((request.label, Tone.ACCENT),),
        "priority": ((str(request.priority), Tone.CRITICAL if request.priority == 1 and not over else Tone.TEXT),),
        "state": ((SHORT.get(request.state, str(request.state)), STATE_TONES.get(request.state, Tone.MUTED)),),
        "age": ((age((now - request.opened_at).total_seconds()), Tone.MUTED),),
        "due": _due_cell(request, now),
        "title": request.title,
        "requester": request.requester_name or request.requester,
        "owner": ((request.owner or "-", Tone.TEXT if request.owner else Tone.MUTED),),
        "service": request.service,
        "customer": request.customer,
        **{str(kind): _clock_cell(kept_of(request.kept, kind), now) for kind in ClockKind},
    }  # fmt: skip


def _due_cell(request: Request, now: datetime) -> Cell:
    """Returns the promise that is due next: what and in how long, or that it is at risk, broken or stands still."""
    words, stand = kept_in_brief(request.kept, now)
    return ((words, STAND_TONES[stand]),) if stand is not None else ""


def _clock_cell(clock: KeptClock | None, now: datetime) -> Cell:
    """Returns one promise; empty where none is made."""
    if clock is None:
        return ""
    stand, words = kept_words(clock, now)
    return ((words, STAND_TONES[stand]),)


def _clock_tone(clock: Clock, now: datetime) -> Tone:
    at = to_micros(now)
    if not clock.is_pending or clock.due is None:
        return Tone.MUTED
    if clock.is_late(at):
        return Tone.CRITICAL
    return Tone.WARNING if clock.is_at_risk(at) else Tone.TEXT


def who_asked(request: Request) -> str:
    """Returns who asked: name and address."""
    if not request.requester_name:
        return request.requester
    return f"{request.requester_name} <{request.requester}>"


def request_facts(
    request: Request, board: Mapping[str, BoardRow], now: datetime, glyphs: Glyphs, *, stale: Stale
) -> list[TextLine]:
    """Returns what a request is: how it stands, from whom, about what, what is promised of it, and why it is where it is."""
    state = STATE_TONES.get(request.state, Tone.MUTED)
    lines: list[TextLine] = [
        [
            (f" P{request.priority} ", Tone.CRITICAL if request.priority == 1 else Tone.STRONG),
            (f"{request.standing}  ", state),
            (f"{request.owner} has it" if request.owner else "nobody has it", Tone.TEXT),
            (f"   open {age((now - request.opened_at).total_seconds())}", Tone.MUTED),
        ],
        [
            (" from    ", Tone.MUTED), (who_asked(request), Tone.TEXT),
            (f"   {request.opened_at:%d %b %H:%M}Z via {request.source}", Tone.MUTED),
        ],
        [(" about   ", Tone.MUTED), (request.service, Tone.TEXT), *_about(request, board, glyphs, stale)],
    ]  # fmt: skip
    lines += [
        [(" promise ", Tone.MUTED), (promise_line(clock, now), _clock_tone(clock, now))]
        for clock in request.clocks
    ]
    if request.snoozed_until is not None:
        words = f"until {request.snoozed_until:%d %b %H:%M}Z by {request.snoozed_by}"
        lines.append([(" snoozed ", Tone.HELD), (words, Tone.TEXT)])
    if request.held_why:
        lines.append([(" held    ", Tone.HELD), (request.held_why, Tone.TEXT)])
    if request.outcome:
        lines.append([(" outcome ", Tone.MUTED), (request.outcome, Tone.TEXT)])
    lines.append(_answered(request, now))
    return lines


def request_brief(
    request: Request, board: Mapping[str, BoardRow], now: datetime, glyphs: Glyphs, *, stale: Stale
) -> list[TextLine]:
    """Returns the same in three lines, where there is little room: of what is promised only what is due next."""
    first, asked, about, *_ = request_facts(request, board, now, glyphs, stale=stale)
    clock = next_promise(request.clocks)
    due = (
        [(f"   {clock.kind} ", Tone.MUTED), (until_due(clock, now), _clock_tone(clock, now))] if clock else []
    )
    if request.held_why:
        due = [(f"   held: {request.held_why}", Tone.HELD)]
    return [[*first, *due], asked, about]


def _about(
    request: Request, board: Mapping[str, BoardRow], glyphs: Glyphs, stale: Stale
) -> list[tuple[str, Tone]]:
    spans: list[tuple[str, Tone]] = []
    row = board.get(request.component)
    if row is not None:
        look = state_look(row.status.state, glyphs, soft=not row.status.confirmed, stale=stale.of(row))
        spans += [("  ", Tone.TEXT), (look.text, look.tone), (f" {request.component}", Tone.TEXT)]
    elif request.component:
        spans.append((f"  {request.component}", Tone.TEXT))
    words = [("type", request.type), ("customer", request.customer), ("agreement", request.agreement)]
    spans += [(f"   {name} {value}", Tone.MUTED) for name, value in words if value]
    return spans


def _answered(request: Request, now: datetime) -> TextLine:
    if request.answered_at is None:
        words = [(f" nobody has answered for {age((now - request.opened_at).total_seconds())}", Tone.WARNING)]
    else:
        words = [
            (
                f" answered {age((now - request.answered_at).total_seconds())} ago by {request.answered_by}",
                Tone.MUTED,
            )
        ]
    told = (
        f"   told last {age((now - request.told_at).total_seconds())} ago"
        if request.told_at
        else "   told nothing yet"
    )
    return [*words, (told, Tone.MUTED)]


def text_lines(request: Request, width: int, most: int | None = None) -> list[TextLine]:
    """Returns what was asked in its own words, at most `most` lines of it."""
    text = printable_lines(request.text).strip() or "(nothing but the title)"
    lines = [part for line in text.split("\n") for part in folded_spans([(f" {line}", Tone.TEXT)], width)]
    if most is not None and len(lines) > most:
        return [*lines[: most - 1], [(f" … {len(lines) - most + 1} more lines: enter", Tone.MUTED)]]
    return list(lines)


def like_line(like: Sequence[Request]) -> TextLine:
    """Returns the requests that may be about the same; nothing where there are none."""
    if not like:
        return []
    return [(" like    ", Tone.MUTED), (" ".join(each.label for each in like), Tone.ACCENT), *_why_like(like)]


def _why_like(like: Sequence[Request]) -> list[tuple[str, Tone]]:
    return [
        (f"  {like[0].title}" + (" …" if len(like) > 1 else ""), Tone.TEXT),
        ("   the same hour", Tone.MUTED),
    ]


def request_beside(
    request: Request,
    like: Sequence[Request],
    width: int,
    glyphs: Glyphs,
    parts: Callable[[], list[TextLine]] | None = None,
) -> list[TextLine]:
    """Returns what stands beside its time line where there is room: its text, its form, and what is like it."""
    lines: list[TextLine] = [part_title("what was asked", glyphs), *text_lines(request, width)]
    if request.form:
        lines += [(), part_title("form", glyphs)]
        lines += [
            [(f" {name:<16} ", Tone.MUTED), (str(value), Tone.TEXT)] for name, value in request.form.items()
        ]
    if like:
        lines += [(), part_title("like it: the same component or requester, the same hour", glyphs)]
        lines += [
            [
                (f" {each.label:<8} ", Tone.ACCENT),
                (f"{each.standing:<13} ", STATE_TONES.get(each.state, Tone.MUTED)),
                (each.title, Tone.TEXT),
            ]
            for each in like
        ]
    if parts is not None:
        lines += parts()
    return lines
