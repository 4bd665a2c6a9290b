"""What can be done with runs: one line each, as in `screens.actions`."""

from __future__ import annotations

from screens.going_actions import RUN, RUNS
from screens.registry import Action

_WITH_RUN = frozenset({RUNS, RUN})

OF_RUNS: tuple[Action, ...] = (
    Action("run.begin", ("X",), "run", "carry out this procedure", frozenset({RUNS}), "run.begin", 20),
    Action(
        "run.about", ("i",), "what for", "go to the request or incident it was begun for", _WITH_RUN, rank=24
    ),
    Action("run.hold", ("H",), "hold", "stop before the next step; again: go on", _WITH_RUN, "run.hold", 21),
    Action("run.cancel", ("B",), "cancel", "end the run; its process is ended", _WITH_RUN, "run.cancel", 22),
    Action(
        "run.tick", ("space",), "tick", "say that the manual step is done", frozenset({RUN}), "run.tick", 20
    ),
    Action("run.skip", ("S",), "skip", "leave the manual step out", frozenset({RUN}), "run.skip", 23),
)
