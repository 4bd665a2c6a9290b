"""The list of procedures and runs: what needs a person stands first, however many procedures there are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from core.catalog.model import ProcedureText
from core.catalog.queries import declared_procedures
from core.operations.model import RunState
from core.operations.queries import Run, needing_a_person
from core.timekeeping import utc_now
from screens.picture import Patch
from screens.runs import Runs
from tests.screens.run_scene import RUN
from tests.screens.view_host import NOON, ViewHost, picture_of

TEXT = '+++\ntitle = "Look"\ncomponent = "web"\neffect = "none"\n+++\n\n- [ ] Look\n'
PROCEDURES = [ProcedureText(f"look-{n:02}", f"procedures/look-{n:02}.md", TEXT) for n in range(30)]


def run(
    number: int, state: RunState, *, asks: bool = False, on: str = "", ago: timedelta | None = None
) -> Run:
    ended = utc_now() - (ago or timedelta(minutes=5))
    return replace(RUN, id=number, state=state, asks=asks, component=on or f"c{number}", ended_at=ended)


RUNS = [
    run(1, RunState.LOST), run(2, RunState.FAILED), run(3, RunState.HELD), run(4, RunState.RUNNING, asks=True),
    run(5, RunState.FAILED, ago=timedelta(days=2)), run(6, RunState.RUNNING), run(7, RunState.DONE),
    run(8, RunState.LOST, on="again"), run(9, RunState.DONE, on="again"),
]  # fmt: skip


def host() -> ViewHost:
    picture = picture_of()
    picture.apply(Patch(picture.vital, runs={each.label: each for each in RUNS}))
    return ViewHost(Runs(), picture, {declared_procedures: PROCEDURES})


def test_what_was_run_again_or_is_long_over_needs_nobody() -> None:
    assert needing_a_person(RUNS, utc_now()) == {1, 2, 3, 4}
    assert needing_a_person(RUNS, NOON) >= {1, 3, 4}


async def test_runs_that_need_a_person_stand_above_everything() -> None:
    app = host()
    view = app.shown
    assert isinstance(view, Runs)
    async with app.run_test(size=(80, 24)) as pilot:
        view.shown("")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

        assert view.grid.model.rows[:6] == ["PR-4", "PR-3", "PR-2", "PR-1", "PR-6", "look-00"]
        assert "4 need a person" in app.text()
        assert re.search(r"PR-4 +asks ", app.text())

        again = run(10, RunState.DONE, on="c1")
        app.picture.apply(patch := Patch(app.picture.vital, runs={"PR-10": again}))
        view.take_patch(patch, [])
        view.grid.merge_held()
        await pilot.pause()
        assert view.grid.model.rows[:4] == ["PR-4", "PR-3", "PR-2", "PR-6"]
