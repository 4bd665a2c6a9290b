"""Who did it does not judge it, and the journal is asked before anything is called effective."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.catalog.improvement import Improvement
from core.catalog.model import Catalog, Component, Staff
from core.errors import BadInput, NotPermitted, NotPossible
from core.improvement import checking, commands
from core.improvement.model import ActionState, Origin, Step
from core.improvement.signs import figure_of
from core.journal.model import Subject, Via
from core.journal.queries import of_subject
from core.store.work import Author
from tests.core.improvement.actions import BOX, LEA, LUKE, STAFF, WRITTEN

if TYPE_CHECKING:
    from tests.core.improvement.actions import House


def test_who_owns_it_or_carried_it_out_does_not_close_it(house: House) -> None:
    house.declare(staff=(*STAFF, Staff("max", "Max", login="mmax", role="lead")))
    number = house.carried_out(owner="max", by=LUKE)
    mmax = Author("mmax", Via.CONSOLE, "seat-max")
    for author, said in ((LUKE, "luke carried it out"), (mmax, "mmax owns it")):
        with pytest.raises(NotPermitted, match=said):
            house.do(checking.close_action, number, "it works", BOX, author=author)
    assert house.do(checking.close_action, number, "it works", BOX, author=LEA).closed_by == "lea"


def test_where_nobody_else_is_declared_who_did_it_closes_it_and_that_is_kept(house: House) -> None:
    house.declare(staff=(Staff("ada", "Ada", role="admin"), Staff("bob", "Bob")))
    number = house.carried_out()
    house.do(checking.close_action, number, "it works", BOX)
    last = house.store.read(of_subject, Subject("action", str(number)))[-1]
    assert (last.kind, last.note) == ("action.closed", "by who did it: nobody else is declared who could")


def test_what_came_back_is_not_effective_unless_somebody_says_why(house: House) -> None:
    house.fails("door")
    number = house.carried_out()
    house.pass_(hours=1)
    house.fails("door")
    found = house.store.read(figure_of, house.one(number))
    assert found is not None
    assert found.words == "not once since 2026-11-23 09:00Z"
    with pytest.raises(BadInput, match="nothing came back"):
        house.do(checking.close_action, number, "it works", BOX, author=LEA, overrule="a drill")
    incident = house.fails()
    found = house.store.read(figure_of, house.one(number))
    assert found is not None
    assert (found.times, found.last) == (1, (Subject("incident", str(incident)),))
    with pytest.raises(NotPossible, match=f"the same came back 1 time .* \\(I-{incident}\\)"):
        house.do(checking.close_action, number, "it works", BOX, author=LEA)
    closed = house.do(
        checking.close_action, number, "it works", BOX, author=LEA, overrule="a drill pulled the plug"
    )
    assert (closed.state, closed.figure, closed.overruled) == (
        ActionState.CLOSED,
        1,
        "a drill pulled the plug",
    )


def test_one_that_does_not_work_is_to_be_done_anew(house: House) -> None:
    number = house.carried_out()
    refuted = house.do(checking.refute_action, number, "the alarm stayed silent", BOX)
    assert (refuted.state, refuted.recurred, refuted.done_at) == (ActionState.NOT_EFFECTIVE, 1, None)
    with pytest.raises(NotPossible, match="is not effective"):
        house.do(checking.refute_action, number, "again", BOX)
    again = house.do(commands.complete_action, number)
    assert (again.state, again.done_by) == (ActionState.DONE, "ada")


def test_where_the_rules_ask_a_lead_approves_before_it_is_carried_out(house: House) -> None:
    house.declare(Improvement("house", approve=("incident",), check_after_s=10 * 86_400.0))
    about = Subject("incident", str(house.fails()))
    number = house.do(commands.draft_action, {"deviation": "x", "owner": "lea"}, about=about).id
    with pytest.raises(NotPossible, match="cannot be approved: not written yet: cause, action, due"):
        house.do(checking.approve_action, number, "", BOX, author=LUKE)
    written = house.do(commands.revise_action, number, WRITTEN | {"owner": "lea"})
    assert (written.origin, written.next_step) == (Origin.INCIDENT, Step.APPROVAL)
    with pytest.raises(NotPossible, match="is not approved yet"):
        house.do(commands.complete_action, number)
    with pytest.raises(NotPermitted, match="lea owns it"):
        house.do(checking.approve_action, number, "", BOX, author=LEA)
    approved = house.do(checking.approve_action, number, "", BOX, author=LUKE)
    assert (approved.approved_by, approved.next_step) == ("luke", Step.WORK)
    assert house.do(commands.revise_action, number, {"due": "2026-12-05"}).approved_by == "luke"
    assert house.do(commands.revise_action, number, {"action": "something else"}).awaits_approval
    house.do(checking.approve_action, number, "", BOX, author=LUKE)
    assert house.do(commands.complete_action, number).check_on == date(2026, 12, 3)
    with pytest.raises(NotPossible, match="waits for no approval"):
        house.do(checking.approve_action, number, "", BOX, author=LUKE)


def test_what_is_written_is_what_the_house_knows(house: House) -> None:
    number = house.do(commands.draft_action, {"deviation": "x"}).id
    for fields, said in (
        ({"category": "capacty"}, "capacity"),
        ({"measure": "weather:rain"}, "Write one of component:"),
        ({"measure": "finding:soon"}, "Write finding:7"),
        ({"measure": "cause:capacty"}, "capacity"),
        ({"checker": "nobody"}, "Staff: ada, lea, luke"),
        ({"whys": "\n".join("because" for _ in range(11))}, "Five are usual"),
        ({"deviation": " "}, "Say in one sentence"),
    ):
        with pytest.raises(BadInput) as refused:
            house.do(commands.revise_action, number, fields)
        assert said in refused.value.next_step
    written = house.do(
        commands.revise_action, number, {"whys": " it was full \n\nnobody looked", "measure": "finding:F-3"}
    )
    assert (written.whys, written.measure) == (("it was full", "nobody looked"), "finding:3")
    for path, digest in (("/a", ""), ("", "0" * 64), ("/a", "g" * 64), ("/a", "0" * 63)):
        with pytest.raises(BadInput, match="path and its SHA-256"):
            house.do(commands.add_evidence, number, "seen", path, digest)


def test_what_nobody_declared_cannot_come_back_and_is_no_measure(house: House) -> None:
    till = Component("till", "Till", "shop")
    house.do(load_catalog, Catalog(components={"till": till}), directory="", digest="till", changes=())
    number = house.do(commands.draft_action, {"deviation": "x"}).id
    with pytest.raises(BadInput, match="there is no component 'tilll'") as refused:
        house.do(commands.revise_action, number, {"measure": "component:tilll"})
    assert "till" in refused.value.next_step
    assert house.do(commands.revise_action, number, {"measure": "component:till"}).measure == "component:till"


def test_nobody_approves_what_is_given_to_them_afterwards(house: House) -> None:
    house.declare(Improvement("house", approve=("incident",)))
    about = Subject("incident", str(house.fails()))
    number = house.do(commands.draft_action, {"deviation": "x", **WRITTEN}, about=about).id
    house.do(checking.approve_action, number, "", BOX, author=LEA)
    assert house.do(commands.revise_action, number, {"owner": "luke"}).approved_by == "lea"
    assert house.do(commands.revise_action, number, {"owner": "lea"}, author=LEA).awaits_approval
    with pytest.raises(NotPossible, match="is not approved yet"):
        house.do(commands.complete_action, number, author=LEA)


def test_who_owned_it_as_it_was_carried_out_stays_its_owner_until_it_is_checked(house: House) -> None:
    number = house.carried_out(owner="lea")
    with pytest.raises(NotPossible, match=f"A-{number} was carried out as lea's, which stays"):
        house.do(commands.revise_action, number, {"owner": "luke"}, author=LEA)
    house.do(commands.revise_action, number, {"owner": "lea", "checker": "luke"}, author=LEA)
    with pytest.raises(NotPermitted, match="lea owns it"):
        house.do(checking.close_action, number, "it works", BOX, author=LEA)
