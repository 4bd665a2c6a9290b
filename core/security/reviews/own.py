"""Nobody judges a review that asks about rights of their own, as long as somebody else can."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from core.catalog.nearest import listed
from core.counting import counted
from core.gate.people import noted_refusal
from core.security.grants.people import names_of
from core.security.reviews.queries import HOLDER, roster
from core.security.reviews.tables import access_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection

    from core.errors import NotPermitted
    from core.store.work import Work

OWN_RIGHTS = "own_rights"
"""The field of an entry that names the items which are rights of who did it: nobody else could."""
_I = access_item.c
_SHOWN = 5


class Others(NamedTuple):
    """The items of a review that are rights of one lead, by label, and who of the other leads has none in it."""

    own: tuple[str, ...]
    leads: tuple[str, ...]

    @property
    def bars(self) -> bool:
        """Tells whether it is for another to judge the review."""
        return bool(self.own) and bool(self.leads)


def is_own(connection: Connection, person: str) -> ColumnElement[bool]:
    """Returns the condition that an item is a right of somebody, by whatever of their names."""
    return HOLDER.in_(sorted(names_of(connection, person)))


def others_than(connection: Connection, review_id: int, person: str) -> Others:
    """Returns what of a review is somebody's own, and which other leads have nothing in it."""
    query = select(_I.id).where(_I.review == review_id, is_own(connection, person)).order_by(_I.id)
    own = tuple(f"RI-{number}" for number in connection.scalars(query))
    if not own:
        return Others((), ())
    names = {lead: names_of(connection, lead) for lead in other_leads(connection, person)}
    every = sorted(frozenset[str]().union(*names.values()))
    query = select(HOLDER).where(_I.review == review_id, HOLDER.in_(every)).distinct()
    holders = frozenset(connection.scalars(query))
    return Others(own, tuple(lead for lead, known in names.items() if holders.isdisjoint(known)))


def other_leads(connection: Connection, person: str) -> Sequence[str]:
    """Returns the leads there are beside somebody, by login."""
    mine = names_of(connection, person)
    found = (each.reviewer for each in roster(connection).leads)
    return [each for each in found if each.lower() not in mine]


def check_other(work: Work, review_id: int, does: str) -> tuple[str, ...]:
    """Raises NotPermitted, which is recorded, where the actor has rights in a review and another lead has none.

    `does` says what is for the other to do. Where every lead has rights in it somebody must all the same: then it returns
    which are the actor's, for the entry to say so.
    """
    found = others_than(work.connection, review_id, work.actor)
    if not found.bars:
        return found.own
    raise refusal(work, f"RV-{review_id} asks about {own_words(found.own)}: another lead {does}", found.leads)


def refusal(work: Work, what: str, leads: Iterable[str]) -> NotPermitted:
    """Returns a refusal that is written into the journal and says who of the leads can do it instead."""
    return noted_refusal(work, what, f"These can: {listed(leads)}")


def own_words(labels: Sequence[str]) -> str:
    """Returns which items are one's own rights, the first of them by label."""
    more = ", …" if len(labels) > _SHOWN else ""
    return f"{counted(len(labels), 'right')} of your own ({', '.join(labels[:_SHOWN])}{more})"
