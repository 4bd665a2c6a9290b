"""Nobody judges a signal about themselves: the refusal is an entry and a signal, and somebody else may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import BadInput, NotPermitted, NotPossible
from core.journal.model import Subject
from core.journal.queries import of_subject
from core.security.signals.commands import acknowledge_signal, make_incident
from core.security.signals.model import MOST_A_DAY, OTHERS, SignalState
from core.security.signals.own import look_through, take_in_own
from core.security.signals.rules import BUILT_IN
from core.security.signals.suppressing import suppress_signal, suppressions_until
from core.security.signals.taking_in import DUTY, raise_signal, raised_by
from core.timekeeping import to_micros
from tests.core.security.signals.house import AGENT, BOX, LEE, House

NOT_IN_SUDOERS = next(rule for rule in BUILT_IN if rule.id == "not-in-sudoers")


def raise_about(house: House, about: str) -> int:
    raised = raised_by(NOT_IN_SUDOERS, to_micros(house.now), about, "a line")
    return house.do(raise_signal, house.followed.origin, raised, author=AGENT)


@pytest.mark.parametrize("name", ["ada", "Ada"])
def test_nobody_acknowledges_a_signal_about_themselves_and_that_they_tried_is_an_entry(
    house: House, name: str
) -> None:
    number = raise_about(house, name)
    with pytest.raises(NotPermitted, match="is about you") as refusal:
        house.do(acknowledge_signal, number, "nothing")
    assert "Have another operator do it, or make it an incident" in refusal.value.next_step
    entry = house.store.read(of_subject, Subject("staff", "ada"))[-1]
    assert (entry.kind, entry.actor) == ("staff.refused", "ada")
    assert f"SG-{number} is about you" in entry.note
    assert house.all()[f"not-in-sudoers {name}"].state is SignalState.NEW
    house.do(acknowledge_signal, number, "I asked her", author=LEE)


def test_who_is_meant_may_make_it_an_incident(house: House) -> None:
    assert house.do(make_incident, raise_about(house, "ada"), BOX).incident is not None


def test_a_lead_suppresses_none_about_themselves_and_names_nobody_it_is_about_as_its_owner(
    house: House,
) -> None:
    until = house.now + timedelta(hours=2)
    own, other = raise_about(house, "lee"), raise_about(house, "ada")
    with pytest.raises(NotPermitted, match="nobody suppresses a signal about themselves") as refusal:
        house.do(suppress_signal, own, until, "ada", "a test", BOX, author=LEE)
    assert "another lead" in refusal.value.next_step
    with pytest.raises(BadInput, match="ada is whom"):
        house.do(suppress_signal, other, until, "ada", "a test", BOX, author=LEE)
    house.do(suppress_signal, other, until, "lee", "a test", BOX, author=LEE)


def test_what_is_suppressed_whatever_it_is_about_still_shows_who_suppressed_it(house: House) -> None:
    number = raise_about(house, "eve")
    until = house.now + timedelta(hours=2)
    house.do(suppress_signal, number, until, "ada", "a test", BOX, author=LEE, whatever=True)
    for about in ("bob", "lee", "ada"):
        raise_about(house, about)
    found = house.all()
    assert found["not-in-sudoers bob"].state is SignalState.SUPPRESSED
    assert found["not-in-sudoers lee"].state is SignalState.NEW
    assert found["not-in-sudoers ada"].state is SignalState.NEW


def test_one_about_many_is_about_each_of_them_and_is_suppressed_only_with_all(house: House) -> None:
    for n in range(MOST_A_DAY):
        raise_about(house, f"user{n}")
    raise_about(house, "ada")
    number = house.all()[f"not-in-sudoers {OTHERS}"].id
    with pytest.raises(NotPermitted, match="is about you"):
        house.do(acknowledge_signal, number, "noise")
    until = house.now + timedelta(hours=2)
    with pytest.raises(NotPossible, match="whoever comes"):
        house.do(suppress_signal, number, until, "lee", "noise", BOX, author=LEE)


def test_who_calls_themselves_anything_is_not_suppressed_as_anything(house: House) -> None:
    number, until = raise_about(house, "*"), house.now + timedelta(hours=2)
    with pytest.raises(NotPossible, match="which stands for anything"):
        house.do(suppress_signal, number, until, "ada", "noise", BOX, author=LEE)
    house.do(suppress_signal, number, until, "ada", "noise", BOX, author=LEE, whatever=True)
    (ending,) = house.store.read(suppressions_until, house.now, until)
    assert ending.what == "shows nobody not-in-sudoers about anything in auth"


def test_what_the_journal_says_somebody_did_is_about_them_too(house: House) -> None:
    """Who refused nobody but was refused themselves, gave a role, or replaced a key does not judge that."""
    with pytest.raises(NotPermitted):
        house.do(suppress_signal, raise_about(house, "eve"), house.now, "ada", "x", BOX)
    house.do(take_in_own, house.token, DUTY, house.store.read(look_through, 1), 0, author=AGENT)
    number = house.all()["refused ada"].id
    with pytest.raises(NotPermitted, match="is about you"):
        house.do(acknowledge_signal, number, "a slip")
    assert house.do(acknowledge_signal, number, "a slip", author=LEE).state is SignalState.ACKNOWLEDGED
