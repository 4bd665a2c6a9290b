"""Nobody grants a privileged right to themselves, and nobody makes themselves who answers for one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.errors import NotPermitted
from core.gate.people import declare_staff
from core.journal import queries as journal
from core.journal.model import Via
from core.security.grants import commands
from core.security.grants.importing import Asked, take_in
from core.security.grants.matching import Of
from core.security.grants.model import Standing
from core.security.grants.queries import one_grant
from core.security.grants.sources.opening import open_source
from core.store.work import Author
from tests.core.security.grants.house import ADA, BOX, CATALOG, HEAD, begin, day, standing, take

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.store import Store

ALICE = Author("aadeyemi", Via.CONSOLE, "seat-2")
BOB = Author("bob", Via.CONSOLE, "seat-3")
PEOPLE = [("ada", "Ada", "admin"), ("aadeyemi", "Alice", "lead"), ("bob", "Bob", "operator")]


@pytest.fixture
def house(store: Store, tmp_path: Path) -> Store:
    """G-1: alice is admin, and leads here by another name; G-2: she reads, too."""
    begin(store)
    take(store, tmp_path, "alice,admin,yes,,,,\nalice,reader,no,,,,\n")
    store.write(ADA, declare_staff, PEOPLE)
    return store


def test_a_lead_does_not_grant_a_privileged_right_of_their_own(house: Store) -> None:
    with pytest.raises(
        NotPermitted, match=r"G-1 is a privileged right of your own \(alice has admin on service:orders\)"
    ):
        house.write(ALICE, commands.accept_grant, 1, "ada", "I need it", day(9), BOX)
    assert house.read(one_grant, 1).standing is Standing.FOUND
    assert (
        house.write(ALICE, commands.accept_grant, 2, "ada", "reads", None, BOX).standing is Standing.GRANTED
    )
    assert (
        house.write(ADA, commands.accept_grant, 1, "ada", "runs it", day(9), BOX).standing is Standing.GRANTED
    )


def test_a_lead_does_not_leave_a_privileged_right_of_their_own_alone_and_that_is_in_the_log(
    house: Store,
) -> None:
    with pytest.raises(NotPermitted, match="is a privileged right of your own"):
        house.write(ALICE, commands.ignore_grant, 1, day(9), "it is fine", BOX)
    assert house.read(one_grant, 1).standing is Standing.FOUND
    told = house.read(journal.page, limit=1)[0]
    assert (told.kind, told.actor, told.subject.id) == ("staff.refused", "aadeyemi", "aadeyemi")
    assert "of your own" in told.note
    left = house.write(ADA, commands.ignore_grant, 1, day(9), "asked her", BOX)
    assert left.standing is Standing.IGNORED


def test_a_lead_does_not_grant_it_for_longer_either(house: Store) -> None:
    house.write(ADA, commands.accept_grant, 1, "ada", "runs it", day(9), BOX)
    with pytest.raises(NotPermitted):
        house.write(ALICE, commands.accept_grant, 1, "ada", "I still need it", day(90), BOX)


def test_a_list_of_what_is_granted_grants_nobody_their_own(house: Store, tmp_path: Path) -> None:
    file = tmp_path / "approved.csv"
    rows = (
        f"alice,admin,no,ada,why,{day(9)},\nalice,reader,no,ada,why,,\naadeyemi,dba,yes,ada,why,{day(9)},\n"
    )
    file.write_text(HEAD + rows)
    asked = Asked(Of("orders", "service:orders", (), is_granting=True), str(file), "ada")
    came = house.write(ALICE, take_in, open_source(str(file)), asked, BOX)
    own = "is a privileged right of your own: another lead has to grant it"
    assert [(each.place, each.why) for each in came.refusals] == [("line 2", own), ("line 4", own)]
    assert standing(house) == {"alice admin": "found, not granted", "alice reader": "granted"}


def test_who_answers_for_a_right_is_said_by_a_lead_or_by_who_does(house: Store) -> None:
    with pytest.raises(NotPermitted, match=r"who answers for G-2 \(nobody does now\) is said by a lead"):
        house.write(BOB, commands.assign_grant, 2, "ada")
    house.write(ADA, commands.assign_grant, 2, "alice")
    with pytest.raises(NotPermitted, match=r"\(alice does now\)"):
        house.write(BOB, commands.assign_grant, 2, "ada")
    house.write(ADA, declare_staff, [*PEOPLE[:1], ("aadeyemi", "Alice", "operator"), *PEOPLE[2:]])
    house.write(
        ALICE, commands.assign_grant, 2, "ada"
    )  # who answers for it hands it on, by whatever name they come
    with pytest.raises(NotPermitted):
        house.write(ALICE, commands.assign_grant, 2, "alice")
    assert house.read(one_grant, 2).owner == "ada"


def test_where_nobody_is_named_as_staff_an_account_goes_by_its_name(store: Store, tmp_path: Path) -> None:
    store.write(ADA, load_catalog, replace(CATALOG, staff={}), directory="x", digest="1", changes=["all"])
    take(store, tmp_path, "ada,admin,yes,,,,\nroot,admin,yes,,,,\n")
    with pytest.raises(NotPermitted, match="of your own"):
        store.write(ADA, commands.accept_grant, 1, "ada", "why", day(9), BOX)
    store.write(ADA, commands.accept_grant, 2, "ada", "why", day(9), BOX)


def test_an_address_of_mail_names_who_has_a_listed_right(house: Store, tmp_path: Path) -> None:
    file = tmp_path / "approved.csv"
    head = HEAD.replace("\n", ",mail\n")
    file.write_text(
        f"{head}svc-7,root,yes,ada,why,{day(9)},,alice@shop.example\nsvc-8,root,yes,ada,why,{day(9)},,\n"
    )
    asked = Asked(Of("orders", "service:orders", (), is_granting=True), str(file), "ada")
    came = house.write(ALICE, take_in, open_source(str(file)), asked, BOX)
    assert [each.place for each in came.refusals] == ["line 2"]
    assert "svc-7 root" not in standing(house)
