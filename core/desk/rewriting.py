"""A resolution written anew, by whoever came second and has more to say than stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.commands import subject
from core.desk.model import Incident, IncidentState
from core.desk.queries import to_incident
from core.desk.tables import incident
from core.errors import NotPossible
from core.gate.commands import admit
from core.sentences import sentence_of
from core.store.rows import revise, row_of

if TYPE_CHECKING:
    from core.gate.model import Consent
    from core.store.work import Work


def rewrite_resolution(
    work: Work, incident_id: int, text: str, consent: Consent, seen: int | None = None
) -> Incident:
    """Writes how it was resolved anew, where it is resolved or closed already; it stays what it is. Level 2.

    Raises NotPossible where nothing is resolved yet, or not any more.
    """
    admit(work, "incident.resolve", [f"I-{incident_id}"], consent)
    row = row_of(work, incident, "incident", incident_id, seen)
    if row.state not in {IncidentState.RESOLVED, IncidentState.CLOSED}:
        raise NotPossible(
            f"I-{incident_id} is {row.state}", next_step="Nothing was changed. Resolve it first"
        )
    text = sentence_of(text, "how it was resolved")
    return to_incident(
        revise(
            work,
            incident,
            row,
            "incident.resolution_rewritten",
            {"resolution": text},
            subject=subject(incident_id),
        )
    )
