"""The queue as of any entry: the views, the words and the orders that pages of the present have, over requests folded from their entries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.desk.clocks.promised import next_promise
from core.desk.clocks.promises import with_clocks
from core.desk.finding.fields import Kind
from core.desk.finding.keeping import OWN
from core.desk.finding.parsing import parse
from core.desk.finding.reading import At, Sight, passes
from core.desk.finding.words import kept
from core.desk.requests.as_of import Stood, requests_at
from core.desk.requests.model import Request, RequestState
from core.desk.requests.pages import FIRST_VIEW, ORDERS, REQUESTS
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from core.desk.requests.pages import Wanted

_S = RequestState


def _to_do(request: Request) -> bool:
    return request.state.is_open and request.snoozed_until is None


VIEWS_OF: dict[str, Callable[[Request, str], bool]] = {
    FIRST_VIEW: lambda r, person: _to_do(r) and r.owner in {"", person},
    "unowned": lambda r, _: _to_do(r) and not r.owner,
    "mine": lambda r, person: _to_do(r) and r.owner == person,
    "waiting": lambda r, _: r.state is _S.WAITING,
    "held": lambda r, _: r.state in {_S.HELD, _S.APPROVAL},
    "snoozed": lambda r, _: r.snoozed_until is not None,
    "delivered": lambda r, _: r.state is _S.DELIVERED,
    "all open": lambda r, _: not r.state.is_over,
    "all": lambda *_: True,
}
"""Which requests belong to a view, as `pages.VIEWS` has it of the present."""


def queue_at(connection: Connection, seq: int, instant: datetime, wanted: Wanted) -> Stood:
    """Returns what of the queue was there after entry `seq`, at an instant, as it is wanted; what was due then is worked out anew.

    Words are looked for in what was asked and what came of it, not in what was said on the way.
    """
    stood = requests_at(connection, seq, over=wanted.view == "all")
    seen = [each for each in stood.requests if VIEWS_OF[wanted.view](each, wanted.person)]
    clocked = [_with_due(each) for each in with_clocks(connection, seen, instant, upto=seq)]
    tree, sight = parse(wanted.words, REQUESTS).tree, Sight(wanted.person, instant)
    found = (
        [each for each in clocked if passes(tree, _at_hand(each), sight)] if wanted.words.strip() else clocked
    )
    found.sort(key=ORDERS[wanted.order].of, reverse=wanted.is_reversed)
    return Stood(found, stood.left_out)


def _with_due(request: Request) -> Request:
    clock = next_promise(request.clocks)
    return request if clock is None or clock.due is None else replace(request, due=from_micros(clock.due))


def _at_hand(request: Request) -> At:
    words = kept([getattr(request, name) for name in OWN[Kind.REQUEST]])
    broken = any(clock.said for clock in request.clocks)
    return At(
        request, words, broken, any(clock.warned_at is not None for clock in request.clocks) and not broken
    )
