"""What was decided is carried out, followed until it is gone, signed off, and proved in one file."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select

from core.errors import BadInput, NotPermitted, NotPossible
from core.gate.tables import staff
from core.journal.model import Subject
from core.security.grants.commands import accept_grant
from core.security.grants.model import Standing
from core.security.grants.queries import one_grant
from core.security.grants.revising import revise_grant
from core.security.grants.tables import access_grant
from core.security.reviews import carrying_out, evidence, following, opening, stepping
from core.security.reviews.events import open_on_events
from core.security.reviews.evidence import as_zip, cell, evidence_of
from core.security.reviews.model import Decision, ItemState, ReviewState
from core.security.reviews.plans import Plan
from core.security.reviews.queries import progress, reviews
from core.timekeeping import to_micros
from tests.core.security.reviews.house import AGENT, BOX, GRANTS, PLAN, STAFF, declare, grant_row, put_grants

if TYPE_CHECKING:
    from core.store.work import Work
    from tests.core.security.reviews.house import House

K, C, R, U = Decision.KEEP, Decision.CHANGE, Decision.REVOKE, Decision.UNDECIDED


def _gone(work: Work, number: int) -> None:
    row = work.connection.execute(select(access_grant).where(access_grant.c.id == number)).one()
    after = {"state": Standing.ENDED, "is_found": 0, "ended_at": to_micros(work.now)}
    revise_grant(work, row, "grant.removed", after)


def decided(house: House) -> None:
    """u1 kept, u2 revoked, u3 (privileged) by nobody, u5 until new year, u6 changed by hand, ben's by nobody."""
    house.opened()
    house.say("ben", K, "u1")
    house.say("ben", R, "u2", why="never used")
    house.stage("cy", C, "u5", until=date(2026, 12, 31))
    house.write("cy")
    house.say("lea", C, "u6", why="read only")
    house.pass_(days=15)
    house.steps()
    house.pass_(days=4)
    house.steps()
    assert house.review().state is ReviewState.CARRYING_OUT


def carried(house: House, at_most: int = 200) -> carrying_out.Carried:
    return house.do(carrying_out.carry_out, 1, BOX, at_most)


def standings(house: House) -> dict[str, Standing]:
    return {each.principal: house.store.read(one_grant, each.grant).standing for each in house.items()}


def test_decisions_are_told_to_where_grants_are_kept(house: House) -> None:
    decided(house)
    done = carried(house)
    assert (done.done, done.ordered, done.refused, done.left) == (("RI-5",), ("RI-2", "RI-3", "RI-6"), (), 0)
    stands = standings(house)
    assert {who for who, standing in stands.items() if standing is Standing.REMOVING} == {"u2", "u3"}
    assert house.store.read(one_grant, 5).expires == date(2026, 12, 31)
    assert house.store.read(one_grant, 2).why == "RV-1 revoke (ben: never used)"
    assert house.store.read(one_grant, 3).why == "RV-1: suspended, for nobody decided about it"
    assert [str(each.state) for each in house.items()] == [
        "done",
        "ordered",
        "ordered",
        "done",
        "done",
        "ordered",
    ]
    with pytest.raises(NotPossible, match="nothing that RV-1 decided is to be carried out"):
        carried(house)


def test_long_reasons_of_several_reviewers_are_carried_out_and_shortened_in_the_grant_alone(
    house: House,
) -> None:
    house.opened()
    with pytest.raises(BadInput, match="reason: it has 4,001 characters; at most 4,000 fit"):
        house.say("ben", R, "u2", why="x" * 4001)
    house.say("ben", R, "u2", why="x" * 4000)
    for _ in range(2):
        house.pass_(days=15)
        house.steps()
    done = carried(house)
    assert not done.refused
    item = next(each for each in house.items() if each.principal == "u2")
    grant = house.store.read(one_grant, item.grant)
    assert grant.standing is Standing.REMOVING
    assert len(grant.why) == 4000
    assert grant.why.endswith("x…")


def test_a_removal_is_done_once_its_source_no_longer_shows_it(house: House) -> None:
    decided(house)
    carried(house)
    token = house.token()
    assert not house.store.read(following.is_any_gone)
    house.do(_gone, 2)
    house.do(accept_grant, 3, "ben", "still needed", date(2026, 12, 31), BOX)
    assert house.store.read(following.is_any_gone)
    assert not house.store.write(AGENT, following.note_gone, token)
    assert (house.item("u2").state, house.item("u2").trouble) == (ItemState.DONE, "")
    assert (house.item("u3").state, house.item("u3").trouble) == (ItemState.DONE, "granted again meanwhile")
    assert not house.store.read(following.is_any_gone)


