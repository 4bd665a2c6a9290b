"""A row that no longer belongs to its list shows the present, says so, and goes with the next own key."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from core.desk.model import Incident, IncidentState
from core.improvement.model import ActionState, CorrectiveAction
from core.monitoring.model import State
from core.monitoring.queries import BoardRow, first_probe_minutes
from screens.board import Board
from screens.corrective_actions import CorrectiveActions
from screens.home import Home
from screens.incidents import Incidents
from screens.picture import Patch, Picture
from tests.screens.view_host import NOON, ViewHost, board_row, picture_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from textual.pilot import Pilot

    from screens.view import View

INCIDENT = Incident(
    id=7, version=1, component="b-bad", service="shop", severity=2, state=IncidentState.OPEN, title="b-bad is down",
    owner="", opened_at=NOON, opened_by="agent",
)  # fmt: skip
ACTION = CorrectiveAction(
    id=3, version=1, state=ActionState.OPEN, component="b-bad", deviation="orders stood still",
    cause="", action="", owner="kim", due=None, check_plan="", outcome="", created_at=NOON, created_by="kim",
)  # fmt: skip


def picture(*rows: BoardRow) -> Picture:
    known = picture_of(*rows)
    known.apply(Patch(known.vital, incidents={"I-7": INCIDENT}, actions={"A-3": ACTION}))
    return known


class Floor:
    """A view with a house around it in which things happen."""

    def __init__(self, pilot: Pilot[None], host: ViewHost, view: View) -> None:
        self.pilot, self.host, self.view = pilot, host, view

    async def happens(self, patch: Patch) -> None:
        self.host.picture.apply(patch)
        self.view.take_patch(patch, ())
        await self.pilot.pause()

    async def becomes(self, name: str, state: State) -> None:
        row = board_row(name, state, version=2)
        await self.happens(Patch(self.host.picture.vital, board={name: row}))

    @property
    def lines(self) -> Sequence[str]:
        return self.host.text().split("\n")

    def line(self, word: str) -> str:
        """The one line of a list that has this word behind its gutter."""
        found = [line for line in self.lines if word in line and not line.startswith(("──", " " * 8))]
        return found[0] if found else ""


@asynccontextmanager
async def floor_with(view: View, *rows: BoardRow) -> AsyncIterator[Floor]:
    host = ViewHost(view, picture(*rows), {first_probe_minutes: {}})
    async with host.run_test(size=(120, 40)) as pilot:
        view.shown("")
        await pilot.pause()
        yield Floor(pilot, host, view)


BAD = board_row("b-bad", State.CRITICAL)
ROWS = (board_row("a-ok"), BAD, board_row("c-odd", State.WARNING))


async def test_home_shows_what_recovered_as_it_is_now() -> None:
    home = Home()
    async with floor_with(home, *ROWS) as floor:
        home.shown("board b-bad")
        await floor.pilot.pause()
        assert "■ CRIT" in floor.line("b-bad")

        await floor.becomes("b-bad", State.OK)

        row = floor.line("b-bad")
        assert "● OK" in row
        assert row.endswith("recovered")
        assert "CRIT" not in row
        assert "gone" not in row


async def test_what_recovered_leaves_home_with_the_next_key() -> None:
    home = Home()
    async with floor_with(home, *ROWS) as floor:
        home.shown("board b-bad")
        await floor.becomes("b-bad", State.OK)
        assert floor.line("b-bad")

        await floor.pilot.press("j")

        assert home.panes["board"].grid.model.rows == ["c-odd"]
        assert home.panes["board"].grid.cursor_id == "c-odd"


async def test_the_only_row_leaves_with_the_next_key_too_and_what_is_known_is_said() -> None:
    home = Home()
    async with floor_with(home, board_row("a-ok"), BAD) as floor:
        home.shown("board b-bad")
        await floor.becomes("b-bad", State.OK)

        await floor.pilot.press("j")

        assert "All 2 components are ok." in floor.host.text()


async def test_what_recovered_is_not_there_when_home_is_entered_again() -> None:
    home = Home()
    async with floor_with(home, *ROWS) as floor:
        home.shown("board b-bad")
        await floor.becomes("b-bad", State.OK)

        home.shown(home.argument())
        await floor.pilot.pause()

        assert home.panes["board"].grid.model.rows == ["c-odd"]


async def test_what_is_declared_no_longer_is_gone() -> None:
    home = Home()
    async with floor_with(home, *ROWS) as floor:
        home.shown("board b-bad")
        left = {row.status.id: row for row in ROWS if row is not BAD}
        await floor.happens(Patch(floor.host.picture.vital, board=left, whole_board=True))

        assert floor.line("b-bad").endswith("gone")


async def test_a_closed_incident_and_a_closed_action_say_so_on_home_until_they_leave() -> None:
    home = Home()
    async with floor_with(home, *ROWS) as floor:
        home.shown("actions A-3")
        home.shown("incidents I-7")
        closed = replace(
            INCIDENT,
            version=2,
            state=IncidentState.CLOSED,
            closed_at=NOON + timedelta(minutes=1),
            resolution="done",
        )
        given_up = replace(ACTION, version=2, state=ActionState.CANCELLED)
        known = floor.host.picture.vital
        await floor.happens(Patch(known, incidents={"I-7": closed}, actions={"A-3": given_up}))

        assert floor.line("I-7     S2").endswith("closed")
        assert floor.line("A-3").endswith("cancelled")
        assert "gone" not in floor.host.text()


async def test_on_home_a_filter_is_told_and_given_up_by_escape() -> None:
    home = Home()
    async with floor_with(home, *ROWS) as floor:
        home.set_filter("bad")
        await floor.pilot.pause()

        assert home.filter_text() == "bad"
        assert home.panes["board"].grid.model.rows == ["b-bad"]
        assert "BOARD /bad " in floor.host.text()
        assert home.leave()
        assert home.panes["board"].grid.model.rows == ["b-bad", "c-odd"]
        assert not home.leave()


async def test_a_row_that_no_longer_passes_the_filter_of_a_list_says_so() -> None:
    board = Board()
    async with floor_with(board, *ROWS) as floor:
        board.set_filter("state:critical")
        await floor.pilot.pause()
        assert board.grid.model.rows == ["b-bad"]

        await floor.becomes("b-bad", State.OK)

        row = floor.line("b-bad")
        assert "● OK" in row
        assert row.endswith("not in filter")
        assert any(line.endswith("/state:critical  0 of 3") for line in floor.lines)
        await floor.pilot.press("j")
        assert board.grid.model.rows == []


async def test_incidents_and_actions_keep_no_old_state_either() -> None:
    incidents = Incidents()
    async with floor_with(incidents, *ROWS) as floor:
        incidents.set_filter("state:open")
        await floor.happens(
            Patch(floor.host.picture.vital, incidents={"I-7": replace(INCIDENT, version=2, state=IncidentState.CLOSED, owner="kim")})
        )  # fmt: skip
        assert "closed" in floor.line("I-7     S2")
        assert floor.line("I-7     S2").endswith("not in filter")
    actions = CorrectiveActions()
    async with floor_with(actions, *ROWS) as floor:
        actions.set_filter("state:open")
        await floor.happens(
            Patch(
                floor.host.picture.vital, actions={"A-3": replace(ACTION, version=2, state=ActionState.DONE)}
            )
        )
        assert "done" in floor.line("A-3")
        assert floor.line("A-3").endswith("not in filter")
