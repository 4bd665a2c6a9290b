"""What a wide terminal shows beside the list or the time line, and that it is true."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.desk.escalation.queries import escalation_of
from core.desk.links.queries import links_of
from core.desk.model import Incident, IncidentState
from core.journal.model import Entry, Subject, Via
from core.journal.queries import of_subject
from core.monitoring.model import State
from core.monitoring.queries import first_probe_minutes
from screens import board_rows, runs
from screens.board import Board
from screens.incident import IncidentView
from screens.list_view import beside_width
from screens.picture import Patch
from screens.widgets.columns import fit
from tests.screens.run_scene import RUN
from tests.screens.view_host import NOON, ViewHost, board_row, picture_of

ROWS = (
    board_row("front", State.UNREACHABLE, needs=["store"]), board_row("store", State.CRITICAL, needs=["disk"]), board_row("disk"),
)  # fmt: skip
INCIDENT = Incident(
    id=7, version=1, component="store", service="shop", severity=2, state=IncidentState.OPEN, title="store is down",
    owner="", opened_at=NOON, opened_by="agent", affected=("front",),
)  # fmt: skip


def changed(seq: int, after: str) -> Entry:
    named = Subject("component", "store")
    return Entry(
        seq, NOON + timedelta(minutes=seq), "agent", Via.AGENT, "component.changed", named, {"state": ("ok", after)}
    )  # fmt: skip


async def test_the_board_has_dependencies_and_the_newest_entries_first_beside_it() -> None:
    picture = picture_of(*ROWS)
    picture.add_entries([changed(1, "warning"), changed(2, "critical")])
    board = Board()
    host = ViewHost(board, picture, {first_probe_minutes: {}})
    async with host.run_test(size=(200, 50)) as pilot:
        board.shown("store")
        await pilot.pause()
        text = host.text()
        assert "needs        ● OK     disk" in text
        assert "needed by    ◇ UNRCH  front" in text
        assert text.index("store is critical") < text.index("store is warning")

        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "entries, newest first" not in host.text()
        assert "needs ● disk" in host.text()


async def test_an_incident_has_its_components_runs_and_actions_beside_its_time_line() -> None:
    picture = picture_of(*ROWS)
    run = replace(RUN, incident=7, component="store")
    picture.apply(Patch(picture.vital, incidents={"I-7": INCIDENT}, runs={"PR-1": run}))
    view = IncidentView()
    host = ViewHost(view, picture, {of_subject: [], escalation_of: None, links_of: []})
    async with host.run_test(size=(200, 50)) as pilot:
        view.shown("I-7")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        text = host.text()
        assert "root         ■ CRIT   store" in text
        assert "affected     ◇ UNRCH  front" in text
        assert text.count("Restart it") == 1
        assert "PR-1   done      Restart it" in text
        assert "none yet; C drafts one" in text

        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "affected " not in host.text()
        assert "runs PR-1 Restart it: done" in host.text()


@pytest.mark.parametrize("width", [80, 119, 200])
def test_names_of_components_and_procedures_have_room_before_what_is_said_of_them(width: int) -> None:
    board = {field.column.id: field.width for field in fit(board_rows.COLUMNS, width)}
    assert board["component"] >= len("orders-scheduler-002")
    listed = {field.column.id: field.width for field in fit(runs.COLUMNS, width)}
    assert listed["id"] >= len("orders-worker-restart")


@pytest.mark.parametrize(("wanted", "width"), [(40, 80), (119, 80), (130, 69), (139, 60), (300, 60)])
def test_the_details_beside_a_list_take_what_its_columns_leave(wanted: int, width: int) -> None:
    assert beside_width(200, wanted) == width
