"""Corrective actions worked from the keyboard, the causes that come again, and what ends this week."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import Catalog, Staff
from core.desk import commands as desk_commands
from core.improvement.commands import add_evidence, complete_action, draft_action, revise_action
from core.improvement.model import ActionState
from core.improvement.queries import one_action
from core.security.findings.commands import accept_finding
from core.security.reviews.opening import cancel_review
from core.store.store import Store
from screens.widgets.typed_line import TypedLine
from tests.screens.at_the_keys import LEE, Desk, desk_at
from tests.screens.desk_scene import BEN, BOX
from tests.screens.findings_scene import make_findings
from tests.screens.review_scene import make_review
from tests.screens.scene import AGENT, NOW, make_night, read, settle_in, stand_still

if TYPE_CHECKING:
    from pathlib import Path

    from core.improvement.model import CorrectiveAction

MORE = {
    "category": "monitoring", "check_plan": "no full disk in March", "measure": "component:orders-files-001",
    "whys": "the disk was full\nnobody was told", "owner": "ben",
}  # fmt: skip


def _with_leads(catalog: Catalog) -> None:
    for name in ("ana", "ben", "lee"):
        catalog.staff[name] = Staff(name, name.title(), role="lead")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A night in which ben has carried A-1 out three days ago."""
    stand_still(monkeypatch)
    made = make_night(tmp_path, _with_leads)
    store = Store.at(made, now=lambda: NOW - timedelta(days=3))
    store.write(BEN, revise_action, 1, MORE)
    store.write(BEN, add_evidence, 1, "the threshold, as it is now")
    store.write(BEN, complete_action, 1)
    store.close()
    return made


def action(place: Path, number: int = 1) -> CorrectiveAction:
    return read(place, one_action, number)


async def at_actions(desk: Desk, words: str) -> None:
    await settle_in(desk.pilot, "actions")
    await desk.until_seen(words)


def fails(place: Path) -> None:
    store = Store.at(place, now=lambda: NOW - timedelta(minutes=5))
    store.write(
        AGENT, desk_commands.raise_for_failure, "orders-files-001", "orders", "full again", 2, cause=None
    )
    store.close()


async def test_one_that_works_is_closed_with_what_the_journal_says(place: Path) -> None:
    store = Store.at(place, now=lambda: NOW)
    store.write(BEN, revise_action, 1, {"measure": "component:identity-db-001"})
    store.close()
    async with desk_at(place, "actions", (170, 40)) as desk:
        await at_actions(desk, "not once since")
        for words in ("2. nobody was told", "monitoring: Seen too late", "the threshold, as it is now"):
            assert words in desk.seen, words
        await desk.press("R")
        await desk.until_seen("it works")
        await desk.write("")
        await desk.press("enter")
        await desk.until_seen("Close A-1")
        await desk.write("no alarm")
        await desk.press("tab", "tab", "enter")
        await desk.until_said("A-1: closed")
    closed = action(place)
    assert (closed.state, closed.closed_by, closed.outcome, closed.figure) == (
        ActionState.CLOSED,
        "ana",
        "no alarm",
        0,
    )


async def test_what_came_back_is_offered_as_not_working_first_and_overruled_only_with_why(
    place: Path,
) -> None:
    fails(place)
    async with desk_at(place, "actions", (170, 40)) as desk:
        await at_actions(desk, "times since")
        await desk.press("R")
        await desk.until_seen("it works all the same")
        await desk.write("all the same")
        await desk.press("enter")
        await desk.until_seen("although the same came back")
        await desk.write("a drill")
        await desk.press("f2")
        await desk.until_seen("Close A-1")
        await desk.write("it holds")
        await desk.press("tab", "tab", "enter")
        await desk.until_said("A-1: closed")
        assert not desk.app.draft_of("action.overrule:A-1")
    closed = action(place)
    assert (closed.state, closed.overruled) == (ActionState.CLOSED, "a drill")
    assert closed.figure


