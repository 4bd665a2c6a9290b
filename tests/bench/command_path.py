"""The way that every command goes, and nothing beside it: what benches of a store measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.commands import subject
from core.desk.tables import incident
from core.gate.commands import admit
from core.store.rows import revise, row_of

if TYPE_CHECKING:
    from core.store.work import Work


def set_severity_alone(work: Work, incident_id: int, severity: int) -> None:
    """Asks the gate, looks at the row's version, changes it, and records that; no clock is worked out."""
    admit(work, "incident.severity", [f"I-{incident_id}"])
    row = row_of(work, incident, "incident", incident_id, None)
    revise(work, incident, row, "incident.severity_set", {"severity": severity}, subject=subject(row.id))
