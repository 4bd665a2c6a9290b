"""What a catalog says of rights is said so that it is meant: patterns of privileged rights, and what rights are granted on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.security.grants.importing import Asked, take_in
from core.security.grants.matching import Of
from core.security.grants.model import is_called
from core.security.grants.sources.opening import open_source
from tests.core.security.grants.house import ADA, BOX, all_of, begin

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.store import Store

LISTED = "user,role,on,privileged,owner,reason\n"


@pytest.mark.parametrize(
    ("pattern", "entitlement", "wanted"),
    [
        ("group dba", "group dba", True),
        ("dba", "group dba", True),
        ("DB*", "member of dba", True),
        ("lead", "role lead", True),
        ("dba", "group dbas", False),
        ("group dba", "dba", False),
        ("group*", "login", False),
    ],
)
def test_a_pattern_means_a_right_by_what_it_is_or_by_its_name_alone(
    pattern: str, entitlement: str, wanted: bool
) -> None:
    assert is_called(entitlement, pattern) is wanted


def test_a_group_is_privileged_by_its_name_and_what_means_nothing_is_told(
    store: Store, tmp_path: Path
) -> None:
    begin(store)
    group = tmp_path / "group"
    group.write_text("dba:x:120:alice\nweb:x:121:bob\n")
    asked = Asked(Of("groups", "host:shop-1", ("dba", "bda")), str(group))
    came = store.write(ADA, take_in, open_source(str(group)), asked)
    assert {each.entitlement: each.is_privileged for each in all_of(store)} == {
        "group dba": True,
        "group web": False,
    }
    assert came.idle == ("bda",)


def test_a_list_grants_nothing_on_what_is_not_declared_unless_its_source_shows_it(
    store: Store, tmp_path: Path
) -> None:
    begin(store)
    of = Of("dbs", "component:db-1")
    shown = tmp_path / "shown.csv"
    shown.write_text("user,role,on\nalice,reader,component:old-db\n")
    store.write(ADA, take_in, open_source(str(shown)), Asked(of, str(shown)))
    rows = ("component:old-db", "component:db-2", "service:order", "host:anything", "")
    listed = tmp_path / "listed.csv"
    listed.write_text(LISTED + "".join(f"alice,reader,{on},no,ada,shifts\n" for on in rows))
    came = store.write(
        ADA,
        take_in,
        open_source(str(listed)),
        Asked(Of("dbs", of.about, (), is_granting=True), str(listed)),
        BOX,
    )
    assert [tuple(each) for each in came.refusals] == [
        ("line 3", "'component:db-2' is not declared in the catalog. Did you mean \"component:db-1\"?"),
        ("line 4", "'service:order' is not declared in the catalog. Did you mean \"service:orders\"?"),
    ]
    assert {each.on: str(each.standing) for each in all_of(store)} == {
        "component:old-db": "granted", "host:anything": "granted, not found", "component:db-1": "granted, not found",
    }  # fmt: skip
