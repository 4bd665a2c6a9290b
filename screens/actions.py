"""The list of actions. One line each: what the key is, what it does, where, and which verb of core decides."""

from __future__ import annotations

from screens.action_actions import ACTIONS_VIEW, CAUSES, ENDS, OF_ACTIONS
from screens.attached_actions import OF_LOGS
from screens.component_actions import OF_COMPONENTS
from screens.finding_actions import FINDINGS, OF_FINDINGS
from screens.going_actions import (
    BOARD,
    COMPONENT,
    DEPENDENCIES,
    FIND,
    GOING,
    HANDOVER,
    HOME,
    INCIDENTS,
    LOG,
    PROBLEMS,
    RUN,
    RUNS,
    SINCE,
)
from screens.grant_actions import ACCESS, OF_GRANTS
from screens.handover_actions import OF_HANDOVER
from screens.incident_actions import OF_INCIDENTS
from screens.list_actions import OF_LISTS
from screens.log_actions import OF_LOG
from screens.problem_actions import OF_PROBLEMS
from screens.registry import Action
from screens.replay_actions import OF_REPLAY
from screens.request_actions import HOME_QUEUE, MESSAGES, OF_REQUESTS, QUEUE
from screens.review_actions import ACCESS_REQUESTS, OF_REVIEWS, REVIEW, REVIEWS
from screens.run_actions import OF_RUNS
from screens.signal_actions import OF_SIGNALS, SIGNALS
from screens.then_actions import OF_THEN
from screens.training_actions import OF_TRAINING, TRAINING
from screens.window_actions import OF_WINDOWS, WINDOWS, of_components

_LISTS = frozenset(
    {
        BOARD,
        DEPENDENCIES,
        QUEUE,
        INCIDENTS,
        RUNS,
        ACTIONS_VIEW,
        FINDINGS,
        ACCESS,
        SIGNALS,
        REVIEWS,
        REVIEW,
        ACCESS_REQUESTS,
        LOG,
        MESSAGES,
        HOME,
        HOME_QUEUE,
        PROBLEMS,
        FIND,
        SINCE,
        HANDOVER,
        CAUSES,
        ENDS,
        WINDOWS,
        TRAINING,
    }
)

_WHOLE_LISTS = _LISTS - {HOME, HOME_QUEUE}
_WITH_PROBLEMS = frozenset({BOARD, DEPENDENCIES, INCIDENTS, RUNS, LOG})

ACTIONS: tuple[Action, ...] = (
    *GOING,
    Action(
        "go", ("colon", "ctrl+p"), "go", "go or do: R-7, I-7, orders-front, log, any action's name", rank=90
    ),
    Action("filter", ("slash",), "filter", "filter this list; ! in front inverts", where=_LISTS, rank=80),
    Action("back", ("escape", "q"), "back", "back one level; never quits"),
    Action("history.back", ("left_square_bracket",), "back in history", "where you were before"),
    Action("history.forward", ("right_square_bracket",), "forward", "where you were before going back"),
    Action("history.last", ("minus",), "last screen", "to and fro between two screens"),
    Action(
        "help", ("question_mark", "f1"), "help", "the keys of this screen, and what the signs mean", rank=99
    ),
    # How to look
    Action("sort", ("s",), "sort", "sort by a column; again: reverse", where=_WHOLE_LISTS),
    Action("columns", ("c",), "columns", "choose which columns are shown", where=_WHOLE_LISTS),
    Action(
        "views", ("apostrophe",), "views", "saved views: filter, sort and columns by name", where=_WHOLE_LISTS
    ),
    Action(
        "chart.scale",
        ("z",),
        "time scale",
        "the chart over 1 h, 6 h, 24 h, 7 days",
        frozenset({COMPONENT}),
        rank=21,
    ),
    Action(
        "problem.next",
        ("n",),
        "next problem",
        "go to the next row that is not well",
        where=_WITH_PROBLEMS,
        rank=82,
    ),
    Action(
        "problem.previous",
        ("N",),
        "previous problem",
        "go to the row before that is not well",
        where=_WITH_PROBLEMS,
    ),
    Action("pause", ("p",), "pause", "hold what is shown; again: go on", rank=85),
    Action(
        "maximise", ("m",), "maximise", "this pane alone; again: all", where=frozenset({HOME, HOME_QUEUE})
    ),
    Action("who", (), "who", "who else is here, since when, and what they have open"),
    Action("redraw", ("ctrl+l",), "redraw", "paint the whole screen anew"),
    Action("suspend", ("ctrl+z",), "suspend", "back to the shell for a while"),
    Action("copy", ("y",), "copy id", "copy the id under the cursor"),
    Action("then", ("at",), "then", "the screens as they were at an instant; again: now", rank=83),
    *OF_THEN,
    Action("follow", ("F",), "follow", "go on with what is newest", where=frozenset({LOG, RUN})),
    *OF_REPLAY,
    *OF_LOGS,
    *OF_REQUESTS,
    *OF_INCIDENTS,
    *OF_COMPONENTS,
    *of_components(frozenset({BOARD, COMPONENT, DEPENDENCIES})),
    *OF_WINDOWS,
    *OF_RUNS,
    *OF_HANDOVER,
    *OF_ACTIONS,
    *OF_PROBLEMS,
    *OF_FINDINGS,
    *OF_LISTS,
    *OF_LOG,
    *OF_REVIEWS,
    *OF_GRANTS,
    *OF_SIGNALS,
    *OF_TRAINING,
    # This console
    Action("undo", ("u",), "undo", "take back your last change, for 60 s", verb="undo", rank=70),
    Action("operate", ("O",), "WATCH/OPERATE", "unlock OPERATE for 15 minutes, or go back to WATCH", rank=60),
    Action("quit", ("ctrl+q",), "quit", "end this console; the agent's work is kept"),
)
