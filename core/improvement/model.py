"""The words of improvement: corrective actions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import NotPossible

if TYPE_CHECKING:
    from datetime import date, datetime


class ActionState(StrEnum):
    """Where a corrective action stands, in the order of its life."""

    OPEN = "open"
    DONE = "done"  # carried out; its effectiveness is still to be checked
    CLOSED = "closed"
    CANCELLED = "cancelled"


FOLLOWS: dict[ActionState, frozenset[ActionState]] = {
    ActionState.OPEN: frozenset({ActionState.DONE, ActionState.CLOSED, ActionState.CANCELLED}),
    ActionState.DONE: frozenset({ActionState.OPEN, ActionState.CLOSED}),
    ActionState.CLOSED: frozenset({ActionState.OPEN}),
    ActionState.CANCELLED: frozenset({ActionState.OPEN}),
}


def check_follows(action: str, now: ActionState, wanted: ActionState) -> None:
    """Raises NotPossible when `wanted` may not follow `now`."""
    if wanted not in FOLLOWS[now]:
        allowed = ", ".join(sorted(FOLLOWS[now]))
        raise NotPossible(
            f"{action} is {now}; it cannot become {wanted}", next_step=f"It can become: {allowed}"
        )


EDITABLE = ("deviation", "cause", "action", "owner", "due", "check_plan")
"""The fields a person writes."""


@dataclass(frozen=True, slots=True)
class CorrectiveAction:
    """What is done so that a deviation does not return. Written A-118."""

    id: int
    version: int
    state: ActionState
    incident: int | None
    component: str
    deviation: str
    cause: str
    action: str
    owner: str
    due: date | None
    check_plan: str  # how and when it is seen to have worked
    outcome: str  # what that check showed
    created_at: datetime
    created_by: str
    closed_at: datetime | None = None
    closed_by: str = ""

    @property
    def label(self) -> str:
        """Returns how people name it: A-118."""
        return f"A-{self.id}"

    @property
    def missing(self) -> tuple[str, ...]:
        """Returns what closing asks for and nobody has written yet, in the words of its form."""
        asked = {
            "cause": self.cause,
            "action": self.action,
            "owner": self.owner,
            "effectiveness check": self.check_plan,
        }
        return tuple(words for words, text in asked.items() if not text)

    def is_overdue(self, today: date) -> bool:
        """Tells whether it should have been carried out before `today`."""
        return self.state is ActionState.OPEN and self.due is not None and self.due < today
