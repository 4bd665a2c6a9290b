"""Validity of training over time, and for what it is asked. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.training import Training
from core.improvement.training.asked import training_words
from core.improvement.training.model import SOON, Completion, Standing, TrainingState, expires_on, standing
from core.improvement.training.needs import Held, why_for_person, why_for_right

DAY = timedelta(days=1)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
MONTHS = st.one_of(st.none(), st.integers(1, 120))
_S = TrainingState


@st.composite
def completions(draw: st.DrawFn) -> list[Completion]:
    days, gone = draw(st.lists(DAYS, max_size=6)), draw(st.lists(st.booleans(), min_size=6, max_size=6))
    return [
        Completion(n, 1, "ana", "t", day, "", "lea", datetime(2026, 1, 1, tzinfo=UTC), "lea" * gone[n], "")
        for n, day in enumerate(days)
    ]


@pytest.mark.parametrize(
    ("on", "months", "expires"),
    [
        ("2025-10-01", 12, "2026-10-01"), ("2024-02-29", 12, "2025-02-28"), ("2025-08-31", 6, "2026-02-28"),
        ("2025-12-31", 1, "2026-01-31"), ("2025-11-30", 2, "2026-01-30"),
    ],
)  # fmt: skip
def test_it_expires_on_the_same_day_of_the_month(on: str, months: int, expires: str) -> None:
    assert expires_on(date.fromisoformat(on), months) == date.fromisoformat(expires)


@given(DAYS, st.integers(1, 300))
def test_it_expires_later_than_it_was_completed_and_the_longer_the_later(on: date, months: int) -> None:
    first, longer = expires_on(on, months), expires_on(on, months + 1)
    assert first is not None
    assert longer is not None
    assert on + 28 * DAY * (months - 1) < first < longer
    assert first.day in {on.day, 28, 29, 30}


@given(completions(), MONTHS, DAYS)
def test_every_day_has_one_standing_that_its_own_numbers_prove(
    done: list[Completion], months: int | None, today: date
) -> None:
    found = standing(done, months, today)
    counted = [each for each in done if not each.is_withdrawn and each.on <= today]
    assert (found.state is _S.MISSING) == (not counted)
    if found.by is None:
        return
    assert found.by.on == max(each.on for each in counted)
    assert found.expires == expires_on(found.by.on, months)
    if found.expires is None:
        assert found.state is _S.VALID
    else:
        assert (found.state is _S.EXPIRED) == (found.expires <= today)
        assert (found.state is _S.EXPIRES_SOON) == (today < found.expires <= today + SOON)


@given(completions(), MONTHS, DAYS)
def test_what_was_withdrawn_never_counted(done: list[Completion], months: int | None, today: date) -> None:
    kept = [each for each in done if not each.is_withdrawn]
    assert standing(done, months, today) == standing(kept, months, today)


@given(completions(), MONTHS, DAYS, st.integers(1, 4000))
def test_without_anything_new_it_only_gets_worse(
    done: list[Completion], months: int | None, today: date, later: int
) -> None:
    order, past = list(_S), [each for each in done if each.on <= today]
    before, after = standing(past, months, today), standing(past, months, today + later * DAY)
    if before.state is _S.MISSING:
        assert after.state is _S.MISSING
    else:
        assert order.index(after.state) <= order.index(before.state)
        assert after.state is not _S.MISSING


def test_what_it_is_asked_for() -> None:
    services = {"ledger": "payments", "mta": "mail"}
    by_right = Training("a", "A", rights=("payouts-*@component:ledger",))
    by_service = Training("b", "B", services=("payments",))
    by_component = Training("c", "C", components=("mta",))
    privileged = Training("d", "D", privileged=True)
    held = Held("payouts-approve", "component:ledger")
    assert why_for_right(by_right, held, services) == "has payouts-approve on component:ledger"
    assert why_for_right(by_service, held, services)
    assert why_for_right(by_service, Held("read", "service:payments"), services)
    assert not why_for_right(by_component, held, services)
    assert why_for_right(by_component, Held("x", "component:mta"), services)
    assert not why_for_right(privileged, held, services)
    assert why_for_right(privileged, held._replace(is_privileged=True), services)
    assert not why_for_right(by_right, Held("payouts-approve", "component:mta"), services)


def test_of_the_staff_it_is_asked_by_role_or_by_any_of_their_rights() -> None:
    asked = Training("a", "A", roles=("operator",), rights=("root",))
    assert why_for_person(asked, "operator", [], {}) == "has the role operator"
    assert why_for_person(asked, "lead", [], {}) == ""
    assert (
        why_for_person(asked, "lead", [Held("read", "h"), Held("root", "host:gate")], {})
        == "has root on host:gate"
    )


def test_several_are_told_the_worst_first() -> None:
    stands = [
        (Standing(_S.VALID), "Doors"), (Standing(_S.MISSING), "Four eyes"), (Standing(_S.EXPIRED, date(2026, 10, 1)), "Forklift"),
        (Standing(_S.VALID, date(2027, 1, 1)), "Ladders"),
    ]  # fmt: skip
    assert training_words(stands) == (
        "missing: Four eyes; Forklift expired 2026-10-01; Doors valid; Ladders valid until 2026-12-31"
    )
