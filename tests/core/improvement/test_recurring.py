"""Whether the same came back is one pure question over entries; causes that come again are counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.catalog.improvement import USUAL_CAUSES
from core.errors import BadInput
from core.improvement.causes import recurrences
from core.improvement.model import ActionState, CorrectiveAction, Origin, tally_of
from core.improvement.recurring import (
    MEASURES,
    NOTHING_ASKED,
    Measure,
    Sign,
    figure,
    measure_in,
    recurs,
    usual_measure,
)
from core.journal.model import Subject

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
I7, R3, F9, A2 = (
    Subject(*each) for each in (("incident", "7"), ("request", "3"), ("finding", "9"), ("action", "2"))
)


def sign(kind: str, subject: Subject, minutes: int = 1, **about: str) -> Sign:
    return Sign(minutes, NOON + timedelta(minutes=minutes), kind, subject, **about)


@pytest.mark.parametrize(
    ("measure", "told", "is_so"),
    [
        ("component:till", sign("incident.opened", I7, component="till"), True),
        ("component:till", sign("incident.failed_again", I7, component="till"), True),
        ("component:till", sign("incident.opened", I7, component="door"), False),
        ("component:till", sign("incident.breached", I7, component="till"), False),
        ("service:shop", sign("request.breached", R3, service="shop"), True),
        ("service:shop", sign("incident.breached", I7, service="store"), False),
        ("finding:9", sign("finding.still_there", F9), True),
        ("finding:8", sign("finding.reopened", F9), False),
        ("cause:change", sign("action.revised", A2, category="change"), True),
        ("cause:change", sign("action.drafted", Subject("action", "1"), category="change"), False),
        ("", sign("incident.opened", I7), False),
    ],
)  # fmt: skip
def test_what_a_sign_says_of_action_1(measure: str, told: Sign, is_so: bool) -> None:
    assert recurs(measure_in(measure), 1, told) is is_so


def test_only_what_came_after_counts() -> None:
    signs = [sign("incident.opened", I7, minutes, component="till") for minutes in (-1, 0, 1, 2)]
    found = figure(Measure("component", "till"), 1, signs, NOON)
    assert (found.times, found.words) == (2, "2 times since 2026-11-23 12:00Z (I-7)")


def test_every_measure_is_written_as_it_is_read() -> None:
    for kind in MEASURES:
        written = f"{kind}:7"
        assert str(measure_in(written)) == written
        assert measure_in(written).words
    for wrong in ("till", "component:", ":till", "finding:one"):
        with pytest.raises(BadInput):
            measure_in(wrong)


def test_what_is_asked_where_nobody_says_otherwise() -> None:
    assert usual_measure(Origin.FINDING, F9, "till", "") == Measure("finding", "9")
    assert usual_measure(Origin.TARGET, I7, "till", "shop") == Measure("service", "shop")
    assert usual_measure(Origin.INCIDENT, I7, "till", "shop") == Measure("component", "till")
    assert usual_measure(Origin.HAND, None, "", "") == NOTHING_ASKED


def action(number: int, category: str, days_ago: int, **more: Any) -> CorrectiveAction:
    values: dict[str, Any] = {"state": ActionState.OPEN, "deviation": "x", "created_by": "ada", **more}
    return CorrectiveAction(
        id=number, version=1, category=category, created_at=NOON - timedelta(days=days_ago), **values
    )


def test_causes_that_come_again_stand_first() -> None:
    found = recurrences(
        [
            action(1, "change", 200), action(2, "capacity", 3, component="till"), action(3, "capacity", 2, component="door"),
            action(4, "", 1), action(5, "change", 1, state=ActionState.CANCELLED), action(6, "odd", 100, recurred=1),
            action(7, "capacity", 1, state=ActionState.CLOSED),
        ],
        {each.id: each for each in USUAL_CAUSES}, NOON,
    )  # fmt: skip
    assert [(each.category, each.actions, each.is_recurring) for each in found] == [
        ("capacity", (7, 3, 2), True), ("odd", (6,), True), ("change", (1,), False), ("", (4,), False),
    ]  # fmt: skip
    first = found[0]
    assert (first.unended, first.lately, first.components) == (2, 3, ("door", "till"))
    assert [each.title for each in found[1:]] == ["odd", "A change that went wrong", "no category yet"]


def test_what_is_late_and_what_nobody_checked_is_counted_by_the_day() -> None:
    today = NOON.date()
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    found = [
        action(1, "", 9, due=yesterday, owner="ada"), action(2, "", 9, due=today), action(3, "", 9, due=tomorrow, owner="ada"),
        action(4, "", 9, state=ActionState.DONE, due=yesterday, check_on=yesterday),
        action(5, "", 9, state=ActionState.DONE, check_on=today), action(6, "", 9, state=ActionState.NOT_EFFECTIVE),
        action(7, "", 9, state=ActionState.CLOSED, due=yesterday),
    ]  # fmt: skip
    assert tally_of(found, today) == (4, 1, 2, 2, 1, 1, today)
    assert [each.next_day for each in found] == [yesterday, today, tomorrow, yesterday, today, None, None]
    assert [each.standing(today) for each in found] == [
        "late", "open", "open", "unverified", "done", "not effective", "closed",
    ]  # fmt: skip