async def test_who_owns_it_is_told_at_the_choice_that_another_says_that_it_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_still(monkeypatch)
    made = make_night(tmp_path, _with_leads)
    store = Store.at(made, now=lambda: NOW - timedelta(days=3))
    store.write(BEN, revise_action, 1, MORE | {"owner": "ana"})
    store.write(BEN, add_evidence, 1, "the threshold, as it is now")
    store.write(BEN, complete_action, 1)
    store.close()
    async with desk_at(made, "actions", (170, 40)) as desk:
        await at_actions(desk, "A-1")
        await desk.press("R")
        await desk.until_seen("not now: ana owns it: somebody else does that")


async def test_what_the_command_would_refuse_is_said_at_the_field_while_the_form_is_open(place: Path) -> None:
    async with desk_at(place, "actions", (170, 50)) as desk:
        await at_actions(desk, "A-1")
        await desk.press("e")
        await desk.until_seen("measure: what the journal is asked")
        for field, text, words in (
            ("measure", "component:nothing", "there is no component 'nothing'"),
            ("owner", "lee", "was carried out as ben's, which stays until it is checked"),
            ("whys", "\n".join("why" for _ in range(11)), "11 whys are more than"),
        ):
            line = desk.app.screen.query_one(f"#f-{field}", TypedLine)
            before = line.value
            line.focus()
            line.put(text)
            await desk.press("f2")
            await desk.until_seen(words)
            assert desk.app.focused is line
            line.put(before)
        await desk.press("f2")
        await desk.until_said("nothing was written")


async def test_causes_lead_to_the_actions_that_nobody_has_put_into_one(place: Path) -> None:
    store = Store.at(place, now=lambda: NOW - timedelta(days=1))
    store.write(LEE, draft_action, {"deviation": "nobody knows why"})
    store.close()
    async with desk_at(place, "causes", (100, 30)) as desk:
        await settle_in(desk.pilot, "causes")
        await desk.until_seen("no category yet")
        desk.grid.go_to("-")
        await desk.press("enter")
        await desk.until(lambda: desk.app.current == "actions" and "1 of 2" in desk.seen)
        assert "A-2" in desk.seen


async def test_one_that_does_not_work_is_to_be_done_anew(place: Path) -> None:
    fails(place)
    async with desk_at(place, "actions", (170, 40)) as desk:
        await at_actions(desk, "times since")
        await desk.press("R")
        await desk.until_seen("it does not work")
        await desk.write("")
        await desk.press("enter")
        await desk.until_seen("Does not work A-1")
        await desk.write("full again")
        await desk.press("tab", "tab", "enter")
        await desk.until_said("A-1: to be done anew")
        await desk.until_seen("not effective")
    assert action(place).state is ActionState.NOT_EFFECTIVE


async def test_evidence_is_a_sentence_and_a_file_kept_by_its_digest(place: Path, tmp_path: Path) -> None:
    proof = tmp_path / "limit.conf"
    proof.write_text("limit = 7\n")
    async with desk_at(place, "actions", (170, 40)) as desk:
        await at_actions(desk, "A-1")
        await desk.press("l")
        await desk.until_seen("what it shows")
        await desk.write("the limit")
        await desk.press("enter", *str(tmp_path / "nothing"), "f2")
        await desk.until_seen("cannot be read: No such file or directory")
        assert "what it shows" in desk.seen  # the form is still open, at the field
        await desk.press("ctrl+u", *str(proof), "f2")
        await desk.until_said("evidence added to A-1")
    kept = action(place).evidence[-1]
    assert (kept.text, kept.path, len(kept.digest), kept.by) == ("the limit", str(proof), 64, "ana")


