"""Problems and major incidents from the keyboard, on a real database, at an instant that stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.major import commands as major
from core.desk.problems import commands as problems
from core.desk.problems.model import ProblemState
from core.desk.problems.queries import one_problem
from core.desk.queries import one_incident
from core.gate.model import Consent, Level
from core.store.store import Store
from screens.widgets.glyphs import ASCII, UNICODE
from tests.screens.at_the_keys import desk_at
from tests.screens.scene import ANA, NOW, read

if TYPE_CHECKING:
    from pathlib import Path

    from core.desk.model import Incident
    from core.desk.problems.model import Problem

BOX = Consent(Level.BOX)


def problem(night: Path) -> Problem:
    return read(night, one_problem, 1)


def incident(night: Path) -> Incident:
    return read(night, one_incident, 2)


def is_known(night: Path) -> None:
    store = Store.at(night, now=lambda: NOW)
    component = store.read(one_incident, 2).component
    fields = {
        "title": "the disk fills",
        "component": component,
        "cause": "no rotation",
        "workaround": "empty it",
    }
    store.write(ANA, problems.open_problem, fields)
    store.write(ANA, problems.make_known, 1, "", "")
    store.close()


async def test_a_problem_is_opened_from_an_incident_made_known_and_solved(night: Path) -> None:
    async with desk_at(night, "incidents", (80, 24)) as desk:
        await desk.press("L")
        await desk.until_seen("a new one")
        await desk.press("enter")
        await desk.until_seen("new problem from I-2")
        await desk.press("f2")
        await desk.until_said("P-1 opened")
        assert incident(night).problem == 1
        desk.app.go_to("problems")
        await desk.until_seen("to be written before it is a known error: cause, workaround")
        await desk.press("E")
        await desk.until_seen("P-1 is a known error")
        await desk.write("no rotation")
        await desk.press("down")
        await desk.write("empty the log")
        await desk.press("f2")
        await desk.until_said("its workaround is offered from now on")
        assert problem(night).workaround == "empty the log"
        await desk.until_seen("known error")
        await desk.press("R")
        await desk.until_seen("how it was mended:")
        await desk.write("rotation each day")
        await desk.press("tab", "tab", "enter")
        await desk.until_said("P-1: solved")
        assert problem(night).state is ProblemState.SOLVED


async def test_the_workaround_of_a_known_error_is_offered_and_it_is_linked(night: Path) -> None:
    is_known(night)
    async with desk_at(night, "incidents", (80, 24)) as desk:
        await desk.until_seen("known error P-1 the disk fills   L links it")
        await desk.until_seen("try first empty it")
        await desk.press("enter")
        await desk.until_seen("try first empty it")
        await desk.press("L")
        await desk.until_seen("the problem behind I-2")
        await desk.press("enter")
        await desk.until_said("I-2 comes from P-1")
        assert incident(night).problem == 1
        await desk.press("u")
        await desk.until_said("taken back")
        assert incident(night).problem is None


async def test_notes_stand_on_the_time_line_of_their_problem(night: Path) -> None:
    is_known(night)
    async with desk_at(night, "problems", (80, 24)) as desk:
        await desk.until_seen("what was told of it, newest first")
        await desk.until_seen("ana opened: the disk fills")
        assert "noted" not in desk.seen
        store = Store.at(night, now=lambda: NOW)
        store.write(ANA, problems.note_problem, 1, "it stalls\nat ten past two")
        store.close()
        await desk.until_seen("ana noted: it stalls")
        await desk.until_seen("at ten past two")


async def test_a_major_incident_is_marked_everywhere_and_stood_down(night: Path) -> None:
    mark = f"{UNICODE.major} MAJOR"
    async with desk_at(night, "incidents", (80, 24)) as desk:
        assert mark not in desk.seen
        await desk.press("M")
        await desk.until_seen("one commands, who waits hears in a rhythm")
        await desk.press("enter")
        await desk.until_seen("I-2 declare a major incident")
        await desk.press("f2")
        await desk.until_said("I-2 is a major incident")
        await desk.until_seen(f"{mark} I-2")
        assert f"{mark} Load bal" in desk.seen or desk.seen.count(mark) >= 3
        for view in ("home", "board", "queue", "log", "problems"):
            desk.app.go_to(view)
            await desk.pilot.pause(0.2)
            assert f"{mark} I-2" in desk.seen.splitlines()[0], view
        desk.app.go_to("incident", "I-2")
        await desk.until_seen("commands; who waits is told every 30 min")
        await desk.press("M")
        await desk.until_seen("it is no major incident any more")
        await desk.press("down", "enter")
        await desk.until_seen("why it is over")
        await desk.write("orders flow again")
        await desk.press("f2")
        await desk.until_said("I-2 is stood down; its review is owed")
        found = incident(night).major
        assert found is not None
        assert (found.is_on, found.review) == (False, "owed")
        await desk.until_seen("was a major incident: stood down; its review is owed")


async def test_a_wall_and_plain_characters_show_it_too(night: Path) -> None:
    store = Store.at(night, now=lambda: NOW)
    store.write(ANA, major.declare_major, 2, BOX)
    store.close()
    async with desk_at(night, "board", (60, 16)) as desk:
        await desk.until_seen(f"{UNICODE.major} MAJOR I-2")
        desk.app.go_to("wall")
        await desk.pilot.pause(0.2)
        await desk.until_seen(f"{UNICODE.major} MAJOR I-2")
    assert ASCII.major.isascii()
