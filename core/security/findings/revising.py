"""The one way to change a finding: its row, what is read in order beside it, and its entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.journal.model import Subject
from core.security.findings.model import FindingState, Severity
from core.security.findings.tables import finding
from core.store.rows import revise

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import SimpleNamespace

    from core.journal.appending import Recorded
    from core.store.work import Work

BESIDE = frozenset({"is_open", "grade"})
"""Columns that follow from others, and that no entry names."""


def subject(finding_id: int) -> Subject:
    """Returns the journal's subject of a finding."""
    return Subject("finding", str(finding_id))


def beside(values: Mapping[str, Any]) -> dict[str, int]:
    """Returns the columns that follow from the state and the severity among `values`."""
    found = {}
    if "state" in values:
        found["is_open"] = int(FindingState(values["state"]).is_open)
    if "severity" in values:
        found["grade"] = Severity(values["severity"]).grade
    return found


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
    return revise(
        work, finding, row, kind, after, subject=subject(row.id), note=note, cause=cause, beside=beside(after)
    )
