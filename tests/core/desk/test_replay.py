"""The story of an incident holds what concerns it, in order, and no more than can be played."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.desk import commands, replay
from core.desk.major.commands import declare_major, stand_down
from core.desk.replay import story_of
from core.errors import NotFound
from core.journal.model import Subject
from tests.core.desk.at_the_desk import AGENT, BOX, Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from core.store.work import Author, Work


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Desk]:
    made = Desk(place, ada)
    made.pass_(minutes=1)
    yield made
    made.store.close()


def told(component: str) -> Callable[[Work], None]:
    def tell(work: Work) -> None:
        work.record("component.changed", Subject("component", component), {"summary": ("", "x")})

    return tell


def kinds(desk: Desk, number: int = 1) -> list[str]:
    return [f"{s.entry.subject.id} {s.entry.kind}" for s in desk.store.read(story_of, number).steps]


def test_it_holds_its_own_entries_and_those_of_its_components_until_it_is_closed(desk: Desk) -> None:
    desk.do(told("web"), author=AGENT)  # before: it did not concern it yet
    number = desk.fail()
    desk.do(told("web"), author=AGENT)
    desk.do(told("bulb"), author=AGENT)  # of another one
    desk.do(commands.set_affected, "web", lambda: ["toy"], cause=None, author=AGENT)
    desk.pass_(minutes=5)
    desk.do(told("toy"), author=AGENT)
    desk.do(commands.take_incident, number)
    desk.do(commands.resolve_incident, number, "mended", BOX)
    desk.do(commands.close_incident, number, "it holds", BOX)
    desk.do(told("web"), author=AGENT)  # after: it is another story
    desk.pass_(days=1)
    desk.do(commands.note_incident, number, "the review is on Friday")
    story = desk.store.read(story_of, number)
    assert kinds(desk) == [
        "1 incident.opened", "web component.changed", "1 incident.affected", "toy component.changed", "1 incident.taken",
        "1 incident.resolved", "1 incident.closed", "1 incident.noted",
    ]  # fmt: skip
    assert (story.label, story.is_whole) == ("I-1", True)
    assert [step.gap_s for step in story.steps] == [0, 0, 0, 300, 0, 0, 0, 86400]
    assert story.since_s(story.steps[-1]) == 86700


def test_what_is_closed_and_opened_again_goes_on(desk: Desk) -> None:
    number = desk.fail()
    desk.do(commands.resolve_incident, number, "mended", BOX)
    desk.do(commands.close_incident, number, "it holds", BOX)
    desk.do(commands.reopen_incident, number, "not at all", BOX)
    desk.do(told("web"), author=AGENT)
    assert "web component.changed" in kinds(desk)


def test_a_major_one_is_told_with_who_commanded_it(desk: Desk) -> None:
    number = desk.fail()
    desk.do(declare_major, number, BOX, commander="ada")
    desk.do(stand_down, number, "over", BOX, owner="ada")
    assert [each.split()[1] for each in kinds(desk)] == [
        "incident.opened", "incident.declared", "incident.stood_down",
    ]  # fmt: skip


def test_of_more_than_can_be_played_the_first_are_and_it_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = desk.fail()
    monkeypatch.setattr(replay, "MOST", 4)
    for n in range(3):
        desk.do(commands.note_incident, number, f"note {n}")
    assert desk.store.read(story_of, number).is_whole
    for _ in range(9):
        desk.do(told("web"), author=AGENT)
    story = desk.store.read(story_of, number)
    assert (len(story.steps), story.is_whole) == (4, False)
    assert [each.entry.kind for each in story.steps][1:] == ["incident.noted"] * 3


def test_one_that_was_never_opened_has_none(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.store.read(story_of, 7)
