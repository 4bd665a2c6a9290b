"""Every view. Imported after the first frame: what these import takes longer than painting it."""

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


def make_views() -> list[View]:
    """Returns one of each, not mounted yet."""
    return [view() for view in _VIEWS]
