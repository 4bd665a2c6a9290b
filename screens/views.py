"""Every view. Imported after the first frame: what these import takes longer than painting it.

Some are made only when they are first shown: a console that stands on its board holds nothing of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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


LATE = {
    "queue": "queue", "request": "queue", "problems": "problems", "messages": "messages", "find": "queue", "since": "home",
    "handover": "home",
}  # fmt: skip
"""The views that are made when they are first shown, each with the view whose tab is lit."""


def make_views() -> list[View]:
    """Returns one of each, not mounted yet, but for those that are made late."""
    return [view() for view in _VIEWS]


def make_late(name: str) -> View:
    """Returns one of the views that are made late."""
    match name:
        case "problems":
            from screens.problems import Problems

            return Problems()
        case "messages":
            from screens.messages import Messages

            return Messages()
        case "find":
            from screens.find import Find

            return Find()
        case "since":
            from screens.since import SinceView

            return SinceView()
        case "handover":
            from screens.handover import HandoverView

            return HandoverView()
        case _:
            from screens.queue import Queue
            from screens.request import RequestView

            return Queue() if name == "queue" else RequestView()
