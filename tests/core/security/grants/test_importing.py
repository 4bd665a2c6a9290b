"""What a reading does to grants: whole or not at all, once or many times, and never the end of everybody's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import Staff
from core.errors import BadInput, NotPermitted, Unavailable
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.security.grants.importing import Asked, note_trouble, preview, take_in
from core.security.grants.matching import Of
from core.security.grants.model import Standing
from core.security.grants.queries import known_sources, one_grant, readings
from core.security.grants.reading import is_as_it_was
from core.security.grants.sources.opening import open_source
from core.security.grants.sources.postgresql import own_database
from core.store.store import Store
from core.timekeeping import utc_now
from tests.core.security.grants.house import ADA, CATALOG, HEAD, all_of, begin, standing, take

MEANT = Consent(Level.BOX)
TWO = "alice,admin,yes,ada,runs it,2027-01-31,2026-11-01\nbob,reader,no,,,,\n"


def test_what_is_found_and_nobody_granted_is_to_be_decided(store: Store, tmp_path: Path) -> None:
    begin(store)
    came = take(store, tmp_path, TWO)
    assert (came.read, came.matched, came.created, came.ended) == (2, 2, 2, 0)
    assert standing(store) == {"alice admin": "found, not granted", "bob reader": "found, not granted"}
    alice, bob = all_of(store)
    assert (alice.person, alice.owner, alice.is_privileged, alice.on) == (
        "alice",
        "ada",
        True,
        "service:orders",
    )
    assert (bob.person, bob.owner) == ("", "")
    again = take(store, tmp_path, TWO)
    assert (again.reading, again.created, again.changed) == (None, 0, 0)
    assert len(store.read(readings)) == 1


def test_what_is_gone_ends_only_where_nobody_granted_it(store: Store, tmp_path: Path) -> None:
    begin(store)
    take(store, tmp_path, "alice,admin,yes,ada,runs it,2027-01-31,\n", granted=True, consent=MEANT)
    assert standing(store) == {"alice admin": "granted, not found"}
    take(store, tmp_path, TWO)
    assert standing(store) == {"alice admin": "granted", "bob reader": "found, not granted"}
    came = take(store, tmp_path, "carol,reader,no,,,,\n")
    assert (came.created, came.ended, came.missing) == (1, 1, 1)
    assert standing(store) == {
        "alice admin": "granted, not found",
        "bob reader": "ended",
        "carol reader": "found, not granted",
    }
    came = take(store, tmp_path, TWO + "carol,reader,no,,,,\n")
    assert came.back == 2
    assert standing(store)["alice admin"] == "granted"
    assert standing(store)["bob reader"] == "found, not granted"


def test_a_source_that_lists_nobody_changes_nothing(store: Store, tmp_path: Path) -> None:
    begin(store)
    take(store, tmp_path, TWO)
    before = store.read(journal.newest)
    for rows in ("", "=1+1,admin,no,,,,\n"):
        with pytest.raises(BadInput, match="lists nobody") as refused:
            take(store, tmp_path, rows, fewer=True)
        assert "Nothing was changed" in refused.value.next_step
    assert store.read(journal.newest) == before
    assert set(standing(store).values()) == {"found, not granted"}


def test_a_source_of_which_most_is_gone_is_asked_about(store: Store, tmp_path: Path) -> None:
    begin(store)
    many = "".join(f"user{n},reader,no,,,,\n" for n in range(20))
    take(store, tmp_path, many)
    few = "user1,reader,no,,,,\n"
    with pytest.raises(BadInput, match="no longer lists 19 of the 20 rights"):
        take(store, tmp_path, few)
    assert list(standing(store).values()) == ["found, not granted"] * 20
    assert take(store, tmp_path, few, fewer=True).ended == 19


def test_of_a_source_with_lines_that_cannot_be_read_nothing_ends(store: Store, tmp_path: Path) -> None:
    begin(store)
    take(store, tmp_path, TWO)
    came = take(store, tmp_path, "alice,admin,yes,ada,runs it,2027-01-31,\nbob,reader,perhaps,,,,\n")
    assert (came.ended, came.not_ended) == (0, 1)
    assert [place for place, _ in came.refusals] == ["line 3"]
    assert standing(store)["bob reader"] == "found, not granted"
    assert store.read(known_sources)["orders"].went_in_words.startswith("1 line refused: line ")
    take(store, tmp_path, TWO)
    assert store.read(known_sources)["orders"].went_in_words == "good"


def test_a_list_of_what_is_granted_needs_owner_reason_and_end(store: Store, tmp_path: Path) -> None:
    begin(store)
    rows = (
        "alice,admin,yes,ada,runs it,,\nbob,reader,no,ada,,,\ncarol,reader,no,,why,,\n"
        "dave,admin,yes,ada,why,2036-01-01,\nerin,reader,no,ada,why,,\n"
    )
    with pytest.raises(BadInput, match="asks to be confirmed"):
        take(store, tmp_path, rows, granted=True)
    came = take(store, tmp_path, rows, granted=True, consent=MEANT)
    assert dict(came.refusals) == {
        "line 2": "a privileged right needs an end",
        "line 3": "names no reason, which a grant needs",
        "line 4": "names no owner, which a grant needs",
        "line 5": "2036-01-01 is too far ahead",
    }
    assert standing(store) == {"erin reader": "granted, not found"}
    (erin,) = all_of(store)
    assert (erin.decided_by, erin.found_at) == ("ada", None)


def test_a_right_that_is_privileged_elsewhere_needs_an_end_in_a_list_that_does_not_say_so(
    store: Store, tmp_path: Path
) -> None:
    begin(store)
    take(store, tmp_path, "alice,admin,yes,ada,runs it,2027-01-31,\n", granted=True, consent=MEANT)
    again = "alice,admin,no,ada,runs it,,\n"
    refused = {"line 2": "a privileged right needs an end"}
    assert dict(take(store, tmp_path, again, granted=True, consent=MEANT).refusals) == refused
    assert str(all_of(store)[0].expires) == "2027-01-31"
    file = tmp_path / "other.csv"
    file.write_text(HEAD + again + "bob,reader,no,ada,reads,,\n")
    asked = Asked(Of("other", "service:orders", ("ADM*",), True), str(file), "ada")
    assert dict(store.write(ADA, take_in, open_source(str(file)), asked, MEANT).refusals) == refused
    assert [each.principal for each in all_of(store)] == ["alice", "bob"]


def test_what_a_source_says_of_a_granted_right_does_not_change_who_answers_for_it(
    store: Store, tmp_path: Path
) -> None:
    begin(store)
    take(store, tmp_path, "alice,admin,yes,ada,runs it,2027-01-31,\n", granted=True, consent=MEANT)
    take(store, tmp_path, "alice,admin,no,mallory,because,2036-01-31,2026-11-01\n")
    (alice,) = all_of(store)
    assert (alice.owner, alice.reason, alice.is_privileged) == ("ada", "runs it", True)
    assert f"{alice.expires} {alice.last_used:%Y-%m-%d}" == "2027-01-31 2026-11-01"
    take(store, tmp_path, "alice,admin,no,mallory,because,2036-01-31,2026-11-05\n")
    assert all_of(store)[0].version == alice.version, "a use of some days later is not told each time"


def test_a_preview_says_the_same_and_writes_nothing(store: Store, tmp_path: Path) -> None:
    begin(store)
    file = tmp_path / "orders.csv"
    file.write_text(HEAD + TWO)
    asked = Asked(Of("orders", "service:orders"))
    before = store.read(journal.newest)
    came = store.read(preview, open_source(str(file)), asked, utc_now())
    assert (came.reading, came.created) == (None, 2)
    assert store.read(journal.newest) == before
    assert store.write(ADA, take_in, open_source(str(file)), asked).done == tuple(
        done._replace(label=f"G-{n}") for n, done in enumerate(came.done, 1)
    )


def test_a_trouble_is_told_once_and_its_end_too(store: Store, tmp_path: Path) -> None:
    begin(store)
    asked = Asked(Of("orders", "service:orders"), "/x/orders.csv", "ada", 60.0)
    for _ in range(2):
        store.write(ADA, note_trouble, "csv", asked, "/x/orders.csv: cannot be read")
    source = store.read(known_sources)["orders"]
    assert (source.trouble, source.good_at, source.listed) == ("/x/orders.csv: cannot be read", None, 0)
    take(store, tmp_path, TWO)
    source = store.read(known_sources)["orders"]
    assert (source.trouble, source.listed) == ("", 2)
    kinds = [entry.kind for entry in store.read(journal.page, limit=50) if entry.subject.kind == "source"]
    assert kinds == ["source.mended", "source.failed"]


@pytest.mark.parametrize(
    ("source", "about", "says"),
    [
        ("shop\x1b[2J", "host:shop-1", "is no name of a source"), ("-x", "host:shop-1", "is no name of a source"),
        ("shop", "", "it is not said what"), ("shop", "shop-1", "is neither a service, a component nor a host"),
        ("watchfloor-staff", "service:watchfloor", "which no file tells"),
    ],
)  # fmt: skip
def test_a_source_has_a_name_and_speaks_of_something_there_is(
    store: Store, tmp_path: Path, source: str, about: str, says: str
) -> None:
    begin(store)
    file = tmp_path / "a.csv"
    file.write_text(HEAD + TWO)
    opened, asked = open_source(str(file)), Asked(Of(source, about))
    with pytest.raises(BadInput, match=says) as refused:
        store.write(ADA, take_in, opened, asked)
    assert "\x1b" not in str(refused.value)
    with pytest.raises(BadInput, match=says):
        store.read(preview, opened, asked, utc_now())
    assert all_of(store) == []


def test_only_a_lead_lists_what_is_granted(store: Store, tmp_path: Path) -> None:
    from core.gate.people import declare_staff

    begin(store)
    store.write(ADA, declare_staff, [("ada", "Ada", "operator")])
    with pytest.raises(NotPermitted):
        take(store, tmp_path, TWO, granted=True, consent=MEANT)
    take(store, tmp_path, TWO)
    assert store.read(one_grant, 1).standing is Standing.FOUND


def test_the_database_in_use_is_a_source_where_it_has_roles(store: Store, place: Path | str) -> None:
    begin(store)
    if isinstance(place, Path):
        with pytest.raises(Unavailable, match="is no PostgreSQL"):
            store.read(own_database)
        return
    asked = Asked(Of("own", "component:db-1"))
    store.write(ADA, take_in, store.read(own_database), asked)
    found = {each.entitlement for each in all_of(store)}
    assert {"superuser", "login"} <= found
    assert any(right.endswith("on tables of watchfloor") for right in found)
    assert store.write(ADA, take_in, store.read(own_database), asked).reading is None


def test_a_source_says_when_it_was_read_well_and_that_it_failed_since(
    store: Store, place: Path | str, tmp_path: Path
) -> None:
    begin(store)
    take(store, tmp_path, "bob,reader,no,,,,\n")
    read = store.read(known_sources)["orders"]
    assert (read.read_in_words, read.went_in_words) == (f"{read.good_at:%Y-%m-%d %H:%M}Z", "good")
    then = Store.at(place, now=lambda: utc_now() + timedelta(hours=6))
    then.write(ADA, note_trouble, "csv", Asked(Of("orders", "service:orders")), "orders.csv: is empty")
    then.close()
    failed = store.read(known_sources)["orders"]
    assert failed.read_in_words == read.read_in_words
    assert failed.went_in_words == f"failed at {failed.read_at:%Y-%m-%d %H:%M}Z: orders.csv: is empty"
    assert failed.read_at is not None


def test_a_source_is_taken_in_again_once_somebody_goes_by_one_of_its_names(
    store: Store, tmp_path: Path
) -> None:
    begin(store)
    take(store, tmp_path, "bob,admin,yes,,,,\n")
    asked = Asked(Of("orders", "service:orders"), str(tmp_path / "orders.csv"), "ada")
    opened = open_source(asked.path)
    assert store.read(is_as_it_was, opened, asked)
    catalog = replace(CATALOG, staff={**CATALOG.staff, "rob": Staff("rob", "Rob", "bob")})
    store.write(ADA, load_catalog, catalog, directory="x", digest="2", changes=["all"])
    assert not store.read(is_as_it_was, opened, asked)
    store.write(ADA, take_in, opened, asked)
    assert store.read(one_grant, 1).person == "rob"
    assert store.read(is_as_it_was, opened, asked)
