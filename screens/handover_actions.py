"""What can be done with what changed, and at the end of a shift: one line each, as in `screens.actions`."""

from __future__ import annotations

from screens.going_actions import HANDOVER, SINCE
from screens.registry import Action

OF_HANDOVER: tuple[Action, ...] = (
    Action(
        "since.seen",
        ("S",),
        "seen",
        "say that you have looked up to here: what comes later is new",
        frozenset({SINCE}),
        rank=10,
    ),
    Action(
        "handover.accept",
        ("a",),
        "accept",
        "accept the line under the cursor, and go to the next",
        frozenset({HANDOVER}),
        "handover.accept",
        10,
    ),
    Action(
        "handover.begin",
        ("B",),
        "hand over",
        "compute what this shift hands over to the next",
        frozenset({HANDOVER}),
        "handover.begin",
        11,
    ),
    Action(
        "handover.add",
        ("e",),
        "own words",
        "add a line in your own words",
        frozenset({HANDOVER}),
        "handover.add",
        12,
    ),
    Action(
        "handover.withdraw",
        ("K",),
        "withdraw",
        "withdraw it, with the reason",
        frozenset({HANDOVER}),
        "handover.withdraw",
        13,
    ),
)
