"""The training of those whose rights a review asks about, frozen with the items as the review opens."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from core.catalog.queries import declared_trainings
from core.improvement.training.asked import training_of_rights
from core.improvement.training.needs import Held
from core.security.reviews.tables import access_item

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

AT_ONCE = 500
_I = access_item.c


def freeze_training(connection: Connection, review_id: int, today: date) -> None:
    """Writes down, for each item that asks for training, how its holder stands with it on a day."""
    if not declared_trainings(connection):
        return
    rows = connection.execute(
        select(_I.id, _I.person, _I.entitlement, _I.thing, _I.is_privileged).where(_I.review == review_id)
    ).all()
    keys = {row.id: (row.person, Held(row.entitlement, row.thing, bool(row.is_privileged))) for row in rows}
    words = training_of_rights(connection, keys.values(), today)
    items: dict[str, list[int]] = defaultdict(list)
    for number, key in keys.items():
        if key in words:
            items[words[key]].append(number)
    for text, numbers in sorted(items.items()):
        for start in range(0, len(numbers), AT_ONCE):
            some = _I.id.in_(numbers[start : start + AT_ONCE])
            connection.execute(update(access_item).where(some).values(training=text))
