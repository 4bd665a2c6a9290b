"""Tells of one item at hand whether it passes a filter. Pure; the databases are asked the same (compiling.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.desk.finding.fields import NAMED, STATES, Kind, Sort
from core.desk.finding.tree import (
    ME,
    NOBODY,
    All,
    Either,
    Flag,
    Label,
    Name,
    Not,
    Number,
    Op,
    Said,
    Span,
    State,
    Tree,
    When,
    Word,
    stretch,
)
from core.desk.finding.values import ascii_lower
from core.desk.finding.words import is_in
from core.desk.requests.model import Request

if TYPE_CHECKING:
    from core.desk.finding.tree import Moment
    from core.desk.model import Incident

HELD_STATES = frozenset({"held", "awaiting approval"})


@dataclass(frozen=True, slots=True)
class Sight:
    """Who looks, and when."""

    person: str
    now: datetime


@dataclass(frozen=True, slots=True)
class At:
    """An item at hand: its words as they are kept, and what was said of its promises."""

    item: Request | Incident
    words: str = ""
    is_broken: bool = False
    is_at_risk: bool = False

    @property
    def kind(self) -> Kind:
        """Returns what it is."""
        return Kind.REQUEST if isinstance(self.item, Request) else Kind.INCIDENT


def passes(tree: Tree, at: At, sight: Sight) -> bool:
    """Tells whether an item is what the tree says."""
    match tree:
        case All(parts):
            return all(passes(part, at, sight) for part in parts)
        case Either(parts):
            return any(passes(part, at, sight) for part in parts)
        case Not(part):
            return not passes(part, at, sight)
        case Said(words):
            return is_in(words, at.words)
        case State(words):
            return any(at.item.state in STATES[at.kind].get(word, ()) for word in words)
        case Flag(word):
            return _is_so(word, at, sight)
        case Name(field, values, is_exact):
            held = _held(at, field)
            return held is not None and any(
                _is_called(held, value, sight.person, is_exact) for value in values
            )
        case Number(field, op, values):
            return any(_compared(_number(at, field), op, value) for value in values)
        case Label(kind, number):
            return (at.kind, at.item.id) == (kind, number)
        case When():
            return _is_when(tree, _instant(at, tree.field), at, sight)


def bounds(tree: When, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Returns from when on (included) and up to when (not included) an instant lies that passes; None: no bound."""
    if isinstance(tree.moment, Span):
        return _span_bounds(tree, tree.moment, now)
    begin, end = stretch(tree.moment, now)
    if tree.last is not None:
        return begin, stretch(tree.last, now)[1]
    return {
        Op.IS: (begin, end), Op.BELOW: (None, begin), Op.UPTO: (None, end), Op.ABOVE: (end, None), Op.FROM: (begin, None),
    }[tree.op]  # fmt: skip


_BACKWARDS = {Op.BELOW: Op.ABOVE, Op.UPTO: Op.FROM, Op.ABOVE: Op.BELOW, Op.FROM: Op.UPTO}
_ONE = timedelta(microseconds=1)


def _span_bounds(tree: When, span: Moment, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Less than two hours to go is before now and two hours; less than two hours ago is after now less two hours."""
    assert isinstance(span, Span)
    is_past = NAMED[tree.field].sort is Sort.PAST
    op = _BACKWARDS[tree.op] if is_past else tree.op
    at = now - span.length if is_past else now + span.length
    return {
        Op.BELOW: (None, at), Op.UPTO: (None, at + _ONE), Op.ABOVE: (at + _ONE, None), Op.FROM: (at, None),
    }[op]  # fmt: skip


def _is_when(tree: When, instant: datetime | None, at: At, sight: Sight) -> bool:
    if at.kind not in NAMED[tree.field].kinds:
        return False
    if tree.moment is Word.NONE:
        return instant is None
    if instant is None:
        return False
    begin, end = bounds(tree, sight.now)
    return (begin is None or instant >= begin) and (end is None or instant < end)


def _held(at: At, field: str) -> str | None:
    """Returns what a field of names holds; None where such an item has none."""
    return getattr(at.item, field) if at.kind in NAMED[field].kinds else None


def _is_called(held: str, value: str, person: str, is_exact: bool) -> bool:
    if value == NOBODY:
        return held == ""
    if value == ME:
        return held == person
    return ascii_lower(held) == value if is_exact else ascii_lower(held).startswith(value)


def _number(at: At, field: str) -> int:
    if field == "id":
        return at.item.id
    return at.item.priority if isinstance(at.item, Request) else at.item.severity


def _compared(held: int, op: Op, value: int) -> bool:
    return {
        Op.IS: held == value, Op.BELOW: held < value, Op.UPTO: held <= value, Op.ABOVE: held > value, Op.FROM: held >= value,
    }[op]  # fmt: skip


INSTANTS = {
    Kind.REQUEST: {"due": "due", "until": "wait_until", "opened": "opened_at", "closed": "closed_at", "delivered": "delivered_at"},
    Kind.INCIDENT: {"due": "due", "opened": "opened_at", "closed": "closed_at", "resolved": "resolved_at"},
}  # fmt: skip
"""Which column a field of instants is, of each kind of item."""


def _instant(at: At, field: str) -> datetime | None:
    name = INSTANTS[at.kind].get(field)
    return getattr(at.item, name) if name else None


def _is_so(word: str, at: At, sight: Sight) -> bool:
    item, state = at.item, str(at.item.state)
    if word in {"open", "over"}:
        return state in STATES[at.kind][word]
    if word == "late":
        return state in STATES[at.kind]["open"] and item.due is not None and item.due < sight.now
    if word in {"unowned", "mine"}:
        return item.owner == ("" if word == "unowned" else sight.person)
    if word in {"broken", "risk"}:
        return at.is_broken if word == "broken" else at.is_at_risk
    if isinstance(item, Request):
        return {
            "held": state in HELD_STATES, "waiting": state == "waiting", "answered": item.answered_at is not None,
            "snoozed": item.snoozed_until is not None,
        }.get(word, False)  # fmt: skip
    return {
        "major": item.is_major,
        "cleared": item.cleared_at is not None,
        "unseen": item.acknowledged_at is None,
    }.get(word, False)
