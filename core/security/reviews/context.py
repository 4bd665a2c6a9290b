"""What a reviewer looks at before deciding: all that is known of one grant, in one question."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.catalog.queries import declared_conflicts
from core.errors import NotFound
from core.security.grants.queries import Scope, grants_in, one_grant, peers
from core.security.reviews.conflicts import clashes
from core.security.reviews.queries import (
    answers_of,
    decisions_before,
    one_item,
    one_review,
    pace_so_far,
    progress,
    staged_of,
    waiting_for,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from core.security.grants.model import Grant
    from core.security.reviews.conflicts import Clash
    from core.security.reviews.model import Answer, Item, Review
    from core.security.reviews.pace import Pace
    from core.security.reviews.queries import Progress, Staged

MOST_OTHERS = 500


class Context(NamedTuple):
    """What is known of an item's grant: as it stands now, how many have the same, what else they have, what was said of it."""

    item: Item
    now: Grant | None
    peers: int
    others: Sequence[Grant]
    clashes: Sequence[Clash]  # with which of these it is in conflict
    said: Sequence[Answer]
    before: Sequence[tuple[Item, Sequence[Answer]]]


class Overview(NamedTuple):
    """How a review stands, for the line above its items: all of it, and what its reader has to do and has staged."""

    review: Review
    progress: Progress
    staged: Staged
    pace: Pace
    left: int


def context_of(connection: Connection, item_id: int) -> Context:
    """Returns what is known of an item's grant. Raises NotFound."""
    item = one_item(connection, item_id)
    try:
        now = one_grant(connection, item.grant)
    except NotFound:
        now = None
    who = (
        Scope(people=(item.person,))
        if item.person
        else Scope(principals=(item.principal,), sources=(item.source,))
    )
    others = [each for each in grants_in(connection, who, limit=MOST_OTHERS) if each.id != item.grant]
    clashing = clashes(item.entitlement, item.on, others, declared_conflicts(connection))
    return Context(
        item, now, peers(connection, [now])[now.id] if now else 0, others, clashing, answers_of(connection, [item_id]),
        decisions_before(connection, item.grant, item.review),
    )  # fmt: skip


def overview_of(connection: Connection, review_id: int, person: str) -> Overview:
    """Returns how a review stands, and what somebody has to do there. Raises NotFound."""
    return Overview(
        one_review(connection, review_id), progress(connection, [review_id])[review_id],
        staged_of(connection, review_id, person), pace_so_far(connection, review_id, person),
        waiting_for(connection, person).get(review_id, 0),
    )  # fmt: skip
