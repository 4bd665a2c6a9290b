"""A review from its draft to its decisions: what is frozen, who is asked, what is staged and said, and what time does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from core.desk.messages.tables import message
from core.errors import BadInput, Moved, NotPermitted, NotPossible
from core.journal.queries import of_subject
from core.security.reviews import deciding, opening, stepping
from core.security.reviews.drawing import drawn_of
from core.security.reviews.model import LAST_CALL, Decision, ItemState, OutcomeRule, ReviewState
from core.security.reviews.plans import By, Plan, Scope, Stage
from core.security.reviews.queries import (
    answers_of,
    pace_so_far,
    progress,
    staged_of,
    to_do,
    waiting_for,
)
from core.security.reviews.revising import subject
from tests.core.security.reviews.house import BOX, GRANTS, PLAN, grant_row, put_grants

if TYPE_CHECKING:
    from typing import Any

    from tests.core.security.reviews.house import House

K, C, R, U, N = Decision.KEEP, Decision.CHANGE, Decision.REVOKE, Decision.UNDECIDED, Decision.NO_ANSWER


def told(house: House) -> list[tuple[str, str, str]]:
    def found(connection: Any) -> Any:
        return connection.execute(
            select(message.c.recipient, message.c.purpose, message.c.title).order_by(message.c.id)
        ).all()

    return [tuple(row) for row in house.store.read(found)]


def test_opening_freezes_the_grants_of_the_scope_and_asks_who_answers_for_them(house: House) -> None:
    review = house.opened()
    assert (review.state, review.items, review.privileged, review.stage) == (ReviewState.OPEN, 6, 1, 1)
    assert house.who("ben") == ["u1", "u2", "u3"]  # not his own
    assert house.who("cy") == ["u5"]
    assert house.who("lea") == ["ben", "u6"]  # his own, and what nobody answers for
    assert house.store.read(waiting_for, "ben") == {1: 3}
    assert [each.principal for each in house.items("ben", "yours")] == ["u1", "u2", "u3"]
    frozen = house.store.read(drawn_of, 1)
    house.do(put_grants, [grant_row("u7")])
    assert house.store.read(drawn_of, 1) == frozen
    assert frozen.digest == review.digest
    assert [(who, what) for who, what, _ in told(house)] == [
        ("ben", "asked"),
        ("cy", "asked"),
        ("lea", "asked"),
    ]


def test_what_is_privileged_or_long_unused_stands_first(house: House) -> None:
    house.opened()
    assert [each.grade for each in house.items()] == [2, 1, 0, 2, 2, 3]


def test_a_scope_draws_what_it_says_and_an_empty_one_opens_nothing(house: House) -> None:
    house.do(put_grants, GRANTS)
    scopes = {
        Scope(is_privileged=True): ["u3"], Scope("component:web !u1"): ["u2", "u3", "ben", "u5", "u6"],
        Scope(owners=("cy",)): ["u5"], Scope(unused_days=90): ["u2"], Scope(ends_within_days=14): ["u6"],
        Scope(people=("ben",)): ["ben"],
    }  # fmt: skip
    for number, (scope, wanted) in enumerate(scopes.items(), start=1):
        house.do(opening.draft_review, "Some", Plan(PLAN.stages, PLAN.last, scope))
        house.do(opening.open_review, number, BOX)
        assert [each.principal for each in house.items(review=number)] == wanted, scope
    nothing = house.do(
        opening.draft_review, "None", Plan(PLAN.stages, PLAN.last, Scope(sources=("nowhere",)))
    )
    with pytest.raises(NotPossible, match="nothing is to be reviewed"):
        house.do(opening.open_review, nothing.id, BOX)
    unreviewed = house.do(
        opening.draft_review, "New", Plan(PLAN.stages, PLAN.last, Scope(unreviewed_days=90))
    )
    house.do(opening.open_review, unreviewed.id, BOX)
    assert [each.principal for each in house.items(review=unreviewed.id)] == [
        "u1"
    ]  # all others are asked about now


def test_decisions_are_staged_for_oneself_and_said_together(house: House) -> None:
    house.opened()
    house.stage("ben", K, "u1")
    house.pass_(seconds=8)
    house.stage("ben", R, "u2", why="never used")
    house.pass_(seconds=12)
    house.stage("ben", K, "u3", why="runs the host")
    assert house.store.read(progress, [1])[1].answered == 0
    assert [(each.principal, each.staged) for each in house.items("ben", "yours")] == [
        ("u1", "keep"), ("u2", "revoke"), ("u3", "keep"),
    ]  # fmt: skip
    assert house.who("cy", "staged") == []
    looked = house.store.read(staged_of, 1, "ben")
    assert (looked.keep, looked.revoke, looked.changing) == (2, 1, ("RI-2",))
    house.write("ben")
    assert house.who("ben") == []
    assert house.who("ben", "said") == ["u1", "u2", "u3"]
    assert [(each.principal, each.outcome) for each in house.items(view="all")][:3] == [
        ("u1", K),
        ("u2", R),
        ("u3", K),
    ]
    said = house.store.read(answers_of, [2])
    assert [(each.reviewer, each.decision, each.reason, each.took_s) for each in said] == [
        ("ben", R, "never used", 8.0)
    ]
    pace = house.store.read(pace_so_far, 1, "ben")
    assert (pace.decided, pace.median_s, round(pace.changes, 2)) == (3, 10.0, 0.33)
    entry = house.store.read(of_subject, subject(1))[-1]
    assert (entry.kind, entry.changes["RI-2"]) == ("review.decided", (None, "revoke: never used"))


def test_a_later_answer_takes_the_place_of_the_first_while_the_stage_is_open(house: House) -> None:
    house.opened()
    house.say("ben", K, "u1")
    house.say("ben", R, "u1", why="he left")
    assert house.item("u1").outcome is R
    assert len(house.store.read(answers_of, [1])) == 1
    entry = house.store.read(of_subject, subject(1))[-1]
    assert entry.changes["RI-1"] == ("keep: so it is", "revoke: he left")


def test_what_is_privileged_is_decided_by_itself_and_kept_only_with_a_reason(house: House) -> None:
    house.opened()
    done = house.stage("ben", K, "u1", "u2", "u3", why="all fine")
    assert done.done == ("RI-1", "RI-2")
    assert done.not_done == (("RI-3", "it is privileged: it is decided by itself"),)
    assert house.stage("ben", K, "u3").not_done[0][1] == "it is privileged: say why it is needed"
    assert house.stage("ben", K, "u3", why="runs the host").not_done == ()


def test_nobody_decides_about_themselves_or_what_they_are_not_asked(house: House) -> None:
    house.opened()
    assert house.stage("ben", K, "ben").not_done[0][1] == "it is not yours to decide"
    assert house.stage("cy", R, "u1", why="x").not_done[0][1] == "it is not yours to decide"
    with pytest.raises(NotPermitted):
        house.stage("vic", K, "u1")


@pytest.mark.parametrize(
    ("decision", "named", "what"),
    [
        (R, {}, "a reason is asked for"),
        (U, {}, "a reason is asked for"),
        (C, {}, "a reason is asked for"),
        (R, {"why": "x", "until": date(2026, 12, 31)}, "a day goes with change"),
        (C, {"until": date(2026, 11, 1)}, "is no day for a grant to end"),
        (N, {"why": "x"}, "is no decision"),
    ],
)
def test_a_decision_that_lacks_something_is_refused_and_nothing_is_staged(
    house: House, decision: Decision, named: dict[str, Any], what: str
) -> None:
    house.opened()
    with pytest.raises(BadInput, match=what):
        house.stage("ben", decision, "u1", **named)
    assert house.store.read(staged_of, 1, "ben").total == 0


def test_what_is_written_out_is_what_was_looked_at(house: House) -> None:
    house.opened()
    house.stage("ben", K, "u1")
    looked = house.store.read(staged_of, 1, "ben")
    house.stage("ben", R, "u1", why="no")
    with pytest.raises(Moved, match="is not what you looked at"):
        house.do(deciding.write_out, 1, looked.mark, BOX, by="ben")
    assert house.do(deciding.unstage, 1, [1], by="ben") == 1
    with pytest.raises(NotPossible, match="you have staged nothing"):
        house.write("ben")


def test_several_revocations_ask_for_more_than_a_box(house: House) -> None:
    house.opened(grants=[grant_row(f"u{n}") for n in range(12)])
    house.stage("ben", R, *(f"u{n}" for n in range(12)), why="the team is gone")
    with pytest.raises(BadInput, match="asks to be confirmed by typing"):
        house.write("ben")


def test_of_several_reviewers_the_rule_of_the_stage_makes_one_outcome(house: House) -> None:
    stage = Stage(By.NAMED, ("ben", "cy", "dee"), rule=OutcomeRule.ALL_KEEP)
    house.opened(Plan((stage,), ("lea",)))
    house.say("ben", K, "u1", "u2")
    assert (house.item("u1").outcome, house.item("u1").is_settled) == (N, False)
    house.say("cy", R, "u2")
    assert (house.item("u2").outcome, house.item("u2").is_settled) == (R, True)
    assert "u2" not in house.who("dee.d")  # nobody else is asked
    house.say("cy", K, "u1")
    house.say("dee.d", K, "u1")
    assert (house.item("u1").outcome, house.item("u1").is_settled) == (K, True)
    house.say("cy", K, "ben")
    house.say("dee.d", K, "ben")
    assert house.item("ben").outcome is K  # he himself is not waited for


def test_what_is_revoked_goes_on_to_no_other_stage_and_the_rest_does(house: House) -> None:
    house.opened(Plan((Stage(By.OWNER), Stage(By.NAMED, ("dee",), 7)), ("lea",)))
    house.say("ben", R, "u2")
    house.say("ben", K, "u1", "u3")
    closed = house.do(stepping.close_stage, 1, "all have answered", BOX)
    assert (closed.state, closed.stage) == (ReviewState.OPEN, 2)
    assert (house.item("u2").state, house.item("u2").outcome) == (ItemState.SETTLED, R)
    assert house.who("dee.d") == ["u1", "u3", "ben", "u5", "u6"]
    assert house.item("u1").outcome is N  # asked anew
    assert [each.decision for each in house.store.read(answers_of, [1])] == [K]  # what was said before stays


def test_time_reminds_escalates_calls_a_last_time_and_settles_silence(house: House) -> None:
    house.opened()
    house.say("ben", K, "u1")
    assert house.steps() == 0
    house.pass_(days=7)
    assert house.steps() == 1
    assert [who for who, what, _ in told(house) if what == "reminded"] == ["ben", "cy", "lea"]
    house.pass_(days=4)
    house.steps()
    assert [who for who, what, _ in told(house) if what == "escalated"] == ["ada", "ben", "cy", "lea"]
    assert (
        len([who for who, what, _ in told(house) if what == "reminded"]) == 3
    )  # and not of the same once more
    assert set(house.who("lea")) == {"u2", "u3", "ben", "u5", "u6"}
    house.say("lea", R, "u2")
    house.pass_(days=4)
    house.steps()
    review = house.review()
    assert (review.stage, review.state) == (LAST_CALL, ReviewState.OPEN)
    assert (house.item("u1").state, house.item("u2").state) == (ItemState.SETTLED, ItemState.SETTLED)
    assert house.who("lea") == ["u3", "ben", "u5", "u6"]
    assert house.who("ben") == []
    house.say("lea", K, "u5")
    house.say("lea", U, "ben")
    house.pass_(days=4)
    house.steps()
    assert house.review().state is ReviewState.CARRYING_OUT
    stands = {each.principal: (str(each.outcome), each.silence) for each in house.items()}
    assert stands == {
        "u1": ("keep", ""), "u2": ("revoke", ""), "u3": ("no answer", "suspend"), "ben": ("undecided", "not reviewed"),
        "u5": ("keep", ""), "u6": ("no answer", "not reviewed"),
    }  # fmt: skip
    assert house.steps() == 0


def test_of_what_was_missed_only_the_last_reminder_is_sent(house: House) -> None:
    house.opened()
    house.pass_(days=14)
    house.steps()
    since = [(who, what) for who, what, _ in told(house) if what != "asked"]
    assert since == [(who, "escalated") for who in ("ada", "ben", "cy", "lea")]
    house.do(stepping.remind_reviewers, 1)
    assert len([who for who, what, _ in told(house) if what == "reminded"]) == 4


def test_one_grant_waits_and_several_wait(house: House) -> None:
    house.opened()
    titles = {who: title for who, what, title in told(house) if what == "asked"}
    assert titles["cy"] == "RV-1 All of it: 1 grant waits for your decision"
    assert titles["ben"] == "RV-1 All of it: 3 grants wait for your decision"


def test_a_review_that_comes_again_opens_on_its_day(house: House) -> None:
    house.do(put_grants, GRANTS)
    plan = Plan(PLAN.stages, PLAN.last, every_months=3)
    house.do(opening.draft_review, "Each quarter", plan, scheduled=date(2026, 11, 25))
    assert house.steps() == 0
    house.pass_(days=2)
    house.steps()
    assert house.review().state is ReviewState.OPEN
    assert house.store.read(to_do, 1, 1) == {"ben": 3, "cy": 1, "lea": 2}


def test_one_that_finds_nothing_says_so_and_comes_again(house: House) -> None:
    plan = Plan(PLAN.stages, PLAN.last, every_months=6)
    house.do(opening.draft_review, "Twice a year", plan, scheduled=date(2026, 11, 24))
    house.pass_(days=1)
    house.steps()
    assert (house.review().state, house.review().outcome) == (
        ReviewState.CANCELLED,
        "there was nothing to review",
    )
    assert (house.review(2).state, house.review(2).scheduled) == (ReviewState.DRAFT, date(2027, 5, 24))


def test_who_may_not_leads_none_and_a_cancelled_one_asks_nobody(house: House) -> None:
    house.opened()
    for command in (opening.cancel_review, stepping.close_stage):
        with pytest.raises(NotPermitted):
            house.do(command, 1, "x", BOX, by="ben")
    house.do(opening.cancel_review, 1, "the wrong scope", BOX)
    assert house.store.read(waiting_for, "ben") == {1: 3} or house.review().state is ReviewState.CANCELLED
    with pytest.raises(NotPossible, match="RV-1 is cancelled"):
        house.stage("ben", K, "u1")
    house.pass_(days=30)
    assert house.steps() == 0


def test_the_clock_of_a_stage_is_its_zone(house: House) -> None:
    review = house.opened(Plan(PLAN.stages, PLAN.last, zone="America/New_York"))
    assert review.due_at is not None
    assert review.due_at - house.now == timedelta(days=14, hours=20)


def test_nobody_decides_about_an_account_that_goes_by_their_own_name(house: House) -> None:
    plan = Plan((Stage(By.NAMED, ("dee", "ben"), rule=OutcomeRule.ALL_KEEP),), ("lea",))
    house.opened(plan, [grant_row("dee.d"), grant_row("Dee"), grant_row("ben"), grant_row("u1")])
    assert house.who("dee.d") == ["ben", "u1"]
    assert house.who("ben") == ["dee.d", "Dee", "u1"]
    refused = house.stage("dee.d", Decision.KEEP, "dee.d", why="mine")
    assert [why for _, why in refused.not_done] == ["it is not yours to decide"]
    house.say("ben", Decision.KEEP, "dee.d")
    assert house.item("dee.d").is_settled  # dee is not waited for
    house.say("ben", Decision.KEEP, "u1")
    assert not house.item("u1").is_settled


def test_what_only_its_own_holder_could_decide_goes_to_the_last(house: House) -> None:
    house.opened(Plan((Stage(By.NAMED, ("ben",)),), ("lea",)), [grant_row("ben"), grant_row("u1")])
    assert house.who("ben") == ["u1"]
    assert house.who("lea") == ["ben"]
