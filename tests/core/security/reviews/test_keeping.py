"""What a review keeps and nobody had granted is granted by it; what nobody decided is suspended without a lead where the plan says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from core.errors import Moved, NotPermitted, NotPossible
from core.journal.queries import of_subject
from core.security.grants.commands import accept_grant, end_grant
from core.security.grants.model import Standing
from core.security.grants.queries import history_of, one_grant
from core.security.reviews import carrying_out, following, opening, stepping
from core.security.reviews.evidence import evidence_of
from core.security.reviews.model import Decision, ItemState, ReviewState
from core.security.reviews.queries import progress
from core.security.reviews.revising import subject
from tests.core.security.reviews.house import AGENT, BOX, PLAN, grant_row

if TYPE_CHECKING:
    from typing import Any

    from core.security.grants.model import Grant
    from tests.core.security.reviews.house import House

K, C, R = Decision.KEEP, Decision.CHANGE, Decision.REVOKE
UNTIL = date(2027, 1, 31)


def found_row(principal: str, owner: str = "ben", **fields: Any) -> dict[str, Any]:
    """One right that its source shows and nobody has granted."""
    return grant_row(principal, owner, **{"state": Standing.FOUND, "is_granted": 0, "reason": "", **fields})


FOUND = (
    grant_row("u1"), found_row("u2"), found_row("u3", entitlement="admin", is_privileged=1),
    found_row("u4", owner="the old team"), found_row("u5", person="ben"),
)  # fmt: skip


def grant(house: House, number: int) -> Grant:
    return house.store.read(one_grant, number)


def closed(house: House) -> None:
    house.pass_(minutes=5)
    house.do(stepping.close_stage, 1, "all have answered", BOX)


def carried(house: House, **named: Any) -> carrying_out.Carried:
    return house.do(carrying_out.carry_out, 1, BOX, by="lea", **named)


def test_what_was_only_found_and_is_kept_is_granted_as_the_review_says(house: House) -> None:
    house.opened(grants=FOUND)
    assert [each.stood for each in house.items()] == ["granted", *["found, not granted"] * 4]
    house.stage("ben", K, "u1", "u2")
    house.stage("ben", K, "u3", why="runs the host", until=UNTIL)
    house.write("ben")
    house.say("lea", K, "u4", "u5", why="asked them")
    closed(house)
    came = carried(house)
    assert (came.done, came.ordered, came.refused, came.left) == (("RI-2", "RI-3", "RI-4", "RI-5"), (), (), 0)
    kept = grant(house, 2)
    assert (kept.standing, kept.owner, kept.reason, kept.granted_by, kept.expires) == (
        Standing.GRANTED, "ben", "RV-1 keep (ben)", "lea", None,
    )  # fmt: skip
    kept = grant(house, 3)
    assert (kept.standing, kept.reason, kept.expires) == (
        Standing.GRANTED,
        "RV-1 keep (ben: runs the host)",
        UNTIL,
    )
    assert grant(house, 4).owner == "lea"  # nobody goes by "the old team": who kept it answers for it
    assert grant(house, 5).owner == "lea"  # it is ben's own
    assert grant(house, 1).version == 1  # what was granted is as it was
    last = house.store.read(history_of, 2)[-1]
    ordering = house.store.read(of_subject, subject(1))[-1]
    assert (last.kind, last.cause, ordering.kind) == ("grant.granted", ordering.seq, "review.carried_out")
    assert (ordering.changes["RI-2"], ordering.changes["kept"]) == (("settled", "done"), (None, 1))


def test_a_privileged_right_that_was_only_found_is_kept_until_a_day(house: House) -> None:
    house.opened(grants=FOUND)
    without = house.stage("ben", K, "u3", why="runs the host")
    assert without.not_done == (
        ("RI-3", "it is privileged and was never granted: say until when it is needed"),
    )
    as_it_is = house.stage("ben", K, "u1", until=UNTIL)
    assert as_it_is.not_done == (("RI-1", "it is granted, and kept as it is: a day goes with change"),)


def test_what_was_decided_about_it_meanwhile_stands(house: House) -> None:
    house.opened(grants=[found_row("u1"), found_row("u2"), found_row("u3")])
    house.say("ben", K, "u1", "u2", "u3")
    closed(house)
    house.do(accept_grant, 1, "cy", "for the month", date(2026, 12, 31), BOX)
    house.do(end_grant, 2, "not needed", BOX)
    came = carried(house)
    assert came.refused == (("RI-2", "somebody decided meanwhile that it is to be removed"),)
    assert (grant(house, 1).owner, grant(house, 1).expires) == ("cy", date(2026, 12, 31))
    assert grant(house, 2).standing is Standing.REMOVING
    assert (house.item("u1").trouble, grant(house, 3).standing) == ("granted meanwhile", Standing.GRANTED)


def test_a_right_of_a_lead_is_granted_as_another_decided_once_another_lead_carries_it_out(
    house: House,
) -> None:
    house.opened(grants=[found_row("lea", person="lea", entitlement="admin", is_privileged=1)])
    house.stage("ben", K, "lea", why="leads", until=UNTIL)
    house.write("ben")
    closed(house)
    with pytest.raises(NotPermitted, match="another lead does it"):
        carried(house)
    assert house.do(carrying_out.carry_out, 1, BOX, by="ada").done == ("RI-1",)
    assert grant(house, 1).standing is Standing.GRANTED


def test_the_evidence_says_how_each_stood(house: House) -> None:
    house.opened(grants=FOUND[:2])
    before = house.review().digest
    assert [each.stood for each in house.store.read(evidence_of, 1).items] == [
        "granted",
        "found, not granted",
    ]
    house.do(accept_grant, 2, "ben", "why", UNTIL, BOX)
    assert house.item("u2").stood == "found, not granted"
    assert house.review().digest == before


# The version of what was seen


def test_what_moved_since_it_was_seen_is_not_carried_out_or_escalated(house: House) -> None:
    seen = house.opened(grants=FOUND[:2]).version
    house.say("ben", K, "u1")
    house.do(stepping.escalate_review, 1, BOX, seen=seen)
    with pytest.raises(Moved, match=r"RV-1 changed since you saw it: ada escalated"):
        house.do(stepping.escalate_review, 1, BOX, seen=seen)
    closed(house)
    house.pass_(days=4)
    house.steps()
    with pytest.raises(Moved, match="stage closed"):
        carried(house, seen=seen)
    seen = house.review().version
    part = carried(house, at_most=1, seen=seen)
    assert part.version == house.review().version == seen + 1
    with pytest.raises(Moved, match="carried out"):
        carried(house, seen=seen)


def by_hand(house: House) -> None:
    house.opened(grants=FOUND[:1])
    house.say("ben", C, "u1", why="read only")
    closed(house)
    carried(house)


def test_an_item_is_settled_as_it_was_seen(house: House) -> None:
    by_hand(house)
    settle = carrying_out.settle_item
    with pytest.raises(Moved, match="it was change, refused, and is change, ordered now"):
        house.do(settle, 1, "made read only", BOX, seen="change, refused")
    assert house.do(settle, 1, "made read only", BOX, seen="change, ordered").state is ItemState.DONE


def test_nothing_is_settled_of_a_review_that_is_over(house: House) -> None:
    by_hand(house)
    house.do(opening.sign_review, 1, "one is left", BOX, despite_open=True)
    with pytest.raises(NotPossible, match="RV-1 is signed off"):
        house.do(carrying_out.settle_item, 1, "made read only", BOX)
    assert house.item("u1").state is ItemState.ORDERED


# Silence


def silent(house: House, *, is_suspended_by_agent: bool) -> None:
    """u1 (privileged) and u2 were decided by nobody, until the last call was over."""
    plan = replace(PLAN, is_suspended_by_agent=is_suspended_by_agent)
    rows = [grant_row("u1", entitlement="admin", is_privileged=1), grant_row("u2")]
    house.opened(plan, rows)
    house.pass_(days=15)
    house.steps()
    house.pass_(days=4)
    house.steps()
    assert house.review().state is ReviewState.CARRYING_OUT


def test_the_agent_suspends_what_nobody_decided_where_the_plan_says_so(house: House) -> None:
    silent(house, is_suspended_by_agent=True)
    assert house.store.read(following.is_any_to_suspend)
    assert house.store.write(AGENT, following.suspend_silent, house.token())
    assert not house.store.write(AGENT, following.suspend_silent, house.token())
    assert grant(house, 1).standing is Standing.REMOVING
    assert grant(house, 1).why == "RV-1: suspended, for nobody decided about it"
    assert (house.item("u1").state, house.item("u2").state) == (ItemState.ORDERED, ItemState.SETTLED)
    entry = house.store.read(of_subject, subject(1))[-1]
    assert (entry.kind, entry.actor, entry.changes) == (
        "review.suspended",
        "agent",
        {"RI-1": ("settled", "ordered")},
    )
    assert house.store.read(history_of, 1)[-1].cause == entry.seq
    assert house.store.read(progress, [1])[1].ordered == 1  # followed until its source shows it gone
    assert grant(house, 2).standing is Standing.GRANTED
    assert carried(house).left == 0


def test_the_agent_suspends_nothing_where_a_lead_carries_out(house: House) -> None:
    silent(house, is_suspended_by_agent=False)
    assert not house.store.read(following.is_any_to_suspend)
    assert not house.store.write(AGENT, following.suspend_silent, house.token())
    assert grant(house, 1).standing is Standing.GRANTED
    assert carried(house).ordered == ("RI-1",)
