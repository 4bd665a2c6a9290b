"""The one way to change a finding: its row, what is read in order beside it, and its entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.journal.model import Subject
from core.security.findings.model import FindingState, Severity
from core.security.findings.tables import finding
from core.security.indexed import words_of
from core.store.rows import revise

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import SimpleNamespace

    from core.journal.appending import Recorded
    from core.store.work import Work


def subject(finding_id: int) -> Subject:
    """Returns the journal's subject of a finding."""
    return Subject("finding", str(finding_id))


def beside(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the columns that follow from the others of a finding's row, and that no entry names."""
    words = (
        f"f-{number}", row["vulnerability"], row["component"], row["package"], f"state:{row['state']}",
        f"severity:{row['severity']}", f"owner:{row['owner']}", "kev" if row["is_listed"] else "", row["seen_in"],
        row["aliases"], row["title"],
    )  # fmt: skip
    return {
        "is_open": int(FindingState(row["state"]).is_open), "grade": Severity(row["severity"]).grade,
        "words": words_of(words),
    }  # fmt: skip


def revise_finding(
    work: Work,
    row: Any,
    kind: str,
    after: Mapping[str, Any],
    *,
    note: str = "",
    cause: int | Recorded | None = None,
) -> SimpleNamespace:
    """Sets the fields `after` of a finding's row and records the entry `kind`; returns the row as it now is."""
    follows = beside(row.id, {**row._asdict(), **after})
    return revise(
        work, finding, row, kind, after, subject=subject(row.id), note=note, cause=cause, beside=follows
    )
