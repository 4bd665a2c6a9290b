"""The one way to change a review: its row and its entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.journal.model import Subject
from core.security.reviews.tables import access_review
from core.store.rows import revise, row_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import SimpleNamespace

    from core.journal.appending import Recorded
    from core.store.work import Work


def subject(review_id: int) -> Subject:
    """Returns the journal's subject of a review."""
    return Subject("review", str(review_id))


def review_row(work: Work, review_id: int, seen: int | None = None) -> Any:
    """Returns a review's row, which nobody else changes before this work is done. Raises NotFound or Moved."""
    return row_of(work, access_review, "review", review_id, seen)


def revise_review(
    work: Work,
    row: Any,
    kind: str,
    after: Mapping[str, Any],
    *,
    note: str = "",
    cause: int | Recorded | None = None,
) -> SimpleNamespace:
    """Sets the fields `after` of a review's row and records the entry `kind`; returns the row as it now is."""
    return revise(work, access_review, row, kind, after, subject=subject(row.id), note=note, cause=cause)
