"""What can be done with components: one line each, as in `screens.actions`."""

from __future__ import annotations

from screens.going_actions import BOARD, COMPONENT, DEPENDENCIES, HOME, INCIDENT, INCIDENTS
from screens.registry import Action

WITH_COMPONENT = frozenset({BOARD, COMPONENT, DEPENDENCIES, HOME, INCIDENT, INCIDENTS})

OF_COMPONENTS: tuple[Action, ...] = (
    Action(
        "operate.component",
        ("X",),
        "procedure",
        "start, stop, restart: choose a procedure",
        WITH_COMPONENT,
        "run.begin",
        20,
    ),
    Action(
        "component.check",
        ("v",),
        "look now",
        "have its probes look now",
        frozenset({BOARD, COMPONENT, DEPENDENCIES}),
        "component.check",
        22,
    ),
    Action(
        "component.incident",
        ("i",),
        "its incident",
        "go to the incident of this component",
        frozenset({BOARD, COMPONENT, DEPENDENCIES}),
        rank=23,
    ),
    Action(
        "component.dependencies",
        ("x",),
        "deps",
        "what it needs and what needs it, as a tree",
        WITH_COMPONENT,
        rank=24,
    ),
    Action(
        "component.release",
        ("W",),
        "watch again",
        "have a component watched again that was stopped on purpose",
        frozenset({BOARD, COMPONENT, DEPENDENCIES}),
        "component.release",
        25,
    ),
    Action(
        "threshold.revise",
        ("T",),
        "thresholds",
        "judge by other ranges until an end; see what would have been",
        frozenset({BOARD, COMPONENT}),
        "threshold.revise",
        26,
    ),
)
