"""Where to go: one line for each screen, as in `screens.actions`."""

from __future__ import annotations

from screens.action_actions import ACTIONS_VIEW, CAUSES, ENDS
from screens.finding_actions import FINDINGS
from screens.grant_actions import ACCESS
from screens.registry import Action
from screens.request_actions import MESSAGES, QUEUE
from screens.review_actions import TO_REVIEWS
from screens.signal_actions import SIGNALS
from screens.training_actions import TO_TRAINING
from screens.window_actions import WINDOWS

HOME, BOARD, COMPONENT = "home", "board", "component"
INCIDENTS, INCIDENT = "incidents", "incident"
DEPENDENCIES = "dependencies"
RUNS, RUN = "runs", "run"
LOG = "log"
FIND, SINCE, HANDOVER = "find", "since", "handover"
WALL = "wall"
PROBLEMS = "problems"

GOING: tuple[Action, ...] = (
    Action("go.home", ("0",), "Home", "what waits for you, at one glance", handler="go_to", argument=HOME),
    Action("go.board", ("1",), "Board", "the state of every component", handler="go_to", argument=BOARD),
    Action("go.queue", ("2",), "Queue", "the requests, most urgent first", handler="go_to", argument=QUEUE),
    Action(
        "go.incidents", ("3",), "Incidents", "incidents, newest first", handler="go_to", argument=INCIDENTS
    ),
    Action("go.runs", ("4",), "Procedures", "procedures and their runs", handler="go_to", argument=RUNS),
    Action(
        "go.actions", ("6",), "Actions", "the corrective-action log", handler="go_to", argument=ACTIONS_VIEW
    ),
    Action(
        "go.findings",
        (),
        "Findings",
        "vulnerabilities, what is due next first",
        handler="go_to",
        argument=FINDINGS,
    ),
    Action(
        "go.access",
        (),
        "Access",
        "who has which right on what, and what differs from what was granted",
        handler="go_to",
        argument=ACCESS,
    ),
    Action(
        "go.signals",
        (),
        "Signals",
        "signs of a breach, the gravest that nobody judged first",
        handler="go_to",
        argument=SIGNALS,
    ),
    Action("go.causes", (), "Causes", "which causes come again", handler="go_to", argument=CAUSES),
    Action(
        "go.ends",
        (),
        "Ends",
        "what weakens control and ends this week",
        handler="go_to",
        argument=ENDS,
    ),
    Action(
        "go.windows",
        (),
        "Maintenance",
        "what is in maintenance, what is to come, what is over",
        handler="go_to",
        argument=WINDOWS,
    ),
    TO_TRAINING,
    *TO_REVIEWS,
    Action("go.log", ("9",), "Log", "the journal, live", handler="go_to", argument=LOG),
    Action("go.problems", (), "Problems", "problems and known errors", handler="go_to", argument=PROBLEMS),
    Action(
        "go.messages",
        (),
        "Messages",
        "what is sent to people: unsent, undelivered, sent",
        handler="go_to",
        argument=MESSAGES,
    ),
    Action(
        "go.find",
        (),
        "Find",
        "requests and incidents by their words, open or over",
        handler="go_to",
        argument=FIND,
    ),
    *TO_REVIEWS,
    Action("go.since", (), "Since", "what others did since you last looked", handler="go_to", argument=SINCE),
    Action(
        "go.handover",
        (),
        "Handover",
        "what one shift tells the next",
        handler="go_to",
        argument=HANDOVER,
    ),
    Action(
        "go.oncall",
        (),
        "On call",
        "who is on call now and next, and what is missing",
        handler="go_to",
        argument="oncall",
    ),
    Action("go.wall", (), "Wall", "the board for a wall: it only watches", handler="go_to", argument=WALL),
)
