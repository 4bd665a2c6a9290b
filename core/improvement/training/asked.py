"""What training single rights ask for, and how who has them stands with it: what a review of access is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.queries import declared_trainings
from core.improvement.training.model import TrainingState, standing
from core.improvement.training.needs import why_for_right
from core.improvement.training.queries import newest_completions, service_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import Connection

    from core.improvement.training.model import Standing
    from core.improvement.training.needs import Held

NONE_ASKED = "none asked"
NOBODY = "asked, and nobody is known to go by that name"
_ORDER = tuple(TrainingState)


def training_of_rights(
    connection: Connection, rights: Iterable[tuple[str, Held]], today: date
) -> dict[tuple[str, Held], str]:
    """Returns for each of these rights (whose, which) how its holder stands with what it asks for; NONE_ASKED is left out."""
    trainings = declared_trainings(connection)
    if not trainings:
        return {}
    wanted, services = set(rights), service_of(connection)
    persons, ids = {person for person, _ in wanted}, [each.id for each in trainings]
    done = newest_completions(connection, persons, ids, today)
    found: dict[tuple[str, Held], str] = {}
    for person, held in wanted:
        asked = [
            (standing(filter(None, (done.get((person, each.id)),)), each.months, today), each.title)
            for each in trainings
            if why_for_right(each, held, services)
        ]
        if asked and person:
            found[person, held] = training_words(asked)
        elif asked:
            found[person, held] = f"{NOBODY}: {', '.join(title for _, title in asked)}"
    return found


def training_words(asked: Iterable[tuple[Standing, str]]) -> str:
    """Returns how somebody stands with several trainings, the worst first: `missing: Four eyes; Forklift expired 2026-10-01`."""
    ordered = sorted(asked, key=lambda one: (_ORDER.index(one[0].state), one[1]))
    return "; ".join(
        f"missing: {title}" if stands.state is TrainingState.MISSING else f"{title} {stands.words}"
        for stands, title in ordered
    )
