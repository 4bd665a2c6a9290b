"""Reviews at one glance: how far each is, and how much of it waits for who looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.security.reviews.queries import Progress, progress, reviews, waiting_for

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.security.reviews.model import Review


class Glance(NamedTuple):
    """A review as lists show it: how far it is, and how many items wait for who looks."""

    review: Review
    stands: Progress
    yours: int


def glances(
    connection: Connection, person: str, *, ended: bool = False, limit: int = 300
) -> dict[str, Glance]:
    """Returns reviews by what people call them, newest first: those that are not over, or with `ended` all; at most `limit`."""
    found = reviews(connection, ended=ended, limit=limit)
    if not found:
        return {}
    stands, yours = progress(connection, [each.id for each in found]), waiting_for(connection, person)
    return {each.label: Glance(each, stands[each.id], yours.get(each.id, 0)) for each in found}
