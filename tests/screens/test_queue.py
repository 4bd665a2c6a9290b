"""The queue worked from the keyboard, on a real database, at an instant that stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.desk.requests import commands
from core.desk.requests.model import Request, RequestState
from core.desk.requests.pages import PAGE
from core.desk.requests.queries import one_request
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
from tests.screens.at_the_keys import Desk, desk_at
from tests.screens.desk_scene import BEN, make_desk
from tests.screens.scene import read, settle, settle_in, stand_still

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_still(monkeypatch)
    return make_desk(tmp_path)


@pytest.fixture
def long_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_still(monkeypatch)
    return make_desk(tmp_path, more=1200)


def request(place: Path, number: int) -> Request:
    return read(place, one_request, number)


def rows(desk: Desk) -> list[str]:
    return list(desk.grid.model.rows)


async def at_queue(desk: Desk) -> None:
    await settle_in(desk.pilot, "queue")
    await desk.until(lambda: desk.grid.is_loaded)


async def test_the_most_urgent_of_nobodys_and_ones_own_stand_first(place: Path) -> None:
    async with desk_at(place, "queue", (80, 24)) as desk:
        await at_queue(desk)
        assert rows(desk) == ["R-4", "R-2", "R-1", "R-3", "R-6", "R-7"]
        assert "2 Queue·6" in desk.seen
        assert "6 of 8" in desk.seen
        assert "broken 3h" in desk.seen
        assert "respond 29m" in desk.seen
        for words in ("ID", "P", "STATE", "AGE", "DUE▲", "TITLE", "OWNER", "view unowned+mine", "wait"):
            assert words in desk.seen


async def test_the_details_follow_the_cursor(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await at_queue(desk)
        await desk.press("j", "j")
        await desk.until_seen("like")
        for words in ("Ade Adeyemi <ade@lagos.example>", "Every 5 minutes", "R-2", "they say"):
            assert words in desk.seen
        await desk.press("i")
        assert "Every 5 minutes" not in desk.seen
        await desk.press("i")
        assert "Every 5 minutes" in desk.seen


async def test_read_priority_assign_and_reply_take_at_most_eight_keys(place: Path) -> None:
    keys = ["P", "3", "A", "b", "enter", "r", "2", "enter"]
    assert len(keys) <= 8
    async with desk_at(place, "queue") as desk:
        await at_queue(desk)
        assert desk.grid.cursor_id == "R-4"
        assert "Router certificate" in desk.seen  # read: the details are there without a key
        for key in keys:
            await desk.press(key)
            await desk.pilot.pause(0.3)
        await desk.until_said("is told")
    found = request(place, 4)
    assert (found.priority, found.owner) == (3, "ben")
    assert found.told_at is not None
    store = Store.at(place)
    told = [
        entry.note
        for entry in store.read(journal.of_subject, commands.subject(4))
        if entry.kind == "request.told"
    ]
    store.close()
    assert len(told) == 1
    assert told[0].startswith("We have seen it")


async def test_what_will_be_read_is_shown_before_it_goes_and_a_digit_is_one_behind_words(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await at_queue(desk)
        await desk.press("j", "j", "r")
        await desk.write("call 112")
        assert "to: Ade Adeyemi <ade@lagos.example>" in desk.seen
        assert "from: desk@watch.example" in desk.seen
        assert "[desk R-1] VPN drops for Lagos office" in desk.seen
        assert "Answer this message to add to R-1." in desk.seen
        assert desk.seen.count("call 112") == 2
        await desk.press("escape")
        await desk.press("r")
        await desk.pilot.pause(0.3)
        assert "a draft was kept" in desk.seen
        assert desk.seen.count("call 112") == 2
    assert request(place, 1).version == 4


async def test_the_cursor_keeps_its_request_while_another_person_works(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await at_queue(desk)
        await desk.press("j")
        assert desk.grid.cursor_id == "R-2"
        store = Store.at(place)
        store.write(BEN, commands.take_request, 4)
        store.write(BEN, commands.set_priority, 7, 1)
        store.close()
        await desk.until_seen("ben")
        assert desk.grid.cursor_id == "R-2"
        await desk.until(lambda: rows(desk) == ["R-2", "R-1", "R-3", "R-7", "R-6"])
        assert desk.grid.cursor_id == "R-2"
        assert "2 Queue·5" in desk.seen


async def test_several_are_changed_together_as_shown_before_and_taken_back_with_one_key(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await at_queue(desk)
        await desk.press("space", "space", "space", "t")
        await desk.pilot.pause(0.3)
        assert "2 requests of 3 will change" in desk.seen
        assert "R-4, R-2: taken by ana (nobody had it, new)" in desk.seen
        assert "R-1 is yours already" in desk.seen
        await desk.press("tab", "enter")
        await desk.until_said("2 of 3 taken by ana")
        assert [request(place, n).owner for n in (1, 2, 4)] == ["ana", "ana", "ana"]
        await desk.press("u")
        await desk.until_said("and 1 more")
    assert [request(place, n).owner for n in (1, 2, 4)] == ["ana", "", ""]


async def test_a_macro_is_shown_before_and_taken_back_as_one(place: Path) -> None:
    async with desk_at(place, "queue", (100, 40)) as desk:
        await at_queue(desk)
        await desk.press("space", "space", "o")
        await desk.write("carrier")
        await desk.press("enter")
        await desk.pilot.pause(0.3)
        for words in (
            "2 requests of 2 will change", "R-4: the carrier again (priority 1 to 2, nobody to ana",
            "R-2: the carrier again (nobody to ana, new to in progress", "R-4 reads", "R-4 is with the carrier.",
        ):  # fmt: skip
            assert words in desk.seen
        await desk.press("tab", "enter")
        await desk.until_said("2 of 2 the carrier again")
        assert [request(place, n).state for n in (2, 4)] == [RequestState.IN_PROGRESS] * 2
        await desk.press("u")
        await desk.until_said("more")
    found = [request(place, n) for n in (2, 4)]
    assert [(each.owner, each.priority) for each in found] == [("", 2), ("", 1)]
    assert all(each.told_at is not None for each in found)


async def test_a_declared_reply_is_put_in_with_its_fields_filled_in(place: Path) -> None:
    async with desk_at(place, "queue", (100, 40)) as desk:
        await at_queue(desk)
        await desk.press("j", "r")
        await desk.pilot.pause(0.3)
        assert "1 with the carrier" in desk.seen
        await desk.press("1")
        assert "Dear Kofi Boateng," in desk.seen
        await desk.press("escape", "escape", "space", "space", "r")
        await desk.pilot.pause(0.3)
        assert "to: kofi@lagos.example, ade@lagos.example" in desk.seen
        await desk.press("1")
        assert "Dear $requester" in desk.seen
        assert "Dear Kofi Boateng" in desk.seen
        await desk.press("enter")
        await desk.pilot.pause(0.3)
        await desk.press("tab", "enter")
        await desk.until_said("2 of 2 answered")
    store = Store.at(place)
    told = [store.read(journal.of_subject, commands.subject(n))[-2].note for n in (1, 2)]
    store.close()
    assert told == [
        f"Dear {name}, R-{n} is with the carrier." for n, name in ((1, "Ade Adeyemi"), (2, "Kofi Boateng"))
    ]


async def test_a_long_queue_is_held_in_part_and_walked_to_its_end(long_place: Path) -> None:
    async with desk_at(long_place, "queue") as desk:
        await at_queue(desk)
        assert "1206 of 1208" in desk.seen
        seen = []
        for _ in range(700):
            seen.append(desk.grid.cursor_id)
            await desk.pilot.press("pagedown" if len(seen) > 20 else "j")
            await settle(desk.pilot) if len(seen) % 4 == 0 else None
            assert len(desk.grid.model.items) <= 4 * PAGE
            if desk.grid.cursor_id == seen[-1] and len(seen) > 60:
                break
        await desk.until(lambda: desk.grid.cursor_id == "R-7")
        await desk.press("g")
        await desk.until(lambda: desk.grid.cursor_id == "R-4")
        await desk.press("G")
        await desk.until(lambda: desk.grid.cursor_id == "R-7")
        await desk.press("pageup")
        assert rows(desk).index("R-7") == len(rows(desk)) - 1
        assert len(rows(desk)) <= 3 * PAGE


async def test_marks_stay_where_the_window_goes_on_and_all_of_it_can_be_marked(long_place: Path) -> None:
    async with desk_at(long_place, "queue") as desk:
        await at_queue(desk)
        await desk.press("space", "G")
        await desk.until(lambda: desk.grid.cursor_id == "R-7")
        assert desk.grid.marked == {"R-4"}
        await desk.press("space")
        assert [each.label for each in desk.app.views["queue"].requests()] == ["R-7", "R-4"]  # type: ignore[attr-defined]
        await desk.press("escape", "/", *"matter 003", "enter")
        await desk.until_seen("10 of")
        await desk.press("asterisk")
        assert len(desk.grid.marked) == 10


async def test_the_filter_looks_in_the_whole_queue_and_the_views_narrow_it(long_place: Path) -> None:
    async with desk_at(long_place, "queue") as desk:
        await at_queue(desk)
        await desk.press("/", *"vlan", "enter")
        await desk.until(lambda: rows(desk) == ["R-7"])
        await desk.press("escape")
        await desk.until(lambda: len(rows(desk)) > 100)
        await desk.press("apostrophe")
        await desk.write("waiting")
        await desk.press("enter")
        await desk.until(lambda: rows(desk) == ["R-3"])
        assert "view waiting" in desk.seen
    async with desk_at(long_place, "queue") as desk:
        await at_queue(desk)
        assert rows(desk) == ["R-3"]


async def test_the_next_one_that_is_nobodys_is_a_key_away(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await at_queue(desk)
        found = []
        for _ in range(5):
            await desk.press("N")
            found.append(desk.grid.cursor_id)
        assert found == ["R-2", "R-3", "R-6", "R-7", "R-4"]


async def test_a_request_shows_its_story_and_what_its_requester_reads_is_told_apart(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await at_queue(desk)
        await desk.press("j", "j", "enter")
        await desk.until_seen("ticket 55-1820")
        assert desk.app.current == "request"
        assert "> to them  We see it and are on it." in desk.seen
        assert "< they say We switched two users" in desk.seen
        assert "| inside   called the carrier" in desk.seen
        await desk.press("escape")
        assert desk.app.current == "queue"
        assert desk.grid.cursor_id == "R-1"


async def test_a_request_waits_is_delivered_and_closed(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await at_queue(desk)
        await desk.press("W", "c")
        await desk.write("which router?")
        await desk.press("enter", "enter")
        await desk.until_said("R-4 waits on customer")
        assert request(place, 4).state is RequestState.WAITING
        await desk.press("R")
        await desk.write("a new certificate")
        await desk.press("tab", "tab", "enter")
        await desk.until_said("R-4 delivered")
        await desk.press("colon")
        await desk.write("R-4")
        await desk.press("enter")
        await desk.until(lambda: desk.app.current == "request" and "outcome a new certificate" in desk.seen)
        await desk.press("R")
        await desk.pilot.pause(0.3)
        await desk.press("tab", "tab", "enter")
        await desk.until_said("R-4 closed")
    found = request(place, 4)
    assert (found.state, found.outcome) == (RequestState.CLOSED, "a new certificate")


async def test_who_delivers_what_changed_meanwhile_is_shown_what_changed(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await at_queue(desk)
        await desk.press("R")
        await desk.write("by hand")
        store = Store.at(place)
        store.write(BEN, commands.set_priority, 4, 2)
        store.close()
        await desk.press("tab", "tab", "enter")
        await desk.until_seen("changed since you opened it")
        assert "ben: R-4 has priority 2" in desk.seen
        await desk.pilot.pause(0.3)
        await desk.press("f2")
        await desk.until_said("R-4 delivered")
    assert request(place, 4).outcome == "by hand"


async def test_what_one_did_oneself_meanwhile_is_no_question(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await at_queue(desk)
        await desk.press("R")
        await desk.write("by hand")
        store = Store.at(place)
        store.write(Author(desk.app.person, Via.CLI, "cli:1"), commands.set_priority, 4, 2)
        store.close()
        await desk.press("tab", "tab", "enter")
        await desk.until_said("R-4 delivered")
    assert (request(place, 4).outcome, request(place, 4).priority) == ("by hand", 2)


async def test_a_new_request_is_taken_down(place: Path) -> None:
    async with desk_at(place, "queue", (100, 40)) as desk:
        await at_queue(desk)
        await desk.press("n")
        await desk.pilot.pause(0.3)
        for words in ("The door does not open", "eve@shop.example", "Eve", "orders", ""):
            await desk.press(*("space" if c == " " else c for c in words), "enter")
        await desk.press("f2")
        await desk.until_said("R-9 recorded, P3")
        await desk.until(lambda: "R-9" in rows(desk))
    assert request(place, 9).source == "phone"


async def test_a_viewer_is_told_why_and_the_go_line_goes_to_the_queue_as_it_says(place: Path) -> None:
    async with desk_at(place, "home") as desk:
        await desk.press("colon")
        await desk.write("queue vlan")
        await desk.press("enter")
        await at_queue(desk)
        await desk.until(lambda: rows(desk) == ["R-7"])
        desk.app.roles = frozenset()
        await desk.press("t")
        assert "role" in desk.said


async def test_home_shows_the_most_urgent_and_its_keys_work_on_them(place: Path) -> None:
    async with desk_at(place, "home", (80, 24)) as desk:
        home = desk.app.views["home"]
        assert "REQUESTS  5 nobody's   1 mine" in desk.seen
        home.panes["queue"].grid.focus()  # type: ignore[attr-defined]
        await settle(desk.pilot)
        await desk.press("t")
        await desk.until_said("R-4 taken by ana")
        await desk.until_seen("4 nobody's   2 mine")
        await desk.press("enter")
        await desk.until(lambda: desk.app.current == "request")


async def test_a_request_that_is_closed_keeps_its_place_until_the_cursor_leaves(place: Path) -> None:
    async with desk_at(place, "queue") as desk:
        await at_queue(desk)
        store = Store.at(place)
        store.write(BEN, commands.cancel_request, 4, "not wanted", Consent(Level.BOX))
        store.close()
        await desk.until_seen("cancelled")
        await desk.pilot.pause(0.5)  # nothing is to happen: a list that puts its rows anew would have done so
        assert desk.grid.cursor_id == "R-4"
        await desk.press("j")
        assert rows(desk)[0] == "R-2"
