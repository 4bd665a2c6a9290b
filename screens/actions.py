"""The list of actions. One line each: what the key is, what it does, where, and which verb of core decides."""

from __future__ import annotations

from screens.action_actions import ACTIONS_VIEW, CAUSES, ENDS, OF_ACTIONS
from screens.attached_actions import OF_LOGS
from screens.finding_actions import FINDINGS, OF_FINDINGS
from screens.going_actions import (
    BOARD,
    COMPONENT,
    DEPENDENCIES,
    FIND,
    GOING,
    HANDOVER,
    HOME,
    INCIDENT,
    INCIDENTS,
    LOG,
    PROBLEMS,
    RUN,
    RUNS,
    SINCE,
)
from screens.grant_actions import ACCESS, OF_GRANTS
from screens.list_actions import OF_LISTS
from screens.log_actions import OF_LOG
from screens.registry import Action
from screens.replay_actions import OF_REPLAY
from screens.request_actions import HOME_QUEUE, MESSAGES, OF_REQUESTS, QUEUE, REQUEST
from screens.review_actions import ACCESS_REQUESTS, OF_REVIEWS, REVIEW, REVIEWS
from screens.signal_actions import OF_SIGNALS, SIGNALS
from screens.training_actions import OF_TRAINING, TRAINING
from screens.window_actions import OF_WINDOWS, WINDOWS, of_components

_WITH_INCIDENT = frozenset({INCIDENTS, INCIDENT, HOME})
_WITH_COMPONENT = frozenset({BOARD, COMPONENT, DEPENDENCIES, HOME, INCIDENT, INCIDENTS})
_WITH_RUN = frozenset({RUNS, RUN})
_WITH_A_PROBLEM = frozenset({PROBLEMS})
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
        REVIEWS,
        REVIEW,
        ACCESS_REQUESTS,
    }
)

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
    Action("follow", ("F",), "follow", "go on with what is newest", where=frozenset({LOG, RUN})),
    *OF_REPLAY,
    *OF_LOGS,
    *OF_REQUESTS,
    # What to do with incidents
    Action(
        "incident.due",
        ("d",),
        "due",
        "how each of its due instants comes about, part by part",
        _WITH_INCIDENT,
    ),
    Action(
        "incident.acknowledge",
        ("a",),
        "ack",
        "say that you have seen it",
        _WITH_INCIDENT,
        "incident.acknowledge",
        10,
    ),
    Action("incident.take", ("t",), "take", "make it yours", _WITH_INCIDENT, "incident.take", 11),
    Action(
        "incident.start",
        ("b",),
        "begin work",
        "say that work on it has begun",
        _WITH_INCIDENT,
        "incident.start",
        14,
    ),
    Action(
        "incident.note", ("l",), "log", "write one line on its time line", _WITH_INCIDENT, "incident.note", 12
    ),
    Action(
        "incident.tell",
        ("T",),
        "tell",
        "say what you told who waits of how it stands",
        _WITH_INCIDENT,
        "incident.tell",
        15,
    ),
    Action(
        "incident.severity",
        ("P",),
        "severity",
        "set its severity, 1 worst to 4",
        _WITH_INCIDENT,
        "incident.severity",
        16,
    ),
    Action(
        "incident.resolve",
        ("R",),
        "resolve",
        "resolve it, or close a resolved one",
        _WITH_INCIDENT,
        "incident.resolve",
        13,
    ),
    Action(
        "incident.reopen",
        ("J",),
        "reopen",
        "open it again, with the reason",
        _WITH_INCIDENT,
        "incident.reopen",
    ),
    Action(
        "incident.major",
        ("M",),
        "major",
        "declare it a major incident; hand over command, stand it down, see to its review",
        _WITH_INCIDENT,
        "incident.command",
        17,
    ),
    Action(
        "incident.problem",
        ("L",),
        "problem",
        "say which problem it comes from, or open one",
        _WITH_INCIDENT,
        "incident.problem",
        18,
    ),
    Action(
        "incident.link",
        ("Y",),
        "tie",
        "say what it is to another item, or is no longer",
        _WITH_INCIDENT,
        "incident.link",
    ),
    Action(
        "incident.escalate",
        ("E",),
        "escalate",
        "tell whoever is next now, with why",
        _WITH_INCIDENT,
        "incident.escalate",
    ),
    Action(
        "incident.replay",
        ("r",),
        "replay",
        "play how it went, entry by entry: the screens as they were",
        _WITH_INCIDENT,
        rank=84,
    ),
    Action("incident.open", ("I",), "new incident", "open one by hand", _WITH_COMPONENT, "incident.open"),
    Action(
        "action.draft",
        ("C",),
        "corrective action",
        "draft one from this",
        _WITH_INCIDENT | {FINDINGS, SIGNALS},
        "action.draft",
        15,
    ),
    # What to do with components
    Action(
        "operate.component",
        ("X",),
        "procedure",
        "start, stop, restart: choose a procedure",
        _WITH_COMPONENT,
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
        _WITH_COMPONENT,
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
    *of_components(frozenset({BOARD, COMPONENT, DEPENDENCIES})),
    *OF_WINDOWS,
    # What to do with runs
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
    # What to do with what changed, and at the end of a shift
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
    *OF_ACTIONS,
    # What to do with problems
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
