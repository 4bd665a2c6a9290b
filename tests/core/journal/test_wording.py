"""What an entry says in one sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from core.journal.model import Entry, Subject, Via
from core.journal.wording import sentence, subject_called
from core.timekeeping import to_micros

AT = datetime(2026, 5, 1, tzinfo=UTC)


ORDERS_STORE = Subject("component", "orders-store")


def said(
    kind: str, changes: dict[str, tuple[Any, Any]], note: str = "", subject: Subject = ORDERS_STORE
) -> str:
    return sentence(Entry(1, AT, "agent", Via.AGENT, kind, subject, changes, note))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"state": ("ok", "critical"), "confirmed": (True, False), "summary": ("", "refused")},
            "orders-store is critical (not confirmed yet): refused",
        ),
        ({"state": ("ok", "critical"), "summary": ("", "refused")}, "orders-store is critical: refused"),
        (
            {"confirmed": (False, True), "summary": ("refused", "refused again")},
            "orders-store confirmed: refused again",
        ),
        ({"confirmed": (False, True)}, "orders-store confirmed"),
        ({"confirmed": (True, False)}, "orders-store is to be confirmed anew"),
        ({"flapping": (False, True)}, "orders-store is flapping"),
        ({"flapping": (True, False)}, "orders-store is no longer flapping"),
        ({"summary": ("a", "b")}, "orders-store says now: b"),
        (
            {"state": ("ok", "critical"), "flapping": (False, True), "summary": ("", "refused")},
            "orders-store is critical, and flapping: refused",
        ),
        (
            {"state": ("critical", "ok"), "flapping": (True, False), "summary": ("", "2 probes ok")},
            "orders-store is ok, no longer flapping: 2 probes ok",
        ),
        ({"confirmed": (False, True), "flapping": (False, True)}, "orders-store confirmed, and flapping"),
        ({"state": (None, "ok"), "flapping": (None, False)}, "orders-store is ok"),
    ],
)
def test_a_component_that_changed_says_what_changed(changes: dict[str, tuple[Any, Any]], text: str) -> None:
    assert said("component.changed", changes) == text


def test_a_kind_nobody_wrote_words_for_is_still_readable() -> None:
    assert said("component.was_repainted", {}, "blue\nand green") == "orders-store was repainted: blue …"


def test_a_sentence_behind_which_its_note_goes_on_says_not_that_there_is_more() -> None:
    entry = Entry(1, AT, "agent", Via.AGENT, "component.was_repainted", ORDERS_STORE, {}, "blue\nand green")
    assert sentence(entry, goes_on=True) == "orders-store was repainted: blue"


def test_a_refused_catalog_does_not_claim_that_another_is_in_force() -> None:
    text = said("catalog.refused", {"problems": ([], ["a.toml:3: no such service"])})
    assert text == "catalog refused, 1 problem: a.toml:3: no such service"


def test_the_agents_duty_is_told_in_an_operators_words() -> None:
    assert said("lease.taken", {"holder": ("", "host-2")}) == "orders-store taken by host-2"
    over = said("lease.taken", {"holder": ("host-1", "host-2"), "over": ("", "host-1")})
    assert over == "orders-store taken over by host-2: host-1 fell silent"
    assert said("lease.given_up", {}).endswith("ended here: the next agent takes it over")
    for duty, words in (("agent:plant-2", "the watch of plant-2"), ("roll-up", "packing old samples")):
        assert said("lease.given_up", {}, subject=Subject("lease", duty)).startswith(f"{words} ended here")


def test_a_process_is_called_by_what_it_is_and_where_it_runs() -> None:
    duty = Subject("lease", "agent")
    over = {"holder": ("", "agent:vm:2:ab12"), "over": (None, "agent:v:m:1:cd34")}
    told = "the watch taken over by the agent on vm (process 2)"
    assert said("lease.taken", over, subject=duty) == f"{told}: agent:v:m:1:cd34 fell silent"
    assert said("lease.given_up", {}, subject=duty).startswith("the watch ended")


@pytest.mark.parametrize(
    ("kind", "changes", "text"),
    [
        ("run.tick_ordered", {"step": (None, 2)}, "PR-2 step 2 was ticked off: seen"),
        ("run.hold_ordered", {}, "PR-2 is to stop before its next step: seen"),
        ("run.step_asked", {"step": (None, 2)}, "PR-2 step 2 waits for a person: seen"),
        ("run.step_passed", {"step": (None, 2)}, "PR-2 step 2 passed: seen"),
    ],
)
def test_what_is_ordered_of_a_run_is_told_as_an_operator_would(
    kind: str, changes: dict[str, tuple[Any, Any]], text: str
) -> None:
    assert said(kind, changes, "seen", Subject("run", "2")) == text


def test_a_list_that_grants_what_was_found_already_is_told_without_gaps() -> None:
    whole = {"principal": "ada", "entitlement": "admin", "thing": "component:his", "source": "directory"}
    new, grant = {field: (None, value) for field, value in whole.items()}, Subject("grant", "4")
    told = said("grant.listed", new, subject=grant)
    assert told == "G-4 granted as a list says: ada has admin on component:his (directory)"
    known = said("grant.listed", {"state": ("found", "granted")}, "as list.csv says", grant)
    assert known == "G-4 granted as a list says: as list.csv says"


@pytest.mark.parametrize(
    ("whom", "of"),
    [("10.4.4.4", " of 10.4.4.4"), ("*", " of anything"), ("", "")],
    ids=["one", "any", "none"],
)
def test_what_a_suppression_is_about_and_its_end_are_told_in_words(whom: str, of: str) -> None:
    made = {"rule": "web-probing", "whom": whom, "source": "shop-web", "ends_at": to_micros(AT)}
    told = said(
        "suppression.made", {k: (None, v) for k, v in made.items()}, subject=Subject("suppression", "1")
    )
    assert told == f"SU-1 suppresses web-probing{of} in shop-web until 2026-05-01 00:00Z"


@pytest.mark.parametrize("name", ["I-7", "i-7", "I-007"])
def test_a_name_is_of_one_subject_however_its_number_is_written(name: str) -> None:
    assert subject_called(name) == Subject("incident", "7")


def test_who_grants_anew_what_they_had_granted_is_named() -> None:
    grant = Subject("grant", "6")
    before = {"expires": ("2026-06-01", "2026-07-01")}
    assert said("grant.granted", before, "for the move", grant) == "G-6 granted by agent: for the move"
    first = before | {"granter": ("", "lea")}
    assert said("grant.granted", first, "for the move", grant) == "G-6 granted by lea: for the move"
