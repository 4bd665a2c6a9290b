"""What can be done while an incident is replayed; these keys come before those of the screen that shows it."""

from __future__ import annotations

from screens.registry import DURING_REPLAY, Action

OF_REPLAY: tuple[Action, ...] = (
    Action("replay.end", ("escape", "q"), "end", "replay: back to where you were", DURING_REPLAY, rank=1),
    Action(
        "replay.pause", ("space", "p"), "pause", "replay: hold it; again: go on, at its end anew", DURING_REPLAY, rank=2
    ),
    Action(
        "replay.back", ("left",), "back", "replay: one entry back", DURING_REPLAY, rank=3, handler="replay_step", argument="back"
    ),
    Action("replay.on", ("right",), "on", "replay: one entry on", DURING_REPLAY, rank=4, handler="replay_step", argument="on"),
    Action(
        "replay.slower", ("less_than_sign",), "slower", "replay: at a lower speed", DURING_REPLAY, rank=5,
        handler="replay_speed", argument="slower",
    ),
    Action(
        "replay.faster", ("greater_than_sign",), "faster", "replay: at a higher speed", DURING_REPLAY, rank=6,
        handler="replay_speed", argument="faster",
    ),
    Action(
        "replay.first", ("left_curly_bracket",), "first", "replay: to its first entry", DURING_REPLAY,
        handler="replay_step", argument="first",
    ),
    Action(
        "replay.last", ("right_curly_bracket",), "last", "replay: to its last entry", DURING_REPLAY,
        handler="replay_step", argument="last",
    ),
)  # fmt: skip