async def test_causes_that_come_again_lead_to_their_actions(place: Path) -> None:
    store = Store.at(place, now=lambda: NOW - timedelta(days=1))
    store.write(LEE, draft_action, {"deviation": "a silent probe", "category": "monitoring"})
    store.write(LEE, draft_action, {"deviation": "a wrong label", "category": "data"})
    store.close()
    async with desk_at(place, "actions", (100, 30)) as desk:
        await at_actions(desk, "A-1")
        await desk.press("x")
        await desk.until(lambda: "Seen too late" in desk.seen and "1 come again" in desk.seen)
        assert "A-2" in desk.seen
        await desk.until_seen(" in     payments-worker-002")
        await desk.press("enter")
        await desk.until(lambda: desk.app.current == "actions" and "2 of 3" in desk.seen)


async def test_what_ends_this_week_stands_in_its_order_and_opens_its_subject(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_still(monkeypatch)
    made = make_findings(tmp_path)
    store = Store.at(made, now=lambda: NOW - timedelta(days=5))
    store.write(LEE, accept_finding, 1, (NOW + timedelta(days=2)).date(), "ben", "behind the gate", BOX)
    store.write(LEE, accept_finding, 2, (NOW - timedelta(days=2)).date(), "lee", "read only", BOX)
    store.close()
    async with desk_at(made, "ends", (120, 30)) as desk:
        await settle_in(desk.pilot, "ends")
        await desk.until_seen("1 past and still in force")
        assert [each.rpartition(" ")[0] != "" for each in desk.grid.model.rows] == [True, True]
        assert desk.seen.index("F-2") < desk.seen.index("F-1 ")
        for words in ("1 end within 7 days", "ended, still in force", "read only"):
            assert words in desk.seen, words
        await desk.press("enter")
        await desk.until(lambda: desk.app.current == "findings")


async def test_one_is_drafted_from_a_finding_and_asks_whether_that_is_there_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_still(monkeypatch)
    made = make_findings(tmp_path)
    async with desk_at(made, "findings", (100, 30)) as desk:
        await settle_in(desk.pilot, "findings")
        await desk.until_seen("F-1")
        await desk.press("C")
        await desk.until_seen("corrective action from F-1")
        await desk.write("")
        await desk.press("f2")
        await desk.until_said("A-2 drafted")
    drafted = action(made, 2)
    assert (drafted.origin, str(drafted.source), drafted.measure) == ("finding", "finding:1", "finding:1")
    assert drafted.deviation == "F-1: CVE-2026-0001 in openssl of orders-files-001"


async def test_home_says_what_is_late_what_nobody_checked_and_what_is_due_next(place: Path) -> None:
    late = {"deviation": "a", "due": "2026-02-20"}
    store = Store.at(place, now=lambda: NOW - timedelta(days=1))
    store.write(LEE, draft_action, late)
    store.write(LEE, draft_action, late | {"due": "2026-03-20", "owner": "lee"})
    store.close()
    async with desk_at(place, "home", (90, 40)) as desk:
        await desk.until_seen("CORRECTIVE ACTIONS")
        title = next(line for line in desk.seen.splitlines() if "CORRECTIVE ACTIONS" in line)
        for words in ("2 open", "1 late", "1 without owner", "1 to check", "next due 2026-"):
            assert words in title, title
        await desk.pilot.resize_terminal(80, 40)
        whole = re.compile(
            r"CORRECTIVE ACTIONS  2 open   1 late   next due 2026-\d\d-\d\d   1 without owner +$",
            re.MULTILINE,
        )
        await desk.until(lambda: whole.search(desk.seen) is not None)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_home_shows_access_reviews_while_one_is_not_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    stand_still(monkeypatch)
    made = make_review(tmp_path)
    async with desk_at(made, "home", size) as desk:
        await desk.until_seen("ACCESS REVIEWS  2 not over   5 wait for you")
        for words in ("CORRECTIVE ACTIONS", "RV-1", "0 of 7", "A-1"):
            assert words in desk.seen, words
        store = Store.at(made, now=lambda: NOW)
        store.write(LEE, cancel_review, 2, "not needed", BOX)
        store.close()
        await desk.until_seen("ACCESS REVIEWS  1 not over")
