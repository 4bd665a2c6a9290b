"""What is missing in who is on call is found beforehand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from core.catalog.model import Staff
from core.catalog.oncall import Layer, Policy, PolicyStep, Rota
from core.desk.escalation.whom import People
from core.desk.oncall.gaps import lacks
from core.desk.oncall.model import Override
from core.timekeeping import to_micros

HOUR, DAY = 3_600_000_000, 86_400_000_000
MONDAY = to_micros(datetime(2026, 1, 5, tzinfo=UTC))
ADA = Staff("ada", "Ada", email="ada@house.example")
OPS = Rota("ops", "Operations", "UTC", (Layer("first", ("ada",), "2026-01-05"),))


def said(rota: Rota, *staff: Staff, policy: Policy | None = None, days: int = 2, kept: str = "") -> list[str]:
    people = People({rota.id: rota}, (), {each.id: each for each in staff})
    policies = {} if policy is None else {policy.id: policy}
    reaches = lambda name, has_address: has_address or name == kept  # noqa: E731 – as who asks knows it
    return [each.words for each in lacks(people, policies, MONDAY, MONDAY + days * DAY, reaches)]


def test_before_the_first_turn_there_is_a_gap() -> None:
    assert said(OPS, ADA) == []
    assert said(replace(OPS, layers=(replace(OPS.layers[0], at=540),)), ADA) == [
        "ops: Mon 05 Jan 00:00 to 09:00 nobody is on call (UTC)"
    ]


def test_only_what_the_rota_is_to_cover_is_a_gap() -> None:
    layer = replace(OPS.layers[0], hours=((0, 600, 1080),))
    desk = replace(OPS, layers=(layer,), covers=((0, 480, 1080), (1, 480, 500)))
    assert said(desk, ADA) == [
        "ops: Mon 05 Jan 08:00 to 10:00 nobody is on call (UTC)", "ops: Tue 06 Jan 08:00 to 08:20 nobody is on call (UTC)",
    ]  # fmt: skip


def test_who_is_away_is_named_with_the_days() -> None:
    away = replace(ADA, away=("2026-01-06..2026-01-09 skiing",))
    assert said(OPS, away) == [
        "ops: Mon 05 Jan 00:00 to Wed 07 Jan 00:00 ada is on call and away on 2026-01-06 (skiing) (UTC)"
    ]
    assert "away from 2026-01-06 to 2026-01-09 (skiing)" in said(OPS, away, days=9)[0]
    assert said(OPS, replace(ADA, away=("2026-01-08",))) == []


def test_whom_nothing_reaches_and_who_has_gone_is_named() -> None:
    assert said(OPS, replace(ADA, email="")) == [
        "ops: Mon 05 Jan 00:00 to Wed 07 Jan 00:00 ada is on call, and nothing reaches them (UTC)"
    ]
    assert said(OPS, replace(ADA, email=""), kept="ada") == []
    assert said(OPS) == [
        "ops: Mon 05 Jan 00:00 to Wed 07 Jan 00:00 ada is on call and no longer of the staff (UTC)"
    ]


def test_a_gap_that_somebody_takes_over_is_none() -> None:
    late = replace(OPS, layers=(replace(OPS.layers[0], at=540),))
    swap = Override(1, 1, "ops", "ada", MONDAY, MONDAY + 9 * HOUR, "early bird", MONDAY, "ada")
    people = People({"ops": late}, (swap,), {"ada": ADA})
    assert lacks(people, {}, MONDAY, MONDAY + DAY) == []


def test_policies_are_looked_through_for_whom_nothing_reaches() -> None:
    policy = Policy(
        "major", "Major", (PolicyStep(("rota:ops", "bob", "role:lead")), PolicyStep(("channel:room",)))
    )
    bob, cyd = Staff("bob", "Bob"), Staff("cyd", "Cyd", role="lead", email="cyd@house.example")
    assert said(OPS, ADA, bob, cyd, policy=policy) == [
        "policy major step 1: nothing reaches bob: `watchfloor mail reach bob`, or an email in the catalog",
        "policy major step 2: no address is kept for the channel room: `watchfloor mail reach room`",
    ]
    assert len(said(OPS, ADA, bob, cyd, policy=policy, kept="room")) == 1
