"""Every view. Imported after the first frame: what these import takes longer than painting it.

Some are made only when they are first shown: a console that stands on its board holds nothing of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from screens.board import Board
from screens.component import ComponentView
from screens.corrective_actions import CorrectiveActions
from screens.dependencies import Dependencies
from screens.home import Home
from screens.incident import IncidentView
from screens.incidents import Incidents
from screens.log import Log
from screens.run import RunView
from screens.runs import Runs
from screens.wall import Wall

if TYPE_CHECKING:
    from screens.view import View

_VIEWS = (
    Home,
    Board,
    ComponentView,
    Dependencies,
    Incidents,
    IncidentView,
    Runs,
    RunView,
    CorrectiveActions,
    Log,
    Wall,
)


class Late(NamedTuple):
    """A view that is made when it is first shown: where its class is, and the view whose tab is lit meanwhile."""

    module: str
    name: str
    tab: str


LATE = {
    "queue": Late("screens.queue", "Queue", "queue"),
    "request": Late("screens.request", "RequestView", "queue"),
    "find": Late("screens.find", "Find", "queue"),
    "problems": Late("screens.problems", "Problems", "problems"),
    "findings": Late("screens.findings", "Findings", "findings"),
    "access": Late("screens.access", "Access", "access"),
    "causes": Late("screens.causes", "Causes", "actions"),
    "windows": Late("screens.windows", "Windows", "windows"),
    "training": Late("screens.training", "TrainingView", "training"),
    "ends": Late("screens.ends", "Ends", "ends"),
    "signals": Late("screens.signals", "Signals", "signals"),
    "reviews": Late("screens.reviews", "Reviews", "reviews"),
    "review": Late("screens.review", "ReviewView", "reviews"),
    "access-requests": Late("screens.access_requests", "AccessRequests", "access-requests"),
    "messages": Late("screens.messages", "Messages", "messages"),
    "oncall": Late("screens.oncall", "OnCallView", "oncall"),
    "since": Late("screens.since", "SinceView", "home"),
    "handover": Late("screens.handover", "HandoverView", "home"),
}


def make_views() -> list[View]:
    """Returns one of each, not mounted yet, but for those that are made late."""
    return [view() for view in _VIEWS]


def make_late(name: str) -> View:
    """Returns one of the views that are made late."""
    late = LATE[name]
    made: View = getattr(import_module(late.module), late.name)()
    return made
