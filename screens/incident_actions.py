"""What can be done with incidents: one line each, as in `screens.actions`."""

from __future__ import annotations

from screens.component_actions import WITH_COMPONENT
from screens.finding_actions import FINDINGS
from screens.going_actions import HOME, INCIDENT, INCIDENTS
from screens.registry import Action
from screens.signal_actions import SIGNALS

WITH_INCIDENT = frozenset({INCIDENTS, INCIDENT, HOME})

OF_INCIDENTS: tuple[Action, ...] = (
    Action(
        "incident.due",
        ("d",),
        "due",
        "how each of its due instants comes about, part by part",
        WITH_INCIDENT,
    ),
    Action(
        "incident.acknowledge",
        ("a",),
        "ack",
        "say that you have seen it",
        WITH_INCIDENT,
        "incident.acknowledge",
        10,
    ),
    Action("incident.take", ("t",), "take", "make it yours", WITH_INCIDENT, "incident.take", 11),
    Action(
        "incident.start",
        ("b",),
        "begin work",
        "say that work on it has begun",
        WITH_INCIDENT,
        "incident.start",
        14,
    ),
    Action(
        "incident.note", ("l",), "log", "write one line on its time line", WITH_INCIDENT, "incident.note", 12
    ),
    Action(
        "incident.tell",
        ("T",),
        "tell",
        "say what you told who waits of how it stands",
        WITH_INCIDENT,
        "incident.tell",
        15,
    ),
    Action(
        "incident.severity",
        ("P",),
        "severity",
        "set its severity, 1 worst to 4",
        WITH_INCIDENT,
        "incident.severity",
        16,
    ),
    Action(
        "incident.resolve",
        ("R",),
        "resolve",
        "resolve it, or close a resolved one",
        WITH_INCIDENT,
        "incident.resolve",
        13,
    ),
    Action(
        "incident.reopen",
        ("J",),
        "reopen",
        "open it again, with the reason",
        WITH_INCIDENT,
        "incident.reopen",
    ),
    Action(
        "incident.major",
        ("M",),
        "major",
        "declare it a major incident; hand over command, stand it down, see to its review",
        WITH_INCIDENT,
        "incident.command",
        17,
    ),
    Action(
        "incident.problem",
        ("L",),
        "problem",
        "say which problem it comes from, or open one",
        WITH_INCIDENT,
        "incident.problem",
        18,
    ),
    Action(
        "incident.link",
        ("Y",),
        "tie",
        "say what it is to another item, or is no longer",
        WITH_INCIDENT,
        "incident.link",
    ),
    Action(
        "incident.escalate",
        ("E",),
        "escalate",
        "tell whoever is next now, with why",
        WITH_INCIDENT,
        "incident.escalate",
    ),
    Action(
        "incident.replay",
        ("r",),
        "replay",
        "play how it went, entry by entry: the screens as they were",
        WITH_INCIDENT,
        rank=84,
    ),
    Action("incident.open", ("I",), "new incident", "open one by hand", WITH_COMPONENT, "incident.open"),
    Action(
        "action.draft",
        ("C",),
        "corrective action",
        "draft one from this",
        WITH_INCIDENT | {FINDINGS, SIGNALS},
        "action.draft",
        15,
    ),
)
