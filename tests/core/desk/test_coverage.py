"""The gate: who may ask what of which service under which agreement, and who may deliver."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import (
    Agreement,
    Approval,
    Calendar,
    Customer,
    Group,
    Promise,
    RequestType,
    Staff,
)
from core.desk.agreements.coverage import (
    AgreementVersion,
    Closeness,
    InForce,
    Outcome,
    asks,
    groups_of,
    judge,
    may_approve,
    may_deliver,
    outside_dates,
    priority_of,
    promise_of,
    roles_of,
)
from core.errors import BadInput

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
TYPES = (RequestType("mailbox", "A mailbox", "mail"), RequestType("alias", "An alias", "mail"))
ACME = Agreement(
    "acme-mail", "Mail for Acme", "acme", ("mail", "web"), "office", (Promise(2, 3600.0, 14400.0),),
    may_ask=("@acme.example",), request_types=TYPES,
)  # fmt: skip
BETA = Agreement(
    "beta-mail", "Mail for Beta", "beta", ("mail",), "", outside="refuse", may_ask=("bo@beta.example", "buyers")
)  # fmt: skip
GROUPS = {
    "buyers": Group("buyers", "The buyers", ("@buyers.example", "cy@else.example", "ana")),
    "desk": Group("desk", "desk", ("ben",)),
}
STAFF = {"ana": Staff("ana", "Ana", email="Ana@House.example"), "ben": Staff("ben", "Ben", role="lead")}


def in_force(*agreements: Agreement) -> InForce:
    versions = tuple(AgreementVersion(each, 7, Calendar("office", "Europe/Berlin")) for each in agreements)
    return InForce(
        versions, GROUPS, STAFF, {"acme": Customer("acme", "Acme"), "beta": Customer("beta", "Beta")}
    )


DECLARED = in_force(ACME, BETA)


@pytest.mark.parametrize(
    ("asker", "service", "request_type", "outcome", "clause", "customer"),
    [
        ("ann@acme.example", "mail", "", "covered", "agreement acme-mail: covers mail, web; people of acme.example may ask", "acme"),
        (" Ann@ACME.example ", "mail", "mailbox", "covered", "agreement acme-mail: offers mailbox; people of acme.example may ask", "acme"),
        ("ann@sub.acme.example", "web", "", "held", "agreement acme-mail: only people of acme.example may ask", ""),
        ("ann@notacme.example", "web", "", "held", "agreement acme-mail: only people of acme.example may ask", ""),
        ("acme.example", "web", "", "held", "agreement acme-mail: only people of acme.example may ask", ""),
        ("", "web", "", "held", "agreement acme-mail: only people of acme.example may ask, and who asks is not said", ""),
        ("ann@acme.example", "print", "", "held", "agreement acme-mail: covers mail, web, not print", "acme"),
        ("ann@acme.example", "web", "mailbox", "held", "agreement acme-mail: mailbox is asked of mail, not of web", "acme"),
        ("ann@acme.example", "web", "page", "held", "agreement acme-mail: it offers no request types of web", "acme"),
        ("ann@acme.example", "mail", "mailbx", "held", 'agreement acme-mail: it offers no "mailbx". Did you mean "mailbox"?', "acme"),
        ("ann@acme.example", "mail", "zzz", "held", 'agreement acme-mail: it offers no "zzz". It offers: alias, mailbox', "acme"),
        ("bo@beta.example", "mail", "", "covered", "agreement beta-mail: covers mail; bo@beta.example and group buyers (The buyers) may ask", "beta"),
        ("bo@beta.example", "web", "", "refused", "agreement beta-mail: covers mail, not web", "beta"),
        ("cy@else.example", "mail", "", "covered", "agreement beta-mail: covers mail; bo@beta.example and group buyers (The buyers) may ask", "beta"),
        ("di@buyers.example", "mail", "", "covered", "agreement beta-mail: covers mail; bo@beta.example and group buyers (The buyers) may ask", "beta"),
        ("ana@house.example", "mail", "", "covered", "agreement beta-mail: covers mail; bo@beta.example and group buyers (The buyers) may ask", "beta"),
        (
            "eve@evil.example", "mail", "", "held",
            (
                "agreement acme-mail: only people of acme.example may ask; "
                "agreement beta-mail: only bo@beta.example and group buyers (The buyers) may ask"
            ),
            "",
        ),
        ("eve@evil.example", "print", "", "held", 'no agreement covers "print"', ""),
    ],
)  # fmt: skip
def test_the_gate_says_what_it_decides_and_by_which_clause(
    asker: str, service: str, request_type: str, outcome: str, clause: str, customer: str
) -> None:
    verdict = judge(DECLARED, asker=asker, service=service, request_type=request_type, at=NOW)
    assert (verdict.outcome, verdict.clause, verdict.customer) == (outcome, clause, customer)
    assert verdict.is_covered is (outcome == "covered")
    assert (verdict.by is None) is clause.startswith("no agreement")


def test_a_verdict_holds_the_version_it_goes_by() -> None:
    verdict = judge(DECLARED, asker="ann@acme.example", service="mail", at=NOW)
    assert verdict.by is not None
    assert (verdict.by.agreement, verdict.by.since) == (ACME, 7)


def test_where_nothing_is_agreed_everything_is_held() -> None:
    verdict = judge(InForce(), asker="ann@acme.example", service="mail", at=NOW)
    assert (verdict.outcome, verdict.clause) == (Outcome.HELD, 'no agreement covers "mail"')


def test_an_agreement_that_names_nobody_covers_nobody_and_a_star_everybody() -> None:
    closed = in_force(replace(ACME, may_ask=(), request_types=()))
    assert judge(closed, asker="ann@acme.example", service="mail", at=NOW).clause == (
        "agreement acme-mail: it names nobody who may ask"
    )
    opened = in_force(replace(ACME, may_ask=("*",)))
    for asker in ("x@y.example", "", "by phone"):
        assert judge(opened, asker=asker, service="mail", at=NOW).clause == (
            "agreement acme-mail: covers mail, web; anybody may ask"
        )


def test_a_request_is_refused_only_where_all_that_came_nearest_say_so() -> None:
    def outcome(one: str, other: str) -> Outcome:
        both = in_force(*(replace(each, outside=how) for each, how in ((ACME, one), (BETA, other))))  # type: ignore[arg-type]
        return judge(both, asker="eve@evil.example", service="mail", at=NOW).outcome

    assert outcome("refuse", "refuse") is Outcome.REFUSED
    assert outcome("refuse", "hold") is outcome("hold", "refuse") is Outcome.HELD


@pytest.mark.parametrize(
    ("may_ask", "closeness"),
    [
        (("*",), Closeness.ANYBODY),
        (("*", "staff-of-acme"), Closeness.DOMAIN_IN_GROUP),
        (("@acme.example", "staff-of-acme"), Closeness.DOMAIN),
        (("@acme.example", "just-ann"), Closeness.IN_GROUP),
        (("just-ann", "ann@acme.example", "*"), Closeness.ADDRESS),
        (("gone", "@else.example"), None),
    ],
)
def test_who_asks_is_named_more_or_less_closely(
    may_ask: tuple[str, ...], closeness: Closeness | None
) -> None:
    groups = {
        "staff-of-acme": Group("staff-of-acme", "", ("@acme.example",)),
        "just-ann": Group("just-ann", "", ("ann@acme.example",)),
    }
    declared = replace(DECLARED, groups=groups)
    assert asks(replace(ACME, may_ask=may_ask), "ann@acme.example", declared) is closeness


def test_of_several_the_one_counts_that_names_who_asks_most_closely_then_the_quickest_then_the_first() -> (
    None
):
    def chosen(*agreements: Agreement) -> list[str]:
        verdict = judge(in_force(*agreements), asker="ann@acme.example", service="mail", at=NOW)
        assert verdict.by is not None
        return [verdict.by.agreement.id, *verdict.also]

    slow = replace(ACME, id="a-slow", targets=(Promise(1, 7200.0, 7200.0),))
    same = replace(ACME, id="b-same")
    nothing = replace(ACME, id="a-nothing", targets=())
    hers = replace(ACME, id="z-hers", may_ask=("ann@acme.example",), targets=())
    assert chosen(slow, same, ACME) == ["acme-mail", "b-same", "a-slow"]
    assert chosen(nothing, same, ACME, slow, hers) == ["z-hers", "acme-mail", "b-same", "a-slow", "a-nothing"]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        # The agreement goes by the days of Berlin: an hour ahead of UTC.
        ("2026-11-30T22:59Z", "begins on 2026-12-01"),
        ("2026-11-30T23:00Z", ""),
        ("2026-12-31T22:59Z", ""),
        ("2026-12-31T23:00Z", "ended on 2026-12-31"),
    ],
)
def test_an_agreement_covers_from_its_first_day_to_its_last(at: str, words: str) -> None:
    bounded = in_force(replace(ACME, begins="2026-12-01", ends="2026-12-31"))
    instant = datetime.fromisoformat(at)
    assert outside_dates(bounded.agreements[0], instant) == words
    verdict = judge(bounded, asker="ann@acme.example", service="mail", at=instant)
    assert verdict.is_covered is (words == "")
    if words:
        assert (verdict.clause, verdict.customer) == (f"agreement acme-mail: {words}", "acme")


@pytest.mark.parametrize(
    ("allowed", "staff_id", "clause"),
    [
        ((), "anyone", None),
        (("ana",), "ana", None),
        (("role:lead",), "ben", None),
        (("role:operator",), "ben", None),  # a lead is an operator too
        (("desk",), "ben", None),
        (("role:admin",), "ben", "agreement acme-mail: only the role admin may deliver; ben is none of them"),
        (("ana", "desk", "role:lead"), "cy", "agreement acme-mail: only ana, desk and the role lead may deliver; cy is none of them"),
    ],
)  # fmt: skip
def test_who_may_deliver(allowed: tuple[str, ...], staff_id: str, clause: str | None) -> None:
    role = STAFF[staff_id].role if staff_id in STAFF else "operator"
    agreement = replace(ACME, may_deliver=allowed)
    assert may_deliver(agreement, staff_id, roles_of(role), groups_of(GROUPS, staff_id)) == clause


def test_who_may_approve() -> None:
    approval = Approval(("role:lead", "ana"))
    assert may_approve(approval, "ben", roles_of("lead"), ()) is None
    assert may_approve(approval, "ana", roles_of("operator"), ()) is None
    assert may_approve(approval, "cy", roles_of("reviewer"), ("desk",)) == (
        "only the role lead and ana may approve; cy is none of them"
    )


def test_a_role_has_all_that_it_includes() -> None:
    assert roles_of("lead") == {"lead", "operator", "viewer"}
    assert roles_of("reviewer") == {"reviewer", "viewer"}
    assert "lead" in roles_of("admin")


def test_the_priority_comes_from_impact_and_urgency_by_the_table_of_the_agreement() -> None:
    assert [[priority_of(ACME, i, u) for u in (1, 2, 3)] for i in (1, 2, 3)] == [
        [1, 2, 3],
        [2, 3, 4],
        [3, 4, 4],
    ]
    own = replace(ACME, priority=((1, 1, 2, 2),) * 2 + ((3, 3, 3, 4),) * 2)
    assert (priority_of(own, 2, 4), priority_of(own, 4, 4)) == (2, 4)
    for impact, urgency in ((0, 1), (1, 4), (4, 1), (-1, 1)):
        with pytest.raises(BadInput, match="does not exist in agreement acme-mail"):
            priority_of(ACME, impact, urgency)


def test_a_request_type_may_promise_its_own_resolution() -> None:
    kind = TYPES[0]
    assert promise_of(ACME, 2, kind) == promise_of(ACME, 2) == ACME.targets[0]
    assert promise_of(ACME, 2, replace(kind, resolve_s=7200.0)) == Promise(2, 3600.0, 7200.0)
    assert promise_of(ACME, 2, replace(kind, resolve_s=60.0)) == Promise(2, 60.0, 60.0)
    assert promise_of(ACME, 1, kind) is None
    assert promise_of(ACME, 1, replace(kind, resolve_s=60.0)) == Promise(1, 60.0, 60.0)


_ASKERS: Any = st.sampled_from(("ann@acme.example", "bo@beta.example", "cy@else.example", "", "x"))
_AGREEMENTS = st.builds(
    Agreement, st.sampled_from("abcdef"), st.just("t"), st.sampled_from(("acme", "beta")),
    st.sampled_from((("mail",), ("web",), ("mail", "web"))),
    begins=st.sampled_from(("", "2026-11-30", "2026-12-01")), ends=st.sampled_from(("", "2026-11-29")),
    outside=st.sampled_from(("hold", "refuse")),
    may_ask=st.lists(st.sampled_from(("*", "@acme.example", "bo@beta.example", "buyers")), max_size=2).map(tuple),
    request_types=st.sampled_from(((), TYPES)),
)  # fmt: skip
_MANY = st.lists(_AGREEMENTS, max_size=5, unique_by=lambda each: each.id)


@given(
    _MANY,
    _ASKERS,
    st.sampled_from(("mail", "web", "print")),
    st.sampled_from(("", "mailbox", "none")),
    st.randoms(),
)
def test_what_is_covered_is_covered_by_one_alone_and_in_whatever_order(
    agreements: list[Agreement], asker: str, service: str, request_type: str, chance: Any
) -> None:
    def said(*some: Agreement) -> Any:
        return judge(in_force(*some), asker=asker, service=service, request_type=request_type, at=NOW)

    verdict = said(*agreements)
    alone = {each.id for each in agreements if said(each).is_covered}
    assert verdict.is_covered is bool(alone)
    if verdict.is_covered:
        assert {verdict.by.agreement.id, *verdict.also} == alone
        assert verdict.customer == verdict.by.agreement.customer
    if verdict.outcome is Outcome.REFUSED:
        assert verdict.by.agreement.outside == "refuse"
    shuffled = list(agreements)
    chance.shuffle(shuffled)
    assert said(*shuffled) == verdict
    assert verdict.clause
