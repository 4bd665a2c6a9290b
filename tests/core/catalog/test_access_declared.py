"""Sources of grants: every mistake is found when the file is read, at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.catalog.access import AccessSource, Conflict
from core.catalog.codec import decode, encode
from core.catalog.reader import read_catalog
from tests.core.catalog.written import problems

if TYPE_CHECKING:
    from pathlib import Path

HOUSE = '[[service]]\nid = "orders"\n[[staff]]\nid = "ada"\nname = "Ada"\n'
SOURCE = '[[access_source]]\nid = "shop-1"\n'


def test_a_source_is_read_as_it_is_written(tmp_path: Path) -> None:
    text = (
        SOURCE + 'kind = "group"\nabout = "host:shop-1"\npath = "/etc/group"\nowner = "ada"\nevery = "6h"\n'
    )
    assert problems(tmp_path, HOUSE + text + 'privileged = ["group dba"]\n') == []
    catalog = read_catalog(tmp_path).catalog
    assert catalog is not None
    source = catalog.access_sources["shop-1"]
    assert source == AccessSource(
        "shop-1",
        "group",
        "host:shop-1",
        "/etc/group",
        owner="ada",
        every_s=21_600.0,
        privileged=("group dba",),
    )
    assert decode(AccessSource, encode(source)) == source


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('kind = "group"\nabout = "shop-1"\npath = "/etc/group"\n', 9, "neither a service, a component nor a host"),
        ('kind = "group"\nabout = "service:none"\npath = "/etc/group"\n', 9, 'there is no service "none"'),
        ('kind = "group"\nabout = "host:x"\n', 7, "does not say where it lies"),
        ('kind = "xlsx"\nabout = "host:x"\npath = "/x"\n', 8, "kind"),
        ('kind = "group"\nabout = "host:x"\npath = "etc/group"\n', 10, "path"),
        ('kind = "group"\nabout = "host:x"\npath = "/x"\nevery = "1s"\n', 11, "more often than every 10 seconds"),
        ('kind = "group"\nabout = "host:x"\npath = "/x"\nowner = "eve"\n', 11, 'there is no staff "eve"'),
        ('kind = "group"\nabout = "host:x"\npath = "/x"\naccount = "eve"\n', 11, "means nothing for group"),
        ('kind = "csv"\nabout = "host:x"\npath = "/x"\naddress = "postgresql://h/d"\n', 11, "means nothing for csv"),
        ('kind = "postgresql"\nabout = "host:x"\npath = "/x"\n', 10, "means nothing for a database"),
        ('kind = "postgresql"\nabout = "host:x"\naddress = "postgresql://u:p@h/d"\n', 10, "holds a password"),
        ('kind = "postgresql"\nabout = "host:x"\naddress = "https://h/d"\n', 10, "is no address of a PostgreSQL"),
        ('kind = "group"\nabout = "host:x"\npath = "/x"\nzone = "far"\n', 11, 'there is no zone "far"'),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_at_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    (found,) = problems(tmp_path, HOUSE + SOURCE + text)
    assert found.startswith(f"a.toml:{line}")
    assert words in found


def test_rights_that_are_in_conflict_are_read_and_checked(tmp_path: Path) -> None:
    text = '[[conflict]]\nid = "sod-4"\ntitle = "Nobody pays what they book"\none = "ledger-*"\n'
    assert problems(tmp_path, HOUSE + f'{text}other = "payouts-approve@component:bank"\n') == []
    catalog = read_catalog(tmp_path).catalog
    assert catalog is not None
    pair = catalog.conflicts["sod-4"]
    assert pair == Conflict(
        "sod-4", "Nobody pays what they book", "ledger-*", "payouts-approve@component:bank"
    )
    assert decode(Conflict, encode(pair)) == pair
    assert "is the same right twice" in problems(tmp_path, HOUSE + f'{text}other = "ledger-*"\n')[0]
    assert "names no right" in problems(tmp_path, HOUSE + f'{text}other = "payouts@"\n')[0]
