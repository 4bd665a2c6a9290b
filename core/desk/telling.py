"""Telling who waits how an item stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.messages.incident_contact import tell_of_incident
from core.desk.model import Incident, IncidentState, check_not_closed
from core.desk.queries import to_incident
from core.desk.revising import revise_incident
from core.desk.tables import incident
from core.errors import BadInput
from core.gate.commands import admit
from core.sentences import LONGEST_NOTE, written
from core.store.rows import row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from core.store.work import Work


def tell_incident(work: Work, incident_id: int, text: str) -> Incident:
    """Tells who waits how it stands; the next update is due anew from now on. Level 1; not once it is closed.

    Who can be written to is written to: the requesters of linked requests, and the contacts of who has the service. Like
    a note it binds to nothing seen. Raises BadInput without a text.
    """
    admit(work, "incident.tell", [f"I-{incident_id}"])
    text = written(text, "what is told", LONGEST_NOTE)
    if not text:
        raise BadInput("nothing is told", next_step="Write how it stands, as who waits is to read it")
    row = row_of(work, incident, "incident", incident_id)
    check_not_closed(f"I-{incident_id}", IncidentState(row.state), "told of")
    found = to_incident(
        revise_incident(work, row, "incident.told", {"told_at": to_micros(work.now)}, note=text)
    )
    tell_of_incident(work, found, "update", text)
    return found
