"""What can be done with problems: one line each, as in `screens.actions`."""

from __future__ import annotations

from screens.going_actions import PROBLEMS
from screens.registry import Action

_WITH_A_PROBLEM = frozenset({PROBLEMS})

OF_PROBLEMS: tuple[Action, ...] = (
    Action("problem.open", ("n",), "new", "open a problem", _WITH_A_PROBLEM, "problem.open", 20),
    Action("problem.revise", ("e",), "edit", "write its fields", _WITH_A_PROBLEM, "problem.revise", 21),
    Action(
        "problem.known",
        ("E",),
        "known error",
        "say that its cause is known, and what helps until it is mended",
        _WITH_A_PROBLEM,
        "problem.known",
        22,
    ),
    Action(
        "problem.note", ("l",), "log", "write a line on its time line", _WITH_A_PROBLEM, "problem.note", 23
    ),
    Action(
        "problem.solve",
        ("R",),
        "solve",
        "say how it was mended; a solved one is closed",
        _WITH_A_PROBLEM,
        "problem.solve",
        24,
    ),
    Action(
        "problem.close",
        ("K",),
        "give up",
        "close it, with why or what was seen",
        _WITH_A_PROBLEM,
        "problem.close",
    ),
    Action(
        "problem.reopen",
        ("J",),
        "reopen",
        "open it again, with the reason",
        _WITH_A_PROBLEM,
        "problem.reopen",
    ),
)
