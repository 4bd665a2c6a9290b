"""A source of several files of which some are empty: those list nobody, as long as another lists somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import BadInput
from core.security.foreign import bytes_of
from core.security.grants import commands
from core.security.grants.importing import Asked, Outcome, take_in
from core.security.grants.matching import Of
from core.security.grants.model import Standing
from core.security.grants.queries import known_sources
from core.security.grants.sources import authorized_keys
from core.security.grants.sources.opening import open_source
from tests.core.security.grants.house import ADA, BOX, SAMPLES, all_of, begin

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.store import Store

SAMPLE = (SAMPLES / "authorized_keys").read_text().splitlines(keepends=True)
_USABLE = {line.place for line in authorized_keys.read("".join(SAMPLE), "x").lines}
KEYS = "".join(line for number, line in enumerate(SAMPLE, 1) if f"line {number}" in _USABLE).encode()
"""Lines that can all be read: with one that cannot nothing is gone."""


def homes(tmp_path: Path, **keys: bytes) -> str:
    """Writes what each account has for keys; returns the pattern that means all of them."""
    for name, held in keys.items():
        place = tmp_path / "home" / name / ".ssh"
        place.mkdir(parents=True, exist_ok=True)
        (place / "authorized_keys").write_bytes(held)
    return f"{tmp_path}/home/*/.ssh/authorized_keys"


def read(store: Store, pattern: str, *, fewer: bool = False) -> Outcome:
    return store.write(
        ADA, take_in, open_source(pattern), Asked(Of("keys", "host:shop-1"), pattern, is_fewer_right=fewer)
    )


def of_alice(store: Store) -> set[str]:
    return {str(each.standing) for each in all_of(store) if each.entitlement.endswith("as alice")}


def test_an_account_without_keys_does_not_refuse_the_others(store: Store, tmp_path: Path) -> None:
    begin(store)
    came = read(store, homes(tmp_path, alice=KEYS, bob=b"", carol=b"\n \n"))
    assert of_alice(store) == {"found, not granted"}
    assert dict(came.passed)["files that are empty"] == 2


def test_what_an_emptied_file_listed_is_gone_and_what_was_granted_of_it_is_to_be_decided(
    store: Store, tmp_path: Path
) -> None:
    begin(store)
    pattern = homes(tmp_path, alice=KEYS, bob=KEYS)
    read(store, pattern)
    one = next(each for each in all_of(store) if each.entitlement.endswith("as alice"))
    store.write(ADA, commands.accept_grant, one.id, "ada", "on call", None, BOX)
    homes(tmp_path, alice=b"")
    read(store, pattern, fewer=True)
    stands = {each.id: each.standing for each in all_of(store) if each.entitlement.endswith("as alice")}
    assert stands.pop(one.id) is Standing.MISSING
    assert set(stands.values()) <= {Standing.ENDED}
    assert any(each.standing is Standing.FOUND for each in all_of(store))  # bob's


def test_that_all_files_are_empty_says_nothing(store: Store, tmp_path: Path) -> None:
    begin(store)
    pattern = homes(tmp_path, alice=KEYS, bob=KEYS)
    read(store, pattern)
    homes(tmp_path, alice=b"", bob=b"\n")
    with pytest.raises(BadInput, match="matches 2 files, and all of them are empty"):
        read(store, pattern, fewer=True)
    assert of_alice(store) == {"found, not granted"}


def test_that_the_only_filled_file_lists_nobody_says_nothing(store: Store, tmp_path: Path) -> None:
    begin(store)
    pattern = homes(tmp_path, alice=KEYS, bob=b"# none yet\n")
    read(store, pattern)
    homes(tmp_path, alice=b"")
    with pytest.raises(BadInput, match="lists nobody"):
        read(store, pattern, fewer=True)
    assert of_alice(store) == {"found, not granted"}


def test_a_file_that_cannot_be_read_is_not_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pattern = homes(tmp_path, alice=KEYS, bob=b"", carol=b"")

    def refusing(path: Path, **named: bool) -> bytes:
        if "bob" in str(path):
            raise BadInput("cannot be read: Permission denied", where=str(path))
        return bytes_of(path, **named)

    monkeypatch.setattr("core.security.grants.sources.opening.bytes_of", refusing)
    listing = open_source(pattern).listing
    (refused,) = listing.refusals
    assert refused.why == "cannot be read: Permission denied"
    assert dict(listing.passed)["files that are empty"] == 1


def test_a_reading_speaks_of_what_is_declared(store: Store, tmp_path: Path) -> None:
    begin(store)
    pattern = homes(tmp_path, alice=KEYS)
    with pytest.raises(
        BadInput, match=r"about: 'component:db-2' is not declared .* Did you mean \"component:db-1\"\?"
    ):
        store.write(ADA, take_in, open_source(pattern), Asked(Of("keys", "component:db-2"), pattern))
    assert all_of(store) == []


def test_one_file_that_cannot_be_read_is_named_and_the_others_are_compared(
    store: Store, tmp_path: Path
) -> None:
    begin(store)
    pattern = homes(tmp_path, alice=KEYS)
    read(store, pattern)
    homes(tmp_path, alice=b"\xff\xfe", bob=KEYS, carol=b"no key at all\n")
    came = read(store, pattern)
    assert of_alice(store) == {"found, not granted"}  # her file could not be read: nothing is gone
    assert any(each.entitlement.endswith("as bob") for each in all_of(store))
    assert came.not_ended == len(KEYS.splitlines())
    alice, carol = came.refusals
    assert alice.place == f"{tmp_path}/home/alice/.ssh/authorized_keys"
    assert alice.why == "is written in UTF-16. Save it in UTF-8"
    assert carol.place.startswith(f"{tmp_path}/home/carol/.ssh/authorized_keys: line 1")
    went = store.read(known_sources)["keys"].went_in_words
    assert went == f"2 lines refused, the first: {alice.place}: {alice.why}"


def test_where_no_file_can_be_read_the_source_fails_with_the_first(store: Store, tmp_path: Path) -> None:
    begin(store)
    pattern = homes(tmp_path, alice=b"\xff\xfe", bob=b"")
    with pytest.raises(BadInput, match="is written in UTF-16") as refused:
        read(store, pattern)
    assert refused.value.where == f"{tmp_path}/home/alice/.ssh/authorized_keys"


def standing_as(store: Store, account: str) -> set[Standing]:
    return {each.standing for each in all_of(store) if each.entitlement.endswith(f" as {account}")}


@pytest.mark.parametrize(
    "broken", [b"\xff\xfe", KEYS[:200] + b"\nno key at all\n"], ids=["unreadable", "a line of it"]
)
def test_only_what_the_broken_file_listed_is_not_said_to_be_gone(
    store: Store, tmp_path: Path, broken: bytes
) -> None:
    begin(store)
    pattern = homes(tmp_path, alice=KEYS, bob=KEYS, carol=KEYS, dave=KEYS)
    read(store, pattern)
    kept = next(each for each in all_of(store) if each.entitlement.endswith("as carol"))
    store.write(ADA, commands.accept_grant, kept.id, "ada", "on call", None, BOX)
    homes(tmp_path, alice=broken, carol=b"")
    (tmp_path / "home/bob/.ssh/authorized_keys").unlink()
    came = read(store, pattern, fewer=True)
    assert standing_as(store, "alice") == {Standing.FOUND}, (
        "her file is broken: nothing is known of what it lists"
    )
    assert standing_as(store, "bob") == {Standing.ENDED}, "his file is gone"
    assert standing_as(store, "carol") == {Standing.ENDED, Standing.MISSING}, "hers is empty"
    assert standing_as(store, "dave") == {Standing.FOUND}
    assert came.not_ended == len(KEYS.splitlines()) - KEYS[:200].count(b"\n") * (broken[:1] != b"\xff")


def test_most_of_it_gone_is_asked_about_though_one_file_is_broken(store: Store, tmp_path: Path) -> None:
    begin(store)
    names = ("alice", "bob", "carol", "dave", "erin")
    pattern = homes(tmp_path, **dict.fromkeys(names, KEYS))
    read(store, pattern)
    homes(tmp_path, alice=b"\xff\xfe", bob=b"", carol=b"", dave=b"")
    with pytest.raises(BadInput, match="no longer lists"):
        read(store, pattern)
    assert all(standing_as(store, name) == {Standing.FOUND} for name in names)


@pytest.mark.parametrize("looped", [".ssh", ".ssh/authorized_keys", ""])
def test_a_place_that_cannot_be_looked_into_is_no_file_that_is_gone(
    store: Store, tmp_path: Path, looped: str
) -> None:
    begin(store)
    pattern = homes(tmp_path, alice=KEYS, bob=KEYS, carol=KEYS)
    read(store, pattern)
    place = tmp_path / "home/alice" / looped
    place.rename(tmp_path / "away")
    place.symlink_to(place)  # whoever follows it is refused, even root
    (tmp_path / "home/bob/.ssh/authorized_keys").unlink()
    came = read(store, pattern)
    assert standing_as(store, "alice") == {Standing.FOUND}
    assert standing_as(store, "bob") == {Standing.ENDED}
    (refused,) = came.refusals
    assert refused.place == f"{tmp_path}/home/alice/.ssh/authorized_keys"
    assert refused.why.startswith("cannot be looked for: Too many levels of symbolic links. Check the rights")


def test_where_nobody_had_keys_a_place_that_cannot_be_looked_into_is_only_counted(
    store: Store, tmp_path: Path
) -> None:
    begin(store)
    pattern = homes(tmp_path, alice=KEYS)
    (tmp_path / "home/lost+found").symlink_to(tmp_path / "home/lost+found")
    came = read(store, pattern)
    assert came.refusals == ()
    assert dict(came.passed)["files that cannot be looked for, of accounts without keys"] == 1


def test_a_directory_that_cannot_be_listed_says_nothing_of_anybody(store: Store, tmp_path: Path) -> None:
    begin(store)
    pattern = homes(tmp_path, alice=KEYS, bob=KEYS)
    read(store, pattern)
    (tmp_path / "home").rename(tmp_path / "away")
    (tmp_path / "home").symlink_to(tmp_path / "home")
    with pytest.raises(BadInput, match="cannot be looked for: Too many levels") as refused:
        read(store, pattern, fewer=True)
    assert refused.value.where == f"{tmp_path}/home/*"
    assert standing_as(store, "alice") == standing_as(store, "bob") == {Standing.FOUND}


def test_of_files_that_do_not_say_whose_they_are_nothing_is_gone_while_one_is_broken(
    store: Store, tmp_path: Path
) -> None:
    begin(store)
    tables = {"a": b"ann,admin\nben,admin\n", "b": b"cleo,admin\n"}
    for name, rows in tables.items():
        (tmp_path / f"{name}.csv").write_bytes(b"user,role\n" + rows)
    read(store, f"{tmp_path}/*.csv")
    (tmp_path / "a.csv").write_bytes(b"user,role\nann,admin\n")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe")
    assert read(store, f"{tmp_path}/*.csv").not_ended == 2
    assert {each.standing for each in all_of(store)} == {Standing.FOUND}
