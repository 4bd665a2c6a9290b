"""libpq's passfile: what is written there libpq itself finds, whatever signs are in it; other lines stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from console.connections.address import address_of
from console.connections.passfile import keep_in_passfile, passfile_path, remove_from_passfile
from core.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Database

PASSWORDS = ["s3cret", "a:b\\c", "ends with \\", "pä ss #'", " "]


@pytest.mark.parametrize("password", PASSWORDS)
def test_libpq_finds_it_by_itself(postgres: Database, password: str) -> None:
    postgres.role("a:da", password)
    postgres.role("eve", "other")
    for url in (postgres.loopback_url("a:da"), postgres.socket_url("a:da")):
        address = address_of(url)
        keep_in_passfile(address, "an older one")
        keep_in_passfile(address, password)
        keep_in_passfile(address_of(postgres.loopback_url("eve")), "other")
        with psycopg.connect(address.complete_url()) as one:
            assert one.info.user == "a:da"
        assert remove_from_passfile(address)
        assert not remove_from_passfile(address)
        with pytest.raises(psycopg.OperationalError, match="no password supplied"):
            psycopg.connect(address.complete_url())
    psycopg.connect(postgres.loopback_url("eve")).close()


def test_what_else_stands_in_it_stays(home: Path) -> None:
    path = home / ".pgpass"
    path.write_bytes(b"# mine \xff\nh:5432:w:ada2:x\n*:*:*:eve:y\n")
    path.chmod(0o600)
    address = address_of("postgresql://ada@h/w")
    keep_in_passfile(address, "p")
    assert path.read_bytes() == b"h:5432:w:ada:p\n# mine \xff\nh:5432:w:ada2:x\n*:*:*:eve:y\n"
    assert remove_from_passfile(address)
    assert path.read_bytes() == b"# mine \xff\nh:5432:w:ada2:x\n*:*:*:eve:y\n"


def test_each_host_has_its_line(home: Path) -> None:
    keep_in_passfile(address_of("postgresql://ada@h1:1,[::1]:2/w"), "p")
    assert (home / ".pgpass").read_text() == "h1:1:w:ada:p\n\\:\\:1:2:w:ada:p\n"


def test_the_file_is_the_one_libpq_reads(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = address_of("postgresql://ada@h/w")
    assert passfile_path(address) == home / ".pgpass"
    monkeypatch.setenv("PGPASSFILE", "/elsewhere")
    assert str(passfile_path(address)) == "/elsewhere"
    assert str(passfile_path(address.with_words(passfile="/here"))) == "/here"


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("postgresql://ada@h/w", "two\nlines"),
        ("postgresql://h/w", "p"),
        ("postgresql://ada@h/w?service=x", "p"),
    ],
)
def test_what_it_cannot_hold_is_refused(home: Path, url: str, password: str) -> None:
    with pytest.raises(BadInput):
        keep_in_passfile(address_of(url), password)
    assert not (home / ".pgpass").exists()
