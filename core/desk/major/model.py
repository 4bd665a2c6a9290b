"""The words of major incidents: who does what, how often who waits is told, and the review that is owed. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from core.errors import NotPossible
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

ROLES = ("communications", "scribe", "operations", "liaison")
"""Who else has a part in a major incident beside its commander: who tells, who writes down, who mends, who speaks with suppliers."""
CADENCE_S = 30 * 60
"""So often who waits is told, unless its commander says otherwise."""
LEAST_CADENCE_S, MOST_CADENCE_S = 5 * 60, 24 * 3600
REVIEW_WITHIN = timedelta(days=5)
"""By then its review is due, unless another day is said: while people still remember."""


class Review(StrEnum):
    """Where the review of a major incident stands."""

    NONE = ""  # it is not over yet
    OWED = "owed"
    HELD = "held"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Major:
    """An incident as a major one: who commands it, since when, and what became of it.

    `update_every_s` is empty once it is stood down: the agreement's own rhythm counts again. `action` is the number of
    the corrective action that its review led to.
    """

    declared_at: datetime
    commander: str
    roles: Mapping[str, str] = field(default_factory=dict)
    update_every_s: int | None = None
    stood_down_at: datetime | None = None
    review: Review = Review.NONE
    review_owner: str = ""
    review_due: date | None = None
    review_outcome: str = ""
    review_action: int | None = None

    @property
    def is_on(self) -> bool:
        """Tells whether it is one now."""
        return self.stood_down_at is None

    def is_review_late(self, today: date) -> bool:
        """Tells whether its review should have been held before `today`."""
        return self.review is Review.OWED and self.review_due is not None and self.review_due < today

    @property
    def words(self) -> str:
        """Returns in a line who does what, and how often who waits is told; or what became of its review."""
        if self.is_on:
            roles = "".join(f", {role} {who}" for role, who in self.roles.items())
            every = (
                f"; who waits is told every {self.update_every_s // 60} min" if self.update_every_s else ""
            )
            return f"{self.commander} commands{roles}{every}"
        if self.review is Review.OWED:
            due = f" until {self.review_due:%Y-%m-%d}" if self.review_due else ""
            return f"stood down; its review is owed by {self.review_owner or 'nobody'}{due}"
        led_to = f", which led to A-{self.review_action}" if self.review_action is not None else ""
        return f"stood down; its review was {self.review}{led_to}: {self.review_outcome}"


def major_of(row: Any) -> Major | None:
    """Returns what a row of `incident` says of it as a major one; None where it was never declared."""
    if row.declared_at is None:
        return None
    return Major(
        declared_at=from_micros(row.declared_at), commander=row.commander or "", roles=roles_in(row.roles),
        update_every_s=row.update_every_s,
        stood_down_at=None if row.stood_down_at is None else from_micros(row.stood_down_at),
        review=Review(row.review or ""), review_owner=row.review_owner or "",
        review_due=date.fromisoformat(row.review_due) if row.review_due else None,
        review_outcome=row.review_outcome or "", review_action=row.review_action,
    )  # fmt: skip


def roles_in(text: str | None) -> dict[str, str]:
    """Returns role → login, in the order of ROLES, as a row keeps it."""
    held: dict[str, str] = json.loads(text or "{}")
    return {role: held[role] for role in ROLES if held.get(role)}


def check_stood_down(row: Any) -> None:
    """Raises NotPossible while the incident of a row is a major one: somebody says first that it is over."""
    if row.declared_at is not None and row.stood_down_at is None:
        raise NotPossible(
            f"I-{row.id} is a major incident; it cannot be closed",
            next_step="Stand it down first, which says who owes its review",
        )
