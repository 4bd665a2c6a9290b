"""Access reviews worked from the keyboard, on a real database, at an instant that stands still."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from core.improvement.queries import one_action
from core.journal.model import Via
from core.security.grants.importing import Asked, note_trouble
from core.security.grants.matching import Of
from core.security.requests.commands import ask_access
from core.security.requests.model import AskState, Wish
from core.security.requests.queries import one_access_request
from core.security.reviews.model import ItemState, ReviewState
from core.security.reviews.plans import By
from core.security.reviews.queries import answers_of, one_item, one_review, staged_of
from core.store.store import Store
from core.store.work import Author
from tests.screens.at_the_keys import LEE, Desk, desk_at
from tests.screens.review_scene import make_review
from tests.screens.scene import console, read, settle_in, stand_still

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_still(monkeypatch)
    return make_review(tmp_path)


async def in_review(desk: Desk, count: int = 5) -> None:
    await settle_in(desk.pilot, "reviews")
    await desk.until(lambda: len(desk.grid.model.rows) == 2)
    desk.grid.go_to("RV-1")
    await desk.press("enter")
    await settle_in(desk.pilot, "review")
    await desk.until(
        lambda: desk.grid.is_loaded and len(desk.grid.model.rows) == count and "decided" in desk.seen
    )


async def test_without_a_number_it_says_that_none_is_chosen(place: Path) -> None:
    async with desk_at(place, "review", (80, 24)) as desk:
        await desk.until_seen("No review is chosen: enter on one of :reviews opens it.")
        assert "RV-0" not in desk.seen
        assert "no review is chosen" in desk.seen
        desk.app.go_to("review", "RV-1")
        await desk.until(lambda: desk.grid.is_loaded and len(desk.grid.model.rows) == 5)
        await desk.until_seen("Q1 ledger")
        assert "none chosen" not in desk.seen


async def test_what_waits_stands_first_and_enter_opens_its_items(place: Path) -> None:
    async with desk_at(place, "reviews", (100, 30)) as desk:
        await settle_in(desk.pilot, "reviews")
        await desk.until(lambda: list(desk.grid.model.rows) == ["RV-1", "RV-2"])
        for words in ("5 wait for you", "open, stage 1 of 1", "0 of 7", "Q1 ledger"):
            assert words in desk.seen, words
        await in_review(desk)
        items: Any = desk.grid.model.items
        principals = [items[row].principal for row in desk.grid.model.rows]
        assert principals[:3] == ["c.dube", "b.koch", "svc-etl"]
        view: Any = desk.app.views["review"]
        assert view.crumbs() == (
            "Reviews",
            "Q1 ledger",
            "RV-1 yours",
        )  # the last is what narrow terminals show
        assert "privileged" in desk.seen


async def test_keys_stage_move_on_and_nothing_is_said_until_it_is_written_out(place: Path) -> None:
    async with desk_at(place, "reviews", (120, 34)) as desk:
        await in_review(desk)
        await desk.press("a")  # privileged: asks why
        await desk.until_seen("why it is needed")
        await desk.write("runs the cutover")
        await desk.press("f2")
        await desk.until_said("RI-3 keep is staged")
        await desk.until(lambda: desk.grid.cursor_id == "RI-2")
        await desk.press("V")
        await desk.until_seen("why it is revoked")
        await desk.write("left in March")
        await desk.press("f2")
        await desk.until_said("RI-2 revoke is staged")
        await desk.until(lambda: desk.grid.cursor_id == "RI-5")
        await desk.press("j", "a", "a")
        await desk.until_seen("3 keep, 1 revoke")
        assert read(place, answers_of, [1, 2, 3, 4]) == []
        await desk.press("W")
        await desk.until_seen("Say 4 decisions of RV-1 Q1 ledger")
        shown = " ".join(desk.seen.split())
        assert "RI-2 b.koch: ledger-write on component:web: left in March" in shown
        assert re.search(r"keep RI-3 \S+: \S+ on component:web: runs the cutover", shown), shown
        await desk.write("")
        await desk.press("right", "enter")
        await desk.until_said("4 decisions said, 1 of them changes something")
        await desk.until_seen("4 of 7 decided")
    said = read(place, answers_of, [1, 2, 3, 4])
    assert sorted((each.item, str(each.decision), each.reason) for each in said) == [
        (1, "keep", ""), (2, "revoke", "left in March"), (3, "keep", "runs the cutover"), (4, "keep", ""),
    ]  # fmt: skip


async def test_where_there_is_little_room_how_one_decides_is_said_in_brief_and_whole(place: Path) -> None:
    async with desk_at(place, "reviews", (80, 24)) as desk:
        await in_review(desk)
        await desk.press("j", "V")
        await desk.until_seen("why it is revoked")
        await desk.write("left in March")
        await desk.press("f2")
        await desk.until_said("revoke is staged")
        await desk.press("j", "a", "a")
        await desk.until_seen("2 keep, 1 revoke")
        await desk.until(lambda: re.search(r"0 of 7 decided .* you: .*33% change", desk.seen) is not None)


async def test_several_are_kept_at_once_but_for_what_is_privileged(place: Path) -> None:
    async with desk_at(place, "reviews", (120, 34)) as desk:
        await in_review(desk)
        await desk.press("asterisk")
        await desk.until(lambda: len(desk.grid.marked) == 5)
        await desk.press("a")
        await desk.until_said("4 of 5 staged as keep; not RI-3: it is privileged: it is decided by itself")
        assert read(place, staged_of, 1, "ana").keep == 4
        await desk.press("K")
        await desk.until_said("taken back")
        assert read(place, staged_of, 1, "ana").total == 0


async def test_what_is_known_stands_beside_the_row(place: Path) -> None:
    async with desk_at(place, "reviews", (120, 34)) as desk:
        await in_review(desk)
        await desk.until_seen("nobody else has it")
        known = 'granted; by lee for "migration weekend", with no end, answered for by ana'
        assert f"grant {known}" in " ".join(desk.seen.split())
        assert "never reviewed" in desk.seen
        await desk.press("C")
        await desk.until_seen("the day on which it is to end")
        await desk.write("2026-04-30")
        await desk.press("enter")
        await desk.write("only until the cutover")
        await desk.press("f2")
        await desk.until_said("RI-3 change is staged")


async def test_a_lead_leads_it_from_the_list(place: Path) -> None:
    async with desk_at(place, "reviews", (120, 34)) as desk:
        await settle_in(desk.pilot, "reviews")
        await desk.until(lambda: len(desk.grid.model.rows) == 2)
        desk.grid.go_to("RV-2")
        await desk.press("S")
        assert "RV-2 is draft" in desk.said
        await desk.write("")
        await desk.press("B")
        await desk.until_seen("Begin RV-2 Q2 ledger")
        await desk.write("")
        await desk.press("right", "enter")
        await desk.until_said("RV-2 is open")
        desk.grid.go_to("RV-1")
        await desk.write("")
        await desk.press("C")
        await desk.until_said("nothing of RV-1 is settled yet: S closes its stage first")
        desk.app._no_box_at = None  # a while later
        await desk.press("S")
        await desk.until_seen("why it ends before its time")
        await desk.write("all are asked")
        await desk.press("tab", "right", "enter")
        await desk.until_said("the stage has ended")
    assert read(place, one_review, 2).state is ReviewState.OPEN
    assert read(place, one_item, 1).state is ItemState.OPEN
    assert read(place, one_review, 1).stage == 99


async def test_a_long_review_is_walked_to_its_end_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_still(monkeypatch)
    place = make_review(tmp_path, more=900)
    async with desk_at(place, "reviews", (100, 30)) as desk:
        await settle_in(desk.pilot, "reviews")
        await desk.until(lambda: len(desk.grid.model.rows) == 2)
        await desk.press("enter")
        await desk.until(lambda: desk.app.current == "review" and desk.grid.cursor_id == "RI-3")
        await desk.press("G")
        await desk.until(lambda: desk.grid.cursor_id == "RI-907")
        assert len(desk.grid.model.items) < 600
        await desk.press("a")
        await desk.until_said("RI-907 keep is staged")
        await desk.press("g")
        await desk.until(lambda: desk.grid.cursor_id == "RI-3")


async def test_access_is_approved_by_another(place: Path) -> None:
    store = Store.at(place)
    store.write(
        Author("ben", Via.CONSOLE, "s"),
        ask_access,
        Wish("ben", "hosts", "ben", "root", "service:orders", "the disk is full", 2),
    )
    store.close()
    async with desk_at(place, "access-requests", (120, 30)) as desk:
        await settle_in(desk.pilot, "access-requests")
        await desk.until(
            lambda: list(desk.grid.model.rows) == ["AQ-1"] and "1 wait for an answer" in desk.seen
        )
        await desk.press("V")
        await desk.until_seen("Approve AQ-1")
        await desk.write("go on")
        await desk.press("tab", "right", "enter")
        await desk.until_said("AQ-1: approve")
    assert read(place, one_access_request, 1).state is AskState.APPROVED


async def pick(desk: Desk, title: str, typed: str) -> None:
    await desk.until(lambda: title in desk.seen)
    await desk.write(typed)
    await desk.press("enter")


async def test_a_lead_with_rights_in_a_review_is_told_who_judges_it(place: Path) -> None:
    async with desk_at(place, "reviews", (120, 40)) as desk:
        await settle_in(desk.pilot, "reviews")
        await desk.until(lambda: len(desk.grid.model.rows) == 2)
        desk.grid.go_to("RV-1")
        view: Any = desk.app.views["reviews"]
        why = "it asks about 1 right of your own (RI-6); fay, lee can"
        await desk.until(lambda: view.why_not("review.cancel") == why)
        desk.grid.go_to("RV-2")
        await desk.until(lambda: view.why_not("review.cancel") is None)


async def begin_draft(desk: Desk, first: str, *then: str) -> None:
    """Opens the form of a new review, once it is said who is asked in its stages."""
    await settle_in(desk.pilot, "reviews")
    await desk.until(lambda: len(desk.grid.model.rows) == 2)
    await desk.press("n")
    await pick(desk, "who is asked about each grant", first)
    for stage, who in enumerate(then, 2):
        await pick(desk, f"who is asked then, in stage {stage}", who)
    await desk.until_seen("new access review")


async def test_a_review_of_several_stages_is_drafted(place: Path) -> None:
    async with desk_at(place, "reviews", (120, 40)) as desk:
        await begin_draft(desk, "owner", "lead", "nobody")
        await desk.write("Twice over")
        await desk.press("enter", "enter")
        await desk.press("ctrl+u")
        await desk.write("7")
        await desk.press("enter", "enter", "enter", "enter")
        await desk.press("ctrl+u")
        await desk.write("agent")
        await desk.press("f2")
        await desk.until_said("RV-3 is drafted")
    drafted = read(place, one_review, 3)
    assert [(each.by, each.days, each.rule) for each in drafted.plan.stages] == [
        (By.OWNER, 7, "one revoke revokes"), (By.LEAD, 14, "one revoke revokes"),
    ]  # fmt: skip
    assert (drafted.plan.last, drafted.plan.is_suspended_by_agent) == (("ana",), True)


async def test_what_a_draft_cannot_be_is_said_at_its_field_before_the_box_closes(place: Path) -> None:
    async with desk_at(place, "reviews", (120, 40)) as desk:
        await begin_draft(desk, "named", "nobody")
        await desk.write("Hosts")
        await desk.press("enter", "enter")
        await desk.write("annna")
        await desk.press("f2")
        await desk.until_seen("'annna' is not declared as staff. Did you mean \"ana\"?")
        focused: Any = desk.app.focused
        assert focused.id == "f-people1"
        await desk.press("ctrl+u")
        await desk.write("ben")
        await desk.press("f2")
        await desk.until_said("RV-3 is drafted")
    assert read(place, one_review, 3).plan.stages[0].people == ("ben",)


async def test_access_is_asked_for_in_a_source_that_there_is(place: Path) -> None:
    store = Store.at(place)
    store.write(LEE, note_trouble, "passwd", Asked(Of("hosts", "service:orders")), "cannot be read")
    store.close()
    async with desk_at(place, "access-requests", (120, 40)) as desk:
        await settle_in(desk.pilot, "access-requests")
        await desk.press("n")
        await pick(desk, "which source has the right", "hosts")
        await desk.until_seen("ask for access in hosts")
        await desk.write("admin")
        await desk.press("enter", "enter", "enter", "enter", "enter")
        await desk.write("the disk is full")
        await desk.press("f2")
        await desk.until_said("AQ-1 is asked; a lead answers")
    wish = read(place, one_access_request, 1).wish
    assert (wish.source, wish.entitlement, wish.on, wish.reason) == (
        "hosts", "admin", "service:orders", "the disk is full",
    )  # fmt: skip


async def test_evidence_is_written_into_a_file_and_over_one_only_once_that_is_confirmed(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "RV-1.zip"
    async with desk_at(place, "reviews", (120, 40)) as desk:
        await in_review(desk)
        await desk.press("x")
        await desk.until_seen("evidence of RV-1")
        await desk.write("")
        await desk.press("f2")
        await desk.until_said(f"evidence of RV-1: {made}")
        first = made.read_bytes()
        made.write_bytes(b"somebody's own")
        await desk.press("x")
        await desk.until_seen("the file it is written to")
        await desk.press("f2")
        await desk.until_seen("Write over RV-1.zip")
        await desk.press("escape")
        assert made.read_bytes() == b"somebody's own"
        await desk.press("x")
        await desk.until_seen("the file it is written to")
        await desk.press("f2")
        await desk.until_seen("Write over RV-1.zip")
        await desk.write("")
        await desk.press("right", "enter")
        await desk.until(lambda: made.read_bytes() == first)


async def test_evidence_that_cannot_be_written_is_said_and_nothing_is_left(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with desk_at(place, "reviews", (120, 40)) as desk:
        await settle_in(desk.pilot, "reviews")
        await desk.until(lambda: len(desk.grid.model.rows) == 2)
        await desk.press("x")
        await desk.until_seen("the file it is written to")
        await desk.press("ctrl+u")
        await desk.write(str(tmp_path / "nowhere" / "RV-1.zip"))
        await desk.press("f2")
        await desk.until_said("cannot be written: No such file or directory")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
def test_picture(place: Path, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    async def look(pilot: Pilot[int]) -> None:
        desk = Desk(pilot, pilot.app)  # type: ignore[arg-type]
        await in_review(desk)
        await desk.press("j", "j", "a", "k", "k", "k")
        await desk.until(lambda: "staged 1 keep" in desk.seen and "nobody else has it" in desk.seen)
        await settle_in(pilot, "review")

    assert snap_compare(console(place, "reviews"), terminal_size=size, run_before=look)


async def test_a_corrective_action_is_drafted_from_a_review_and_from_an_item_of_it(place: Path) -> None:
    async with desk_at(place, "reviews", (100, 40)) as desk:
        await settle_in(desk.pilot, "reviews")
        await desk.until(lambda: list(desk.grid.model.rows) == ["RV-1", "RV-2"])
        await desk.press("D")
        await desk.until_seen("corrective action from RV-1")
        await desk.write("")
        await desk.press("f2")
        await desk.until_said("A-2 drafted")
        await in_review(desk)
        await desk.press("D")
        await desk.until_seen("corrective action from RV-1")
        await desk.write("")
        await desk.press("f2")
        await desk.until_said("A-3 drafted")
    whole, of_item = (read(place, one_action, number) for number in (2, 3))
    assert (whole.origin, str(whole.source), whole.deviation) == ("review", "review:1", "RV-1: Q1 ledger")
    assert of_item.deviation.startswith("RV-1: Q1 ledger: c.dube: ledger-admin on ")
