"""How one moves through the past: one line each, as in `screens.actions`."""

from __future__ import annotations

from screens.action_actions import ACTIONS_VIEW
from screens.going_actions import (
    BOARD,
    COMPONENT,
    DEPENDENCIES,
    INCIDENT,
    INCIDENTS,
    LOG,
    PROBLEMS,
    RUN,
    RUNS,
)
from screens.registry import Action
from screens.request_actions import QUEUE, REQUEST
from screens.window_actions import WINDOWS

_WITH_THEN = frozenset(
    {
        BOARD,
        QUEUE,
        REQUEST,
        COMPONENT,
        DEPENDENCIES,
        INCIDENTS,
        INCIDENT,
        RUNS,
        RUN,
        ACTIONS_VIEW,
        LOG,
        PROBLEMS,
        WINDOWS,
    }
)

OF_THEN: tuple[Action, ...] = (
    Action(
        "then.earlier",
        ("left",),
        "earlier",
        "then: before the last entry that changed this",
        _WITH_THEN,
        rank=1,
        handler="then_step",
        argument="earlier",
    ),
    Action(
        "then.later",
        ("right",),
        "later",
        "then: after the next entry that changes this",
        _WITH_THEN,
        rank=2,
        handler="then_step",
        argument="later",
    ),
    Action(
        "then.back.10m",
        ("less_than_sign",),
        "-10 min",
        "then: ten minutes earlier",
        _WITH_THEN,
        rank=3,
        handler="then_step",
        argument="back.10m",
    ),
    Action(
        "then.on.10m",
        ("greater_than_sign",),
        "+10 min",
        "then: ten minutes later",
        _WITH_THEN,
        rank=4,
        handler="then_step",
        argument="on.10m",
    ),
    Action(
        "then.back.1h",
        ("left_curly_bracket",),
        "-1 h",
        "then: an hour earlier",
        _WITH_THEN,
        rank=5,
        handler="then_step",
        argument="back.1h",
    ),
    Action(
        "then.on.1h",
        ("right_curly_bracket",),
        "+1 h",
        "then: an hour later",
        _WITH_THEN,
        rank=6,
        handler="then_step",
        argument="on.1h",
    ),
)
