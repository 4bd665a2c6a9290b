"""What agreements say of the start of a procedure, over every way a request can stand. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import Agreement, RequestType
from core.desk.agreements.coverage import AgreementVersion, InForce, Outcome, outside_dates
from core.desk.agreements.starting import ForRequest, only_for_requests, procedures_for, why_not_for

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
NAMES = st.sampled_from(("start", "stop", "look"))
SERVICES = st.sampled_from(("mail", "vpn"))
DAYS = st.sampled_from(("", "2026-06-01", "2026-06-14", "2026-06-15", "2026-07-01"))


@st.composite
def agreements(draw: st.DrawFn) -> AgreementVersion:
    begins, ends = draw(DAYS), draw(DAYS)
    if begins and ends and ends < begins:
        begins, ends = ends, begins
    declared = Agreement(
        draw(st.sampled_from(("a", "b", "c"))), "A", "acme", tuple(draw(st.lists(SERVICES, min_size=1, unique=True))),
        begins=begins, ends=ends, outside=draw(st.sampled_from(("hold", "refuse"))),
        only_for_requests=tuple(draw(st.lists(NAMES, unique=True))),
    )  # fmt: skip
    return AgreementVersion(declared, 0)


@st.composite
def types(draw: st.DrawFn) -> RequestType:
    own, more = draw(st.one_of(st.just(""), NAMES)), tuple(draw(st.lists(NAMES, unique=True)))
    return RequestType("t", "T", "mail", procedure=own, may_run=more)


@st.composite
def requests(draw: st.DrawFn) -> ForRequest:
    version = draw(st.one_of(st.none(), agreements()))
    return ForRequest(
        "R-1", draw(SERVICES), "as it stands", draw(st.booleans()), draw(st.booleans()), draw(st.booleans()),
        NOW - timedelta(days=draw(st.integers(0, 40))), draw(st.booleans()), "t", version,
        draw(st.one_of(st.none(), agreements())), draw(st.one_of(st.none(), types())),
    )  # fmt: skip


@given(requests(), NAMES, SERVICES)
def test_what_is_begun_for_a_request_passed_every_question(
    asked: ForRequest, procedure: str, service: str
) -> None:
    if why_not_for(asked, procedure, "web", service, NOW) is not None:
        return
    assert asked.is_open
    assert not asked.is_held
    assert asked.is_approved
    assert service == asked.service
    if asked.is_bound:
        assert asked.offered is not None
        assert procedure in procedures_for(asked.offered)
    if asked.by is not None and not outside_dates(asked.by, asked.opened_at):
        assert asked.now is not None
        assert not outside_dates(asked.now, NOW)


@given(requests(), NAMES, SERVICES)
def test_whatever_is_refused_is_refused_with_words(asked: ForRequest, procedure: str, service: str) -> None:
    clause = why_not_for(asked, procedure, "web", service, NOW)
    assert clause is None or clause.strip()
    worse = asked._replace(is_open=False)
    assert why_not_for(worse, procedure, "web", service, NOW) is not None


@given(st.lists(agreements(), max_size=4), NAMES, SERVICES)
def test_only_where_all_that_cover_a_service_say_so_a_procedure_runs_only_for_a_request(
    declared: list[AgreementVersion], procedure: str, service: str
) -> None:
    covering = [
        e.agreement for e in declared if service in e.agreement.services and not outside_dates(e, NOW)
    ]
    found = only_for_requests(InForce(tuple(declared)), procedure, service, NOW)
    if found is None:
        assert not covering or not all(procedure in each.only_for_requests for each in covering)
        return
    assert covering
    assert all(procedure in each.only_for_requests for each in covering)
    assert (found.outcome is Outcome.REFUSED) == all(each.outside == "refuse" for each in covering)
    assert all(each.id in found.clause for each in covering)


@given(types())
def test_its_own_procedure_is_offered_first_and_none_twice(offered: RequestType) -> None:
    names = procedures_for(offered)
    assert len(set(names)) == len(names)
    assert set(names) == {*offered.may_run, offered.procedure} - {""}
    assert not offered.procedure or names[0] == offered.procedure
