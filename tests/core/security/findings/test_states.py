"""The states of findings, when each is due, and what people may do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput, Moved, NotPossible
from core.gate.model import AT_ONCE
from core.gate.undo import last_undoable, take_back
from core.restorers import RESTORERS
from core.security.findings import commands
from core.security.findings.burning_down import weeks
from core.security.findings.model import (
    DAYS,
    STANDING,
    Due,
    Exploited,
    FindingState,
    Severity,
    due_again,
    due_of,
)
from core.security.findings.pages import (
    PAGES,
    VIEWS,
    Wanted,
    count,
    figures,
    page,
)
from core.security.together import together
from tests.core.security.findings.house import BOX, SAMPLES

if TYPE_CHECKING:
    from core.store.work import Author
    from tests.core.security.findings.house import House

_S = FindingState
DAYS_OF_TIME = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def test_every_state_has_a_way_out() -> None:
    assert all(standing.follows for standing in STANDING.values())
    assert all(_S.REOPENED in STANDING[state].follows for state in _S if not state.is_open)


@pytest.mark.parametrize(
    ("severity", "exploited", "agreed", "day", "rule"),
    [
        (Severity.CRITICAL, Exploited(), [], "2026-11-30", "critical: 7 days"),
        (Severity.UNKNOWN, Exploited(), [], "2026-12-23", "unknown: 30 days"),
        (Severity.LOW, Exploited(True, date(2026, 11, 26)), [], "2026-11-26", "known to be exploited"),
        (Severity.LOW, Exploited(True), [], "2026-12-07", "known to be exploited"),
        (Severity.LOW, Exploited(epss=0.9), [], "2027-03-23", "low: 120 days"),
        (Severity.HIGH, Exploited(), [("gold", 14), ("iron", 3)], "2026-11-26", "agreement iron: 3 days"),
        (Severity.INFO, Exploited(), [], "None", "no day is set"),
    ],
)
def test_due_is_the_earliest_of_severity_list_and_agreement(
    severity: Severity, exploited: Exploited, agreed: list[tuple[str, int]], day: str, rule: str
) -> None:
    found = due_of(date(2026, 11, 23), severity, exploited, agreed)
    assert (str(found.day), found.rule) == (day, rule)


@given(st.sampled_from(Severity), DAYS_OF_TIME, DAYS_OF_TIME, st.sampled_from(Severity))
def test_a_day_that_has_passed_never_moves_on(
    severity: Severity, start: date, today: date, other: Severity
) -> None:
    before = due_of(start, severity)
    after = due_again(before, due_of(start, other), today)
    if before.day is not None and before.day < today:
        assert after.day is not None
        assert after.day <= before.day
    else:
        assert after == due_of(start, other)


@given(st.sampled_from(Severity), st.sampled_from(Severity), DAYS_OF_TIME)
def test_the_graver_is_never_due_later(one: Severity, other: Severity, start: date) -> None:
    graver, less = sorted((one, other), key=lambda each: each.grade)
    first, second = due_of(start, graver).day, due_of(start, less).day
    assert second is None or (first is not None and first <= second)
    assert (DAYS[Severity.INFO], due_of(start, Severity.INFO)) == (None, Due(None, "no day is set"))


def test_what_was_done_is_taken_back(house: House) -> None:
    house.take_in(SAMPLES / "trivy.json")
    number = house.one("CVE-2026-1001").id
    house.do(commands.start_finding, number)
    house.do(commands.correct_finding, number, "updated")
    entry = house.store.read(last_undoable, RESTORERS, "ada", house.now)
    assert entry is not None
    house.do(take_back, RESTORERS, entry.seq)
    found = house.one("CVE-2026-1001")
    assert (found.state, found.owner, found.corrected_at, found.corrected_by) == (
        _S.CORRECTING,
        "ada",
        None,
        "",
    )


def test_what_cannot_be_is_refused_with_what_can(house: House) -> None:
    house.take_in(SAMPLES / "trivy.json")
    number, today = house.one("CVE-2026-1001").id, house.now.date()
    for until, what in (
        (today - timedelta(days=1), "is past"),
        (today + timedelta(days=400), "too far ahead"),
    ):
        with pytest.raises(BadInput, match=what):
            house.do(commands.accept_finding, number, until, "ada", "no way in", BOX)
    with pytest.raises(BadInput, match="asks to be confirmed"):
        house.do(commands.accept_finding, number, today, "ada", "no way in", AT_ONCE)
    with pytest.raises(BadInput, match="a sentence is asked for"):
        house.do(commands.accept_finding, number, today, "ada", " ", BOX)
    with pytest.raises(BadInput, match="needs an owner"):
        house.do(commands.accept_finding, number, today, "", "no way in", BOX)
    with pytest.raises(BadInput, match="no justification"):
        house.do(commands.rule_out_finding, number, "because", "it is", BOX)
    with pytest.raises(NotPossible, match="cannot become reopened"):
        house.do(commands.reopen_finding, number, "why", BOX)
    house.do(commands.confirm_finding, number)
    with pytest.raises(Moved):
        house.do(commands.start_finding, number, seen=1)


def test_an_acceptance_is_set_again_with_the_day_typed(house: House) -> None:
    house.take_in(SAMPLES / "trivy.json")
    number = house.one("CVE-2026-1001").id
    house.do(commands.accept_finding, number, date(2026, 12, 1), "ada", "no way in", BOX)
    house.do(commands.accept_finding, number, date(2027, 1, 15), "ada", "still none", BOX)
    found = house.one("CVE-2026-1001")
    assert (found.state, found.accepted_until, found.why) == (_S.ACCEPTED, date(2027, 1, 15), "still none")


def test_a_severity_that_a_person_set_is_no_longer_changed_by_reports(house: House) -> None:
    house.take_in(SAMPLES / "trivy.json")
    number = house.one("CVE-2026-1002").id
    house.do(commands.grade_finding, number, "critical", "it faces the street")
    house.take_in(SAMPLES / "trivy.json")
    found = house.one("CVE-2026-1002")
    assert (found.severity, found.is_graded, found.due) == (Severity.CRITICAL, True, date(2026, 11, 30))


def test_several_at_once_say_of_each_why_not(house: House) -> None:
    house.take_in(SAMPLES / "trivy.json")
    found = sorted(house.all().values(), key=lambda each: each.id)
    house.do(commands.correct_finding, found[0].id)
    came = house.do(together, "finding.confirm", commands.confirm_finding, [(f.id, f.version) for f in found])
    assert came.done == (found[1].label, found[2].label)
    assert came.not_done[0][0] == found[0].label


def test_pages_views_and_figures_agree(house: House) -> None:
    house.take_in(SAMPLES / "trivy.json")
    house.take_in(SAMPLES / "grype.json")
    number = house.one("CVE-2026-1002").id
    house.do(commands.accept_finding, number, date(2026, 12, 1), "ada", "no way in", BOX)
    today = house.now.date()
    wanted = Wanted("ada", today)
    rows = house.store.read(page, wanted)
    assert [row.vulnerability for row in rows] == [
        "CVE-2026-1001",
        "CVE-2026-1003",
        "CVE-2026-1004",
        "CVE-2026-1005",
    ]
    assert house.store.read(page, wanted, behind=rows[1]) == rows[2:]
    assert house.store.read(page, wanted, before=rows[1]) == rows[:1]
    window = house.store.read(PAGES.window_around, wanted, rows[1].id)
    assert window is not None
    assert (window.rows, window.is_first, window.is_last) == (rows, True, True)
    assert (
        house.store.read(PAGES.last_window, wanted).rows
        == rows
        == house.store.read(PAGES.first_window, wanted).rows
    )
    counts = {view: house.store.read(count, Wanted("ada", today, view)) for view in VIEWS}
    assert counts == {
        "open": 4, "late": 0, "this week": 1, "exploited": 1, "unowned": 4, "mine": 0, "corrected": 0, "accepted": 1,
        "closed": 0, "all": 5,
    }  # fmt: skip
    numbers = house.store.read(figures, today)
    assert (numbers.open, numbers.this_week, numbers.exploited, numbers.accepted) == (4, 1, 1, 1)
    for words, many in (("jinja", 1), ("!jinja", 3), ("severity:critical kev", 1), ("a%b", 0)):
        assert house.store.read(count, Wanted("ada", today, words=words)) == many


def test_weeks_are_counted_back_from_now(house: House) -> None:
    house.take_in(SAMPLES / "trivy.json")
    number = house.one("CVE-2026-1002").id
    house.pass_(days=7)
    house.do(commands.accept_finding, number, date(2026, 12, 20), "ada", "no way in", BOX)
    found = house.store.read(weeks, datetime(2026, 12, 9, tzinfo=UTC), 3)
    assert [(str(w.monday), w.opened, w.closed, w.left) for w in found] == [
        ("2026-11-23", 3, 0, 3), ("2026-11-30", 0, 1, 2), ("2026-12-07", 0, 0, 2),
    ]  # fmt: skip


def test_the_weeks_tell_what_was_open_at_the_end_of_each_whatever_became_of_an_accepted_risk(
    house: House, ada: Author
) -> None:
    first, *_ = (house.take_in(SAMPLES / "trivy.json"), house.take_in(SAMPLES / "cyclonedx.json"))
    numbers = [each.id for each in house.all().values() if each.state is _S.NEW][:3]
    assert first.created == 3
    seen = []

    def ended_week() -> None:
        seen.append(house.store.read(figures, house.now.date()).open)
        house.pass_(days=7)

    ended_week()
    for number in numbers:
        house.do(commands.accept_finding, number, date(2027, 2, 1), "ada", "no way in", BOX)
    ended_week()
    house.do(commands.accept_finding, numbers[0], date(2027, 3, 1), "ada", "still no way in", BOX)  # again
    ended_week()
    house.do(commands.correct_finding, numbers[0], "patched")
    house.do(commands.rule_out_finding, numbers[1], "component_not_present", "it is not built in", BOX)
    ended_week()
    house.do(commands.correct_finding, numbers[2], "patched")
    entry = house.store.read(last_undoable, RESTORERS, ada.actor, house.now)
    assert entry is not None
    house.do(take_back, RESTORERS, entry.seq)
    ended_week()
    found = house.store.read(weeks, house.now, 6)
    assert [week.left for week in found[:-1]] == seen
    assert [week.opened - week.closed for week in found[1:-1]] == [b - a for a, b in pairwise(seen)]


def test_one_that_is_corrected_no_longer_says_why_its_risk_was_accepted(house: House) -> None:
    house.take_in(SAMPLES / "trivy.json")
    number = house.one("CVE-2026-1002").id
    house.do(commands.accept_finding, number, date(2026, 12, 20), "ada", "no way in", BOX)
    corrected = house.do(commands.correct_finding, number, "patched")
    assert (corrected.why, corrected.accepted_owner, corrected.accepted_until) == ("", "", None)