def test_it_is_carried_out_in_parts_and_signed_only_when_all_is(house: House) -> None:
    decided(house)
    with pytest.raises(NotPossible, match="6 decisions of RV-1 are not carried out"):
        house.do(opening.sign_review, 1, "fine", BOX)
    assert carried(house, 2).left == 2
    assert carried(house, 2).left == 0
    with pytest.raises(NotPossible, match="3 of what RV-1 decided are not known to be gone yet"):
        house.do(opening.sign_review, 1, "fine", BOX)
    with pytest.raises(NotPossible, match="RI-2 is revoke, ordered"):
        house.do(carrying_out.settle_item, 2, "removed by hand", BOX)
    house.do(carrying_out.settle_item, 6, "made read only, seen in the file", BOX)
    assert house.item("u6").state is ItemState.DONE
    signed = house.do(opening.sign_review, 1, "two are still to be removed", BOX, despite_open=True)
    assert (signed.state, signed.signed_by) == (ReviewState.SIGNED, "ada")
    assert house.store.read(reviews) == []


def test_what_cannot_be_done_says_why_and_waits_for_somebody(house: House) -> None:
    house.opened(grants=[grant_row("u1"), grant_row("u2")])
    house.stage("ben", C, "u1", until=date(2026, 11, 24))
    house.write("ben")
    house.do(_gone, 2)
    house.say("ben", R, "u2")
    house.pass_(days=4)
    house.do(stepping.close_stage, 1, "all have answered", BOX)
    done = carried(house)
    assert (done.done, done.refused) == (("RI-2",), (("RI-1", "the day it was to end, 2026-11-24, is past"),))
    assert house.store.read(progress, [1])[1].refused == 1


def test_a_review_that_comes_again_is_drafted_when_it_is_signed(house: House) -> None:
    house.do(put_grants, [grant_row("u1")])
    plan = Plan(PLAN.stages, PLAN.last, every_months=6)
    drafted = house.do(opening.draft_review, "Twice a year", plan, scheduled=date(2026, 11, 23))
    house.do(opening.open_review, drafted.id, BOX)
    house.say("ben", K, "u1")
    house.do(stepping.close_stage, 1, "done", BOX)
    carried(house)
    house.do(opening.sign_review, 1, "all needed", BOX)
    assert (house.review(2).state, house.review(2).scheduled) == (ReviewState.DRAFT, date(2027, 5, 23))


def test_the_evidence_is_one_file_that_says_who_decided_what_and_what_nobody_did(house: House) -> None:
    house.opened(grants=[*GRANTS, grant_row("u7", reason='=HYPERLINK("http://x","y")')])
    house.say("ben", R, "u2", why="@left")
    house.say("ben", K, "u1", "u7")
    house.pass_(days=15)
    house.steps()
    house.pass_(days=4)
    house.steps()
    carried(house)
    made = as_zip(house.store.read(evidence_of, 1))
    house.pass_(days=1)
    assert as_zip(house.store.read(evidence_of, 1)) == made
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert list(texts) == [
        "read-me.txt",
        "items.csv",
        "answers.csv",
        "nobody-decided.csv",
        "reviewers.csv",
        "journal.csv",
    ]
    tables = {
        name: list(csv.DictReader(io.StringIO(text))) for name, text in texts.items() if name.endswith(".csv")
    }
    assert house.review().digest in texts["read-me.txt"]
    assert "every grant that its source shows" in texts["read-me.txt"]
    assert [(each["item"], each["decision"]) for each in tables["items.csv"]][:2] == [
        ("RI-1", "keep"),
        ("RI-2", "revoke"),
    ]
    assert tables["items.csv"][6]["reason"] == '\'=HYPERLINK("http://x","y")'
    assert tables["items.csv"][0]["told to source"] == ""
    said = {
        each["item"]: (each["reviewer"], each["decision"], each["reason"]) for each in tables["answers.csv"]
    }
    assert said["RI-2"] == ("ben", "revoke", "'@left")
    assert [(each["principal"], each["silence"]) for each in tables["nobody-decided.csv"]] == [
        ("u3", "suspend"), ("ben", "not reviewed"), ("u5", "not reviewed"), ("u6", "not reviewed"),
    ]  # fmt: skip
    assert [each["kind"] for each in tables["journal.csv"]][:2] == ["review.drafted", "review.opened"]


