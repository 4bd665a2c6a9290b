"""What can be done with maintenance windows: one line each, as in `screens.actions`."""

from __future__ import annotations

from screens.registry import Action

WINDOWS = "windows"
_HERE = frozenset({WINDOWS})

OF_WINDOWS: tuple[Action, ...] = (
    Action("window.new", ("n",), "new", "plan a window", _HERE, "window.plan", 10),
    Action(
        "window.change", ("D",), "change", "give it another end, or another begin", _HERE, "window.change", 11
    ),
    Action("window.end", ("R",), "end now", "end it before its time", _HERE, "window.end", 12),
    Action("window.skip", ("S",), "skip", "leave the next time of it out", _HERE, "window.skip", 13),
    Action(
        "window.cancel", ("K",), "cancel", "cancel it for good, with the reason", _HERE, "window.cancel", 14
    ),
)


def of_components(where: frozenset[str]) -> tuple[Action, ...]:
    """Returns what plans a window where components are shown."""
    return (
        Action(
            "window.plan",
            ("M",),
            "maintenance",
            "plan a maintenance window over this",
            where,
            "window.plan",
            61,
        ),
    )
