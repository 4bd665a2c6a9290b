"""Access is asked for with a reason, approved by another, and over by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.access import AccessSource
from core.catalog.commands import load_catalog
from core.errors import BadInput, NotPermitted, NotPossible
from core.journal.queries import page
from core.security.grants.model import Standing
from core.security.grants.queries import one_grant
from core.security.requests import commands
from core.security.requests.model import FOLLOWS, OPEN, AskState, Wish, check_follows
from core.security.requests.queries import access_requests, one_access_request
from tests.core.security.reviews.house import AGENT, BOX, CATALOG, House, grant_row, put_grants

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.work import Author

WISH = Wish("cy", "hosts", "cy", "admin", "component:web", "the disk is full", 2)


@pytest.fixture
def house(place: Path | str, ada: Author) -> Iterator[House]:
    built = House(place, ada)
    yield built
    built.store.close()


def asked(house: House, wish: Wish = WISH, by: str = "cy") -> int:
    return house.do(commands.ask_access, wish, by=by).id


def ends(house: House) -> int:
    done = 0
    while house.store.write(AGENT, commands.end_due_access, house.token()):
        done += 1
    return done


def test_what_is_approved_is_granted_until_its_last_day_and_then_removed(house: House) -> None:
    house.do(put_grants, [grant_row("root", entitlement="admin", is_privileged=1)])
    number = asked(house)
    approved = house.do(commands.approve_access, number, "yes", BOX, by="lea")
    assert (approved.state, approved.ends_on, approved.decided_by) == (
        AskState.APPROVED,
        date(2026, 11, 24),
        "lea",
    )
    assert approved.grant is not None
    grant = house.store.read(one_grant, approved.grant)
    assert (grant.standing, grant.person, grant.owner, grant.expires) == (
        Standing.MISSING,
        "cy",
        "lea",
        date(2026, 11, 24),
    )
    assert (grant.is_privileged, grant.reason) == (True, "AQ-1: the disk is full")
    house.pass_(days=1)
    assert ends(house) == 0
    house.pass_(days=1)
    assert house.store.read(commands.is_access_due, house.now)
    assert ends(house) == 1
    assert house.store.read(one_access_request, number).state is AskState.ENDED
    assert house.store.read(one_grant, approved.grant).standing is Standing.ENDED
    assert house.store.read(access_requests) == []
    assert len(house.store.read(access_requests, ended=True)) == 1


def test_a_reason_is_kept_whole_or_refused_and_what_is_said_of_it_may_be_shortened(house: House) -> None:
    with pytest.raises(BadInput, match="why it is needed: it has 4,001 characters; at most 4,000 fit"):
        asked(house, WISH._replace(reason="x" * 4001))
    assert house.store.read(access_requests) == []
    number = asked(house, WISH._replace(reason="x" * 4000))
    approved = house.do(commands.approve_access, number, "y" * 4000, BOX, by="lea")
    assert (approved.wish.reason, approved.why) == ("x" * 4000, "y" * 4000)
    assert approved.grant is not None
    assert house.store.read(one_grant, approved.grant).reason == f"AQ-{number}: {'x' * 3993}…"
    with pytest.raises(BadInput, match="why it ends before its time: it has 4,001 characters"):
        house.do(commands.end_access, number, "z" * 4001, BOX, by="lea")
    house.do(commands.end_access, number, "z" * 4000, BOX, by="lea")
    assert house.store.read(one_grant, approved.grant).standing is Standing.ENDED


def test_what_its_source_shows_is_to_be_removed_at_the_end(house: House) -> None:
    house.do(put_grants, [grant_row("cy", entitlement="admin", state=Standing.FOUND, is_granted=0)])
    number = asked(house)
    house.do(commands.approve_access, number, "", BOX, by="lea")
    assert house.store.read(one_grant, 1).standing is Standing.GRANTED
    house.do(commands.end_access, number, "done early", BOX, by="cy")
    assert house.store.read(one_grant, 1).standing is Standing.REMOVING


@pytest.mark.parametrize(
    ("wrong", "what", "step"),
    [
        ({"source": "host"}, "source: 'host' is no source of grants", 'Did you mean "hosts"?'),
        (
            {"source": "ldap"},
            "none of that name is declared, or was read",
            "Sources: hosts, watchfloor-staff",
        ),
        (
            {"on": "component:wbe"},
            "on: 'component:wbe' is not declared in the catalog",
            'Did you mean "component:web"?',
        ),
        (
            {"on": "component:12345"},
            "is not declared in the catalog",
            "Declared: component:db, component:web",
        ),
        (
            {"on": "host:web-2"},
            "on: 'host:web-2' is nothing that hosts has rights on",
            'Did you mean "host:web-1"?',
        ),
    ],
)
def test_what_there_is_not_cannot_be_asked_for(
    house: House, wrong: dict[str, Any], what: str, step: str
) -> None:
    with pytest.raises(BadInput) as refused:
        asked(house, WISH._replace(**wrong))
    assert what in str(refused.value)
    assert step in str(refused.value)
    assert house.store.read(access_requests, ended=True) == []


def test_access_can_be_asked_for_on_what_a_source_speaks_of_or_has_shown(house: House) -> None:
    house.do(put_grants, [grant_row("root", source="by-hand", thing="payouts")])
    asked(house, WISH._replace(on="host:web-1"))
    asked(house, WISH._replace(source="by-hand", on="payouts"))
    asked(house, WISH._replace(on="service:shop"))
    assert len(house.store.read(access_requests)) == 3


def test_nobody_decides_about_themselves_or_what_they_asked_for(house: House) -> None:
    own = asked(house, Wish("lea", *WISH[1:]), by="lea")
    for_lea = asked(house, Wish("lea", "hosts", "lea2", *WISH[3:]), by="ben")
    for number in (own, for_lea):
        for command in (commands.approve_access, commands.decline_access):
            with pytest.raises(NotPermitted, match="another decides") as refused:
                house.do(command, number, "x", BOX, by="lea")
            assert refused.value.next_step.endswith("These can: ada")
            told = house.store.read(page, limit=1)[0]
            assert (told.kind, told.actor, told.note) == ("staff.refused", "lea", refused.value.what)
    by_ada = asked(house, WISH._replace(principal="lea3", person="lea"), by="ada")
    with pytest.raises(NotPermitted, match="another decides") as refused:
        house.do(commands.approve_access, by_ada, "x", BOX)
    assert refused.value.next_step.endswith("Nobody else can: an admin makes somebody else a lead")
    with pytest.raises(NotPermitted):
        house.do(commands.approve_access, own, "x", BOX, by="ben")  # no lead
    assert house.do(commands.decline_access, own, "not now", BOX).state is AskState.DECLINED
    with pytest.raises(NotPermitted, match="ben asked for"):
        house.do(commands.withdraw_access, for_lea, by="cy")
    assert house.do(commands.withdraw_access, for_lea, by="ben").state is AskState.WITHDRAWN


def test_what_nobody_answers_in_a_shift_is_not_granted(house: House) -> None:
    number = asked(house)
    house.pass_(hours=8)
    assert ends(house) == 1
    assert house.store.read(one_access_request, number).state is AskState.EXPIRED
    with pytest.raises(NotPossible, match="AQ-1 is not answered"):
        house.do(commands.approve_access, number, "late", BOX, by="lea")


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"days": 15}, "not given for 15 days"),
        ({"days": 0}, "not given for 0 days"),
        ({"reason": " "}, "why it is needed"),
        ({"person": "cyy"}, "not declared as staff"),
        ({"entitlement": ""}, "says nothing of"),
    ],
)
def test_a_wish_that_lacks_something_is_refused(house: House, changed: dict[str, Any], what: str) -> None:
    with pytest.raises(BadInput, match=what):
        asked(house, WISH._replace(**changed))
    assert house.store.read(access_requests, ended=True) == []


def test_nobody_asks_for_what_they_have(house: House) -> None:
    house.do(put_grants, [grant_row("cy", entitlement="admin")])
    with pytest.raises(NotPossible, match="cy has admin on component:web already"):
        asked(house)


def test_of_two_who_ask_for_the_same_one_is_approved(house: House) -> None:
    first, second = asked(house), asked(house, WISH._replace(days=1))
    granted = house.do(commands.approve_access, first, "", BOX, by="lea").grant
    with pytest.raises(NotPossible, match="cy has admin on component:web already"):
        house.do(commands.approve_access, second, "", BOX, by="lea")
    assert granted is not None
    assert house.store.read(one_grant, granted).expires == date(2026, 11, 24)
    assert house.store.read(one_access_request, second).state is AskState.ASKED


@given(st.sampled_from(list(AskState)), st.sampled_from(list(AskState)))
def test_what_is_over_stays_over(now: AskState, wanted: AskState) -> None:
    if wanted in FOLLOWS[now]:
        assert now in OPEN
        check_follows("AQ-1", now, wanted)
    else:
        with pytest.raises(NotPossible):
            check_follows("AQ-1", now, wanted)


def test_who_may_not_ask_is_told_nothing_of_the_staff(house: House) -> None:
    with pytest.raises(NotPermitted) as refused:
        asked(house, WISH._replace(person="nobody"), by="vic")
    assert "ben" not in str(refused.value)
    with pytest.raises(BadInput, match="nothing of: person"):
        asked(house, WISH._replace(person="", principal="x"))


def test_nobody_approves_what_their_own_account_would_get(house: House) -> None:
    wish = Wish("cy", "hosts", "Lea", *WISH[3:])
    number = asked(house, wish, by="ben")
    with pytest.raises(NotPermitted, match="is about cy as Lea, and ben asked for it: another decides"):
        house.do(commands.approve_access, number, "yes", BOX, by="lea")
    assert house.do(commands.approve_access, number, "yes", BOX).state is AskState.APPROVED


def test_what_is_approved_is_privileged_where_its_source_is_declared_so(house: House) -> None:
    hosts = AccessSource("hosts", "passwd", "host:web-1", privileged=("adm*",))
    catalog = replace(CATALOG, access_sources={"hosts": hosts})
    house.do(load_catalog, catalog, directory="x", digest="2", changes=[])
    approved = house.do(commands.approve_access, asked(house), "yes", BOX, by="lea")
    plain = house.do(
        commands.approve_access, asked(house, WISH._replace(entitlement="login")), "yes", BOX, by="lea"
    )
    grants = [house.store.read(one_grant, each.grant or 0) for each in (approved, plain)]
    assert [each.is_privileged for each in grants] == [True, False]