def test_evidence_says_where_its_journal_begins_late(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.opened(grants=GRANTS)
    house.say("ben", K, "u1")
    whole = house.store.read(evidence_of, 1)
    assert "the newest" not in "".join(whole.head)
    monkeypatch.setattr(evidence, "MOST_ENTRIES", 2)
    cut = house.store.read(evidence_of, 1)
    assert cut.entries == whole.entries[-2:]
    assert "journal.csv has the newest 2 entries" in "".join(cut.head)


@pytest.mark.parametrize("text", ["=1+1", "+x", "-x+1", "@x"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


# On events


def events(house: House) -> list[str]:
    return house.store.write(AGENT, open_on_events, house.token())


def test_a_changed_role_and_a_leaver_open_a_review_of_their_grants_once(house: House) -> None:
    house.do(put_grants, [grant_row("kim", person="cy"), grant_row("d", person="dee"), grant_row("o")])
    assert events(house) == []  # at first people are only made known
    house.pass_(minutes=5)
    changed = [each for each in STAFF if each.id not in {"cy", "dee", "vic"}]
    declare(house, [*changed, type(STAFF[0])("cy", "Cy", role="lead")])
    opened = events(house)
    assert len(opened) == 2
    found = {each.name: each for each in house.store.read(reviews)}
    assert set(found) == {"cy is lead, and was operator", "dee left"}
    assert [each.principal for each in house.items(review=found["dee left"].id)] == ["d"]
    assert found["dee left"].state is ReviewState.OPEN
    assert found["dee left"].plan.is_suspended_by_agent
    assert not found["cy is lead, and was operator"].plan.is_suspended_by_agent
    assert events(house) == []


def test_rights_that_lie_unused_or_end_soon_are_asked_about_once_a_week(house: House) -> None:
    house.do(put_grants, GRANTS)
    assert len(events(house)) == 2
    names = sorted(each.name for each in house.store.read(reviews))
    assert names == [
        "rights that end within 14 days, 2026-W48",
        "rights that nobody used for 90 days, 2026-W48",
    ]
    assert {tuple(each.principal for each in house.items(review=n)) for n in (1, 2)} == {("u2",), ("u6",)}
    assert events(house) == []
    house.pass_(days=7)
    assert events(house) == []  # they are asked about already


def test_what_somebody_granted_for_a_few_days_is_not_asked_about_as_soon_as_it_is_granted(
    house: House,
) -> None:
    short = {"expires": "2026-12-01", "decided_by": "ada"}
    days_ago = {n: to_micros(house.now - timedelta(days=n)) for n in (1, 30)}
    house.do(put_grants, [grant_row(f"for {n}", decided_at=at, **short) for n, at in days_ago.items()])
    assert len(events(house)) == 1
    assert [each.principal for each in house.items()] == ["for 30"]


def test_nothing_is_carried_out_while_a_stage_is_open_and_what_to_do_is_said(house: House) -> None:
    house.opened()
    with pytest.raises(NotPossible, match="nothing that RV-1 decided") as refused:
        carried(house)
    assert refused.value.next_step == (
        "Nothing was changed. What is decided stands once its stage is closed: close that first"
    )


def test_nobody_says_that_a_change_of_their_own_right_is_made(house: House) -> None:
    house.opened(PLAN, [grant_row("lea")])
    house.say("ben", C, "lea", why="read only")
    house.pass_(days=15)
    house.steps()
    carried(house)
    with pytest.raises(NotPermitted, match="is a right of your own"):
        house.do(carrying_out.settle_item, house.item("lea").id, "done", BOX, by="lea")
    assert house.item("lea").state is ItemState.ORDERED
    assert house.do(carrying_out.settle_item, house.item("lea").id, "done", BOX).state is ItemState.DONE


def _take_out(work: Work, login: str) -> None:
    work.connection.execute(delete(staff).where(staff.c.login == login))
    work.record("staff.removed", Subject("staff", login), {"role": ("reviewer", None)})


def test_who_is_taken_out_of_a_shared_database_left_though_still_declared(house: House) -> None:
    house.do(put_grants, [grant_row("d", person="dee"), grant_row("v", person="vic")])
    assert events(house) == []
    house.pass_(minutes=5)
    house.do(_take_out, "dee.d")
    assert len(events(house)) == 1
    (found,) = house.store.read(reviews)
    assert (found.name, found.plan.is_suspended_by_agent) == ("dee left", True)
    assert events(house) == []
