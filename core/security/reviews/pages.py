"""Pages of the items of a review, each with what who looks said and staged of it.

What a page is, and how it is found, stands in core.store.paging.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, func, literal, not_, select

from core.security.reviews.model import Decision, Item, ItemState
from core.security.reviews.queries import is_for, is_unsaid, to_item
from core.security.reviews.tables import access_answer, access_item, access_staged
from core.store.paging import Order, Pages
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Callable

_I, _A, _G = access_item.c, access_answer.c, access_staged.c
_USED = func.coalesce(_I.last_used, 0)


ORDERS: dict[str, Order[Item]] = {
    "risk": Order((_I.grade, _I.id), lambda i: (i.grade, i.id)),
    "id": Order((_I.id,), lambda i: (i.id,)),
    "who": Order((_I.principal, _I.id), lambda i: (i.principal, i.id)),
    "on": Order((_I.thing, _I.id), lambda i: (i.on, i.id)),
    "used": Order((_USED, _I.id), lambda i: (to_micros(i.last_used) if i.last_used else 0, i.id)),
}
FIRST_ORDER, FIRST_VIEW = "risk", "yours"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a review is wanted: for whom, which view, words that must (with `!`: must not) be there, the order."""

    review: int
    person: str
    view: str = FIRST_VIEW
    words: str = ""
    order: str = FIRST_ORDER
    is_reversed: bool = False


_STAGED = and_(_G.item.is_not(None), _I.state == ItemState.OPEN)
_NOBODY = _I.outcome.in_((Decision.NO_ANSWER, Decision.UNDECIDED))

VIEWS: dict[str, Callable[[Wanted], ColumnElement[bool]]] = {
    "yours": lambda w: and_(is_for(w.person), is_unsaid(w.person, w.review)),
    "left": lambda w: and_(is_for(w.person), is_unsaid(w.person, w.review), _G.item.is_(None)),
    "staged": lambda _: _STAGED,
    "said": lambda _: _A.item.is_not(None),
    "privileged": lambda _: _I.is_privileged == 1,
    "changing": lambda _: _I.outcome.in_((Decision.CHANGE, Decision.REVOKE)),
    "nobody": lambda _: _NOBODY,
    "ordered": lambda _: _I.state.in_((ItemState.ORDERED, ItemState.REFUSED)),
    "all": lambda _: literal(True),
}
"""The views of a review that everybody has, by name: which of its items are shown."""
_WITH_STAGED = frozenset({"left", "staged"})
_WITH_SAID = frozenset({"said"})
_SEEN = (
    _A.decision.label("mine"), _G.decision.label("staged"), _G.reason.label("staged_why"), _G.until.label("staged_until"),
)  # fmt: skip


class ItemPages(Pages[Item]):
    """The pages of reviews' items: those of one review, as one person sees them."""

    def _asked(self, wanted: Wanted, *columns: ColumnElement[Any]) -> Any:
        """Joins what the person said and staged in the present stage of each item; for a few columns only what the view asks for."""
        query = select(*columns or (access_item, *_SEEN)).select_from(access_item)
        if not columns or wanted.view in _WITH_SAID:
            said = and_(_A.item == _I.id, _A.stage == _I.stage, _A.said_by == wanted.person)
            query = query.outerjoin(access_answer, said)
        if not columns or wanted.view in _WITH_STAGED:
            staged = and_(_G.item == _I.id, _G.stage == _I.stage, _G.reviewer == wanted.person)
            query = query.outerjoin(access_staged, staged)
        return query

    def _passing(self, query: Any, wanted: Wanted) -> Any:
        """Looks for words in the items of the review alone: no index holds those of all."""
        query = query.where(_I.review == wanted.review, VIEWS[wanted.view](wanted))
        for word in wanted.words.split():
            inverts = word[0] == "!" and len(word) > 1
            found = _I.words.contains((word[1:] if inverts else word).lower(), autoescape=True)
            query = query.where(not_(found) if inverts else found)
        return query


PAGES = ItemPages(access_item, to_item, ORDERS, VIEWS)
