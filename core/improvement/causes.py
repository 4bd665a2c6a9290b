"""Which causes come again: corrective actions counted by the category of their cause. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from core.improvement.model import ActionState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from core.catalog.improvement import Cause
    from core.improvement.model import CorrectiveAction

LATELY = timedelta(days=90)
NOT_SAID = ""
"""The category of actions whose cause nobody has put into one."""


class Recurrence(NamedTuple):
    """One category of causes: how many actions named it, how many of them are not ended, and what came back."""

    category: str
    title: str
    actions: tuple[int, ...]  # newest first
    unended: int
    lately: int  # opened within LATELY
    refuted: int  # how often one of them was found not effective
    components: tuple[str, ...]
    newest: datetime

    @property
    def is_recurring(self) -> bool:
        """Tells whether it comes again: named more than once lately, or by an action that did not work."""
        return bool(self.category) and (self.lately > 1 or self.refuted > 0)


def recurrences(
    actions: Iterable[CorrectiveAction], causes: Mapping[str, Cause], now: datetime
) -> list[Recurrence]:
    """Returns every category that an action names, those that come again most first; what was given up does not count."""
    found: dict[str, list[CorrectiveAction]] = {}
    for each in actions:
        if each.state is not ActionState.CANCELLED:
            found.setdefault(each.category, []).append(each)
    counted = [_counted(category, of, causes, now) for category, of in found.items()]
    return sorted(counted, key=lambda r: (not r.category, -r.lately, -r.refuted, -len(r.actions), r.category))


def _counted(
    category: str, actions: list[CorrectiveAction], causes: Mapping[str, Cause], now: datetime
) -> Recurrence:
    cause = causes.get(category)
    newest_first = sorted(actions, key=lambda a: -a.id)
    return Recurrence(
        category, cause.title if cause else category or "no category yet", tuple(a.id for a in newest_first),
        sum(not a.state.is_ended for a in actions), sum(now - a.created_at <= LATELY for a in actions),
        sum(a.recurred for a in actions), tuple(sorted({a.component for a in actions if a.component})),
        newest_first[0].created_at,
    )  # fmt: skip
