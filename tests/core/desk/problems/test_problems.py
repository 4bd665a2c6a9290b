"""Problems: opened, made known, solved, closed, reopened; offered, suggested, taken back, and as of every entry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from core.desk import commands as incidents
from core.desk.as_of import some_incidents_at
from core.desk.problems import commands
from core.desk.problems.as_of import CHANGES_PROBLEMS, problems_at, some_problems_at
from core.desk.problems.model import FOLLOWS, Problem, ProblemState, offered_for
from core.desk.problems.queries import incidents_of, known_errors_of, one_problem, problems, recurring
from core.desk.queries import one_incident
from core.errors import BadInput, Moved, NotFound, NotPossible
from core.gate.model import AT_ONCE
from core.gate.undo import last_undoable, take_back
from core.journal.past import changing
from core.journal.queries import newest, page
from core.journal.wording import sentence
from core.restorers import RESTORERS
from tests.core.desk.at_the_desk import AGENT, BOX, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.work import Author

CAUSE, ROUND = "the log fills the disk", "empty the log by its procedure"


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Desk]:
    made = Desk(place, ada)
    yield made
    made.store.close()


def known(desk: Desk, number: int) -> Problem:
    desk.do(commands.open_problem, {}, [number])
    return desk.do(commands.make_known, 1, CAUSE, ROUND)


def fail_and_close(desk: Desk, component: str = "web") -> int:
    number = desk.fail(component)
    desk.do(incidents.clear_after_recovery, component, cause=None, author=AGENT)
    desk.do(incidents.close_incident, number, "came back", BOX)
    desk.pass_(hours=5)
    return number


def test_a_problem_opened_from_an_incident_takes_what_it_is_about(desk: Desk) -> None:
    first, second = fail_and_close(desk), desk.fail()
    opened = desk.do(commands.open_problem, {"owner": "ada"}, [first, second])
    assert (opened.label, opened.state, opened.component, opened.service) == ("P-1", "open", "web", "shop")
    assert (opened.title, opened.owner, opened.incidents) == ("it is down", "ada", 2)
    assert [each.id for each in desk.store.read(incidents_of, 1)] == [second, first]
    told = [sentence(entry) for entry in desk.store.read(page, limit=3)]
    assert told == [f"I-{second} comes from P-1", f"I-{first} comes from P-1", "P-1 opened: it is down"]
    cause = {entry.kind: entry.cause for entry in desk.store.read(page, limit=3)}
    assert cause["incident.problem_set"] is not None  # the opening led to it


def test_it_needs_a_title_and_fields_that_there_are(desk: Desk) -> None:
    with pytest.raises(BadInput, match="needs a title"):
        desk.do(commands.open_problem, {"cause": "x"})
    with pytest.raises(BadInput, match="'colour'"):
        desk.do(commands.open_problem, {"title": "x", "colour": "red"})
    with pytest.raises(NotFound):
        desk.do(commands.open_problem, {"title": "x"}, [7])
    assert desk.store.read(problems, over=True) == []


def test_a_known_error_has_a_cause_and_a_workaround_and_keeps_them(desk: Desk) -> None:
    desk.do(commands.open_problem, {"title": "web dies", "cause": CAUSE})
    with pytest.raises(BadInput, match="not written: workaround"):
        desk.do(commands.make_known, 1, "", "")
    assert desk.do(commands.make_known, 1, "", ROUND).cause == CAUSE
    with pytest.raises(NotPossible, match="its workaround cannot be taken away"):
        desk.do(commands.revise_problem, 1, {"workaround": " "})
    assert desk.do(commands.revise_problem, 1, {"workaround": "restart"}).workaround == "restart"


def test_its_life(desk: Desk) -> None:
    known(desk, desk.fail())
    with pytest.raises(BadInput, match="how it was mended"):
        desk.do(commands.solve_problem, 1, "", BOX)
    solved = desk.do(commands.solve_problem, 1, "the log turns over", BOX)
    assert (solved.state, solved.solved_by) == (ProblemState.SOLVED, "ada")
    again = desk.do(commands.reopen_problem, 1, "it was full again", BOX)
    assert (again.state, again.workaround, again.solved_at) == (ProblemState.KNOWN_ERROR, ROUND, None)
    desk.do(commands.solve_problem, 1, "a disk of its own", BOX)
    closed = desk.do(commands.close_problem, 1, "nothing for a month", BOX)
    assert (closed.state, closed.closed_by, closed.outcome) == ("closed", "ada", "nothing for a month")
    with pytest.raises(NotPossible, match="P-1 is closed"):
        desk.do(commands.revise_problem, 1, {"title": "x"})
    with pytest.raises(NotPossible, match="it cannot become solved"):
        desk.do(commands.solve_problem, 1, "x", BOX)
    assert desk.store.read(problems) == []
    assert [each.id for each in desk.store.read(problems, over=True)] == [1]


def test_no_state_is_a_dead_end() -> None:
    assert set(FOLLOWS) == set(ProblemState)
    assert all(FOLLOWS.values())


@pytest.mark.parametrize("command", [commands.solve_problem, commands.close_problem])
def test_what_ends_it_is_asked_first_and_binds_to_what_was_seen(desk: Desk, command: Any) -> None:
    seen = desk.do(commands.open_problem, {"title": "web dies"}).version
    with pytest.raises(BadInput, match="asks to be confirmed"):
        desk.do(command, 1, "so", AT_ONCE)
    desk.do(commands.revise_problem, 1, {"cause": CAUSE}, seen)
    with pytest.raises(Moved, match="ada revised"):
        desk.do(command, 1, "so", BOX, seen)


def test_the_workaround_is_offered_where_the_component_fails_again(desk: Desk) -> None:
    known(desk, fail_and_close(desk))
    again, other = desk.fail(), desk.fail("bulb")

    def offers(number: int) -> list[str]:
        incident = desk.store.read(one_incident, number)
        return [each.label for each in offered_for(incident, desk.store.read(known_errors_of, incident))]

    assert offers(again) == ["P-1"]
    assert offers(other) == []
    desk.do(commands.link_incident, other, 1)
    assert offers(other) == ["P-1"]  # somebody said that it comes from it
    desk.do(commands.open_problem, {"title": "another"}, [again])
    assert offers(again) == []  # it has another cause
    desk.do(commands.link_incident, again, None)
    desk.do(commands.solve_problem, 1, "mended", BOX)
    assert offers(again) == []


def test_three_of_one_component_in_a_week_suggest_a_problem(desk: Desk) -> None:
    numbers = [fail_and_close(desk) for _ in range(2)]
    fail_and_close(desk, "bulb")
    assert desk.store.read(recurring, desk.now) == []
    numbers.append(fail_and_close(desk))
    (found,) = desk.store.read(recurring, desk.now)
    assert (found.component, found.service, found.incidents) == ("web", "shop", tuple(numbers))
    assert found.words == "3 incidents of web in 7 days, and no problem is open for it"
    desk.pass_(days=7)
    assert desk.store.read(recurring, desk.now) == []  # the first is longer ago
    for _ in range(3):
        fail_and_close(desk)
    desk.do(commands.open_problem, {"title": "web", "component": "web"})
    assert desk.store.read(recurring, desk.now) == []  # somebody looks for the cause


def test_an_incident_may_be_linked_when_it_is_closed_but_not_twice_nor_to_a_closed_one(desk: Desk) -> None:
    number = fail_and_close(desk)
    desk.do(commands.open_problem, {"title": "web"})
    assert desk.do(commands.link_incident, number, 1).problem == 1
    with pytest.raises(NotPossible, match="belongs to P-1 already"):
        desk.do(commands.link_incident, number, 1)
    assert desk.do(commands.link_incident, number, None).problem is None
    desk.do(commands.close_problem, 1, "no problem after all", BOX)
    with pytest.raises(NotPossible, match="P-1 is closed"):
        desk.do(commands.link_incident, number, 1)


def test_opening_one_is_taken_back_with_its_links(desk: Desk) -> None:
    number = desk.fail()
    desk.do(commands.open_problem, {}, [number])
    entry = desk.store.read(last_undoable, RESTORERS, "ada", desk.now)
    assert entry is not None
    desk.do(take_back, RESTORERS, entry.seq)
    assert desk.store.read(one_problem, 1).outcome == "taken back"
    assert desk.store.read(one_incident, number).problem is None


@pytest.mark.parametrize(
    ("command", "args"),
    [
        (commands.make_known, (1, CAUSE, ROUND)),
        (commands.revise_problem, (1, {"title": "other", "owner": "bob"})),
    ],
)
def test_what_acts_at_once_is_taken_back(desk: Desk, command: Any, args: Any) -> None:
    before = desk.do(commands.open_problem, {"title": "web"})
    desk.do(command, *args)
    entry = desk.store.read(last_undoable, RESTORERS, "ada", desk.now)
    assert entry is not None
    desk.do(take_back, RESTORERS, entry.seq)
    assert replace(desk.store.read(one_problem, 1), version=1) == before


def test_every_past_moment_is_what_the_rows_were(desk: Desk) -> None:
    number = desk.fail()
    story: list[tuple[Any, ...]] = [
        (commands.open_problem, {"title": "web"}, [number]),
        (commands.open_problem, {"title": "other", "component": "bulb"}),
        (commands.make_known, 1, CAUSE, ROUND),
        (commands.note_problem, 1, "seen in the log"),
        (commands.solve_problem, 1, "mended", BOX),
        (commands.close_problem, 2, "none", BOX),
        (commands.reopen_problem, 1, "again", BOX),
        (commands.link_incident, number, None),
    ]
    was = []
    for command, *args in story:
        desk.do(command, *args)
        found = [replace(each, version=1, incidents=0) for each in desk.store.read(problems, over=True)]
        incident = replace(desk.store.read(one_incident, number), version=1, due=None)
        was.append((desk.store.read(newest).seq, found, incident))
        desk.pass_(minutes=1)
    for seq, found, incident in was:
        assert desk.store.read(problems_at, seq) == found
        assert desk.store.read(some_problems_at, [2], seq) == [each for each in found if each.id == 2]
        assert desk.store.read(some_incidents_at, [number], seq) == [incident]
    last = desk.store.read(changing, CHANGES_PROBLEMS, before=was[-1][0] + 1)
    assert last is not None
    assert last.kind == "problem.reopened"
