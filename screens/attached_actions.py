"""What can be done with the logs of an incident: attach one's own, and read what is attached."""

from __future__ import annotations

from screens.incident_actions import WITH_INCIDENT
from screens.registry import Action

OF_LOGS: tuple[Action, ...] = (
    Action(
        "incident.attach", (), "attach my log", "put what you did since a time on its time line, from the journal",
        WITH_INCIDENT, "incident.attach",
    ),
    Action("incident.logs", (), "attached logs", "read the logs that are attached to it", WITH_INCIDENT),
)  # fmt: skip
