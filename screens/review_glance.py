"""A review at one glance, as a row. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.security.reviews.model import Review, ReviewState
from core.timekeeping import age
from screens.review_rows import REVIEW_TONES
from screens.tones import Tone
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from core.security.reviews.glance import Glance
    from screens.widgets.cells import Cell

_ORDER = {each: place for place, each in enumerate(ReviewState)} | {ReviewState.DRAFT: 2.5}


def _due(row: Glance) -> float:
    return row.review.due_at.timestamp() if row.review.due_at else float("inf")


COLUMNS: tuple[Column[Glance], ...] = (
    Column("id", "ID", width=7, priority=10, sort=lambda r: -r.review.id),
    Column(
        "yours",
        "YOURS",
        width=6,
        priority=10,
        align="right",
        sort=lambda r: (-r.yours, _due(r), -r.review.id),
    ),
    Column("due", "DUE", width=6, priority=9, sort=lambda r: (_due(r), -r.review.id)),
    Column("decided", "DECIDED", width=13, priority=8),
    Column("change", "CHANGE", width=6, priority=7, align="right"),
    Column("left", "TO GO", width=6, priority=6, align="right"),
    Column(
        "state", "STATE", width=18, priority=8, sort=lambda r: (_ORDER[r.review.state], _due(r), -r.review.id)
    ),
    Column("name", "NAME", share=3, min_width=16, priority=9),
    Column("owner", "OWNER", width=10, priority=4, sort=lambda r: r.review.owner),
)


def glance_cells(item: Glance, now: datetime) -> Mapping[str, Cell]:
    """Returns a review's cells."""
    review, stands = item.review, item.stands
    return {
        "id": ((review.label, Tone.ACCENT),), "yours": ((str(item.yours or "-"), Tone.WARNING if item.yours else Tone.MUTED),),
        "due": _due_cell(review, now), "decided": f"{stands.decided} of {review.items}" if review.items else "-",
        "change": str(stands.change + stands.revoke), "left": str(stands.ordered + stands.not_done + stands.refused or "-"),
        "state": ((review.standing, REVIEW_TONES[review.state]),), "name": review.name, "owner": review.owner,
    }  # fmt: skip


def _due_cell(review: Review, now: datetime) -> Cell:
    if review.due_at is None:
        return ((f"{review.scheduled:%d %b}" if review.scheduled and not review.items else "-", Tone.MUTED),)
    left = (review.due_at - now).total_seconds()
    if left < 0:
        return (("late", Tone.CRITICAL),)
    return ((age(left), Tone.WARNING if left < 3 * 86400 else Tone.TEXT),)
