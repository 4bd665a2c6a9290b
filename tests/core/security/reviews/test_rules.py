"""What follows from what reviewers said, and when: pure rules, by tables and by properties."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput, NotPossible
from core.security.reviews.model import (
    FIRST_OF,
    FOLLOWS,
    LAST_CALL,
    SAID,
    SETTLES,
    Decision,
    OutcomeRule,
    ReviewState,
    Silence,
    check_follows,
    is_settled,
    outcome_of,
    silence_of,
)
from core.security.reviews.pace import Pace, pace_of, seconds_each
from core.security.reviews.plans import By, Plan, Scope, Stage, check_plan, plan_of, plan_text
from core.security.reviews.seats import LAST_PANEL, LEADS_PANEL, Name, Roster, escalated, seats_of
from core.security.reviews.timing import StepKind, due_of, next_day, steps_of

_D, _O = Decision, OutcomeRule
K, C, R, U, N = _D.KEEP, _D.CHANGE, _D.REVOKE, _D.UNDECIDED, _D.NO_ANSWER

VECTORS = [
    # what was said, is somebody silent, then one keep keeps, one revoke revokes, all must keep, kept unless revoked
    ([], True, N, N, N, N),
    ([], False, N, N, N, N),
    ([K], False, K, K, K, K),
    ([K], True, K, K, N, K),
    ([R], True, R, R, R, R),
    ([C], True, C, C, C, C),
    ([U], False, U, U, U, K),
    ([U], True, U, U, U, K),
    ([K, R], False, K, R, R, R),
    ([K, C], False, K, C, C, C),
    ([C, R], False, R, R, R, R),
    ([K, U], False, K, K, U, K),
    ([K, U], True, K, K, U, K),
    ([K, K, C, R, U], True, K, R, R, R),
]


@pytest.mark.parametrize(("said", "silent", "one_keeps", "one_revokes", "all_keep", "unless"), VECTORS)
def test_one_outcome_is_made_of_several_answers(
    said: list[Decision],
    silent: bool,
    one_keeps: Decision,
    one_revokes: Decision,
    all_keep: Decision,
    unless: Decision,
) -> None:
    wanted = {
        _O.ONE_KEEPS: one_keeps,
        _O.ONE_REVOKES: one_revokes,
        _O.ALL_KEEP: all_keep,
        _O.KEPT_UNLESS_REVOKED: unless,
    }
    assert {rule: outcome_of(rule, said, is_somebody_silent=silent) for rule in _O} == wanted


answers = st.lists(st.sampled_from(SAID), max_size=6)


@given(st.sampled_from(list(_O)), answers, st.booleans())
def test_an_outcome_is_what_somebody_said_and_silence_never_keeps_or_revokes(
    rule: OutcomeRule, said: list[Decision], silent: bool
) -> None:
    outcome = outcome_of(rule, said, is_somebody_silent=silent)
    if outcome in {R, C}:
        assert outcome in said
    if not said:
        assert outcome is N
    assert outcome_of(rule, reversed(said), is_somebody_silent=silent) is outcome
    assert outcome_of(rule, [*said, *said], is_somebody_silent=silent) is outcome


@given(st.sampled_from(list(_O)), answers, answers)
def test_what_settles_an_item_decides_it_whatever_else_is_said(
    rule: OutcomeRule, said: list[Decision], later: list[Decision]
) -> None:
    if is_settled(rule, said):
        assert outcome_of(rule, [*said, *later], is_somebody_silent=True).is_decided
        if rule is not _O.ONE_KEEPS:
            assert outcome_of(rule, [*said, *later], is_somebody_silent=False).is_change


def test_every_rule_knows_every_answer_and_stops_on_what_it_is_about() -> None:
    for rule in (_O.ONE_KEEPS, _O.ONE_REVOKES, _O.ALL_KEEP):
        assert set(FIRST_OF[rule]) == set(_D)
    assert SETTLES[_O.ONE_KEEPS] == {K}
    assert all(SETTLES[rule] == {R, C} for rule in _O if rule is not _O.ONE_KEEPS)


def test_what_nobody_decides_is_suspended_only_where_it_is_privileged() -> None:
    assert [silence_of(each, is_privileged=True) for each in (K, C, R)] == [None, None, None]
    assert [silence_of(each, is_privileged=True) for each in (U, N)] == [Silence.SUSPEND, Silence.SUSPEND]
    assert [silence_of(each, is_privileged=False) for each in (U, N)] == [Silence.STAYS, Silence.STAYS]
    assert silence_of(N, is_privileged=True, stood="granted, not found") is Silence.STAYS


def test_a_review_goes_one_way_and_every_state_has_a_way_out_or_is_over() -> None:
    assert {each for each in ReviewState if each.is_over} == {ReviewState.SIGNED, ReviewState.CANCELLED}
    assert FOLLOWS[ReviewState.CARRYING_OUT] == {ReviewState.SIGNED}
    with pytest.raises(NotPossible, match="RV-1 is draft; it cannot become signed off"):
        check_follows("RV-1", ReviewState.DRAFT, ReviewState.SIGNED)


# When


def test_a_stage_ends_at_the_end_of_its_last_day_where_people_work() -> None:
    begun = datetime(2026, 3, 20, 23, 30, tzinfo=UTC)  # already the 21st in Berlin
    assert due_of(begun, 14, "UTC") == datetime(2026, 4, 4, tzinfo=UTC)
    assert due_of(begun, 14, "Europe/Berlin") == datetime(2026, 4, 4, 22, tzinfo=UTC)  # summer has begun


def test_reminders_come_at_7_3_1_and_on_the_day_and_leads_are_asked_at_3() -> None:
    begun = datetime(2026, 11, 2, 9, tzinfo=UTC)
    steps = steps_of(begun, due_of(begun, 14, "UTC"), "UTC")
    assert [(s.at.day, s.at.hour, str(s.kind)) for s in steps] == [
        (9, 8, "remind"), (13, 8, "remind"), (13, 8, "escalate"), (15, 8, "remind"), (16, 8, "remind"), (17, 0, "close"),
    ]  # fmt: skip
    last = steps_of(begun, due_of(begun, 3, "UTC"), "UTC", is_last_call=True)
    assert [(s.at.day, str(s.kind)) for s in last] == [(4, "remind"), (5, "remind"), (6, "close")]


@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2030, 1, 1)),  # noqa: DTZ001
    st.integers(1, 92),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"]),
)
def test_steps_lie_within_the_stage_in_order_and_the_last_one_ends_it(
    begun: datetime, days: int, zone: str
) -> None:
    at = begun.replace(tzinfo=UTC)
    due = due_of(at, days, zone)
    steps = steps_of(at, due, zone)
    assert all(at < each.at <= due for each in steps)
    assert [each.at for each in steps] == sorted(each.at for each in steps)
    assert steps[-1].kind is StepKind.CLOSE
    assert timedelta(days=days - 1) < due - at < timedelta(days=days + 2)
    assert due.astimezone(ZoneInfo(zone)).time() == datetime.min.time()


@pytest.mark.parametrize(
    ("scheduled", "months", "after", "wanted"),
    [
        (
            date(2026, 10, 20),
            3,
            date(2026, 11, 3),
            date(2027, 1, 20),
        ),  # the period is not shortened to the first
        (date(2026, 1, 15), 6, date(2027, 3, 1), date(2027, 7, 15)),  # done a year late: still to come
        (date(2026, 8, 31), 6, date(2026, 9, 14), date(2027, 2, 28)),
        (date(2026, 8, 31), 12, date(2027, 8, 31), date(2028, 8, 31)),  # never the day itself
    ],
)
def test_the_next_one_is_counted_from_the_scheduled_day(
    scheduled: date, months: int, after: date, wanted: date
) -> None:
    assert next_day(scheduled, months, after) == wanted


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from([1, 3, 6, 12]), st.integers(0, 2000))
def test_the_next_one_lies_ahead_and_at_most_a_period_away(scheduled: date, months: int, late: int) -> None:
    after = scheduled + timedelta(days=late)
    found = next_day(scheduled, months, after)
    assert after < found <= after + timedelta(days=31 * months + 31)
    assert (found.year * 12 + found.month - scheduled.year * 12 - scheduled.month) % months == 0


# Who


ROSTER = Roster(
    {"ben": Name("ben", "ben"), "dee": Name("dee.d", "dee"), "dee.d": Name("dee.d", "dee"), "lea": Name("lea", "lea")},
    (Name("lea", "lea"),), {"web": "dee", "service:shop": "ben"},
)  # fmt: skip


def test_reviewers_come_by_rule_and_unknown_owners_seat_nobody() -> None:
    seats = seats_of(1, Stage(By.OWNER), ["ben", "dee", "left.long.ago", ""], ["lea"], ROSTER)
    assert {(s.panel, s.reviewer, s.alias) for s in seats} == {
        ("ben", "ben", "ben"), ("dee", "dee.d", "dee"), (LAST_PANEL, "lea", "lea"), (LEADS_PANEL, "lea", "lea"),
    }  # fmt: skip
    keepers = seats_of(
        1, Stage(By.KEEPER), ["component:web", "host:web", "service:shop", "host:x"], ["lea"], ROSTER
    )
    assert {(s.panel, s.reviewer) for s in keepers if s.why.startswith("owns")} == {
        ("component:web", "dee.d"), ("host:web", "dee.d"), ("service:shop", "ben"),
    }  # fmt: skip
    named = seats_of(2, Stage(By.NAMED, ("ben", "dee.d")), ["those named"], ["lea"], ROSTER)
    assert [s.reviewer for s in named if s.panel == "those named"] == ["ben", "dee.d"]


def test_an_escalation_asks_each_lead_once_and_they_need_not_answer() -> None:
    seats = seats_of(1, Stage(By.OWNER), ["ben"], ["lea"], ROSTER)
    more = escalated(1, ["ben", LAST_PANEL], seats, ROSTER)
    assert [(s.panel, s.reviewer, s.is_asked) for s in more] == [("ben", "lea", False)]
    assert escalated(1, ["ben"], [*seats, *more], ROSTER) == []


# What it is to be


def test_a_plan_is_kept_as_it_was_said() -> None:
    plan = Plan(
        (Stage(By.NAMED, ("ben", "dee"), 7, _O.ALL_KEEP, (K,)), Stage(By.LEAD)), ("lea",),
        Scope("!svc web", ("hosts",), people=("ben",), is_privileged=True, unused_days=90), "Europe/Berlin", 6,
    )  # fmt: skip
    assert plan_of(plan_text(plan)) == plan
    assert plan.stage(LAST_CALL).people == ("lea",)
    assert "privileged" in plan.scope.in_words
    assert Plan((), ()).scope.in_words == "every grant that its source shows"


@pytest.mark.parametrize(
    ("plan", "where"),
    [
        (Plan((), ("lea",)), "stages"),
        (Plan((Stage(By.OWNER),) * 4, ("lea",)), "stages"),
        (Plan((Stage(By.OWNER),), ()), "last"),
        (Plan((Stage(By.OWNER),), ("leo",)), "last"),
        (Plan((Stage(By.OWNER), Stage(By.OWNER, days=0)), ("lea",)), "stage 2"),
        (Plan((Stage(By.NAMED),), ("lea",)), "stage 1"),
        (Plan((Stage(By.OWNER, ("ben",)),), ("lea",)), "stage 1"),
        (Plan((Stage(By.OWNER),), ("lea",), every_months=5), "every"),
        (Plan((Stage(By.OWNER),), ("lea",), zone="Berlin"), "zone"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused_with_its_place(plan: Plan, where: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_plan(plan, {"lea", "ben"})
    assert caught.value.where == where


# How fast


def test_a_pace_is_the_median_and_the_share_that_changes_something() -> None:
    assert pace_of([]) == Pace()
    found = pace_of([(K, 4.0), (R, 20.0), (K, None), (U, 6.0)])
    assert found == Pace(4, 6.0, 0.25)
    assert pace_of([(K, None)]).median_s is None
    assert pace_of([(K, 3.0)] * 40).is_hasty
    assert not pace_of([(K, 30.0)] * 40).is_hasty
    assert not pace_of([(K, 3.0)] * 36 + [(R, 3.0)] * 4).is_hasty
    assert not pace_of([(K, 3.0)] * 5).is_hasty


def test_who_did_something_else_meanwhile_took_no_known_time() -> None:
    assert seconds_each(30.0, 10) == 3.0
    assert seconds_each(None, 1) is None
    assert seconds_each(301.0, 1) is None
    assert seconds_each(-1.0, 1) is None
