"""What is opened: a path, a URL, a name, or the default; and how a process of ours is told, without arguments telling."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest

from console.connections.address import address_of
from console.connections.changing import keep_connection
from console.connections.model import Connection, secret_source
from console.connections.place import Place
from console.connections.resolving import handed_over, place_of
from console.own_process import start_own
from console.places import default_database
from core.errors import BadInput, NotFound, StoreUnavailable, Unavailable

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Database

URL = "postgresql://ada@127.0.0.1:1/w"


def kept(name: str, url: str, secret: str, *, as_default: bool = False) -> None:
    keep_connection(Connection(name, address_of(url), secret_source(secret)), as_default=as_default)


def private(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return path


@pytest.fixture
def database(tmp_path: Path) -> Path:
    place = tmp_path / "w.db"
    place.write_bytes(b"x")
    return place


def test_nothing_said_is_the_default_connection_else_the_embedded_database() -> None:
    for nothing in (None, ""):
        assert place_of(nothing) == Place(default_database(), str(default_database()))
    kept("plant", URL, "none", as_default=True)
    place = place_of(None)
    assert place.is_shared
    assert (place.connection, place.title) == ("plant", "plant (ada@127.0.0.1:1/w)")


def test_a_path_is_a_path(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(database.parent)
    assert place_of("w.db") == place_of("./w.db") == place_of(str(database)) == Place(database, str(database))
    with pytest.raises(StoreUnavailable, match="there is no database"):
        place_of("nothing")
    (database.parent / "plant").write_bytes(b"x")
    assert place_of("plant").target == database.parent / "plant"


def test_a_word_that_is_both_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    kept("plant", URL, "none")
    assert place_of("plant").is_shared
    (tmp_path / "plant").write_bytes(b"x")
    with pytest.raises(BadInput, match=r"Write \./plant for the file"):
        place_of("plant")
    assert place_of("./plant").target == tmp_path / "plant"


def test_a_broken_file_of_connections_is_told_where_it_counts(home: Path, database: Path) -> None:
    private(home / "watchfloor" / "connections.toml", "default = ")
    assert place_of(str(database)).target == database
    for said in (None, "plant", URL):
        with pytest.raises(BadInput, match=r"line 1.*cannot be read"):
            place_of(said)


def test_a_key_file_fills_in_the_password(postgres: Database, tmp_path: Path) -> None:
    postgres.role("ada", "s3 'cret")
    key = private(tmp_path / "key", "s3 'cret")
    kept("plant", postgres.loopback_url("ada"), f"file:{key}")
    for said in ("plant", postgres.loopback_url("ada")):
        place = place_of(said)
        with psycopg.connect(str(place.target)) as one:
            assert one.info.user == "ada"
        assert "s3" not in repr(place) + place.title
    (tmp_path / "key").unlink()
    with pytest.raises(Unavailable, match="the key file is not there"):
        place_of("plant")


def test_a_service_s_credential_comes_before_keyring_and_asking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept("plant", URL, "keyring")
    kept("lab", URL, "credential:lab-db")
    with pytest.raises(Unavailable, match="no keyring service answers"):
        place_of("plant")
    with pytest.raises(Unavailable, match="LoadCredential=lab-db:"):
        place_of("lab")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "c"))
    private(tmp_path / "c" / "watchfloor-plant", "one\n")
    private(tmp_path / "c" / "lab-db", "two")
    private(tmp_path / "c" / "watchfloor-password", "three")
    assert "password=one" in str(place_of("plant").target)
    assert "password=two" in str(place_of("lab").target)
    assert "password=three" in str(place_of("postgresql://eve@127.0.0.1:1/w").target)


def test_a_password_is_asked_for_only_where_somebody_can_be() -> None:
    kept("plant", URL, "ask")
    asked: list[str] = []

    def ask(title: str) -> str:
        asked.append(title)
        return "typed"

    assert "password=typed" in str(place_of("plant", ask).target)
    assert asked == ["ada@127.0.0.1:1/w"]
    with pytest.raises(Unavailable, match="typed at each start"):
        place_of("plant")


def test_a_url_nobody_kept_asks_where_the_server_wants_a_password(postgres: Database) -> None:
    postgres.role("ada", "s3cret")
    postgres.role("ben", groups=["peer_users"])
    assert "password=typed" in str(place_of(postgres.loopback_url("ada"), lambda _title: "typed").target)
    assert "password" not in str(place_of(postgres.socket_url("ben"), lambda _title: "typed").target)
    assert "password" not in str(place_of(postgres.loopback_url("ada")).target)


CHILD = """
import json, os, sys
from console.connections.resolving import place_of
place = place_of(sys.argv[2])
again = place_of(sys.argv[2])
try:
    os.fstat(int(sys.argv[2][3:]))
    left = True
except OSError:
    left = False
shown = open("/proc/self/cmdline", "rb").read() + open("/proc/self/environ", "rb").read()
print(json.dumps([place.target, place.title, place.connection, place == again, left, "s3cret" in shown.decode()]))
"""


def test_a_child_is_handed_the_secret_through_a_pipe_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place("host=127.0.0.1 password='s3cret'", "plant (ada@127.0.0.1/w)", "plant")
    (tmp_path / "child_of_ours.py").write_text(CHILD)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with handed_over(place) as (words, inherits), (tmp_path / "out").open("wb") as out:
        assert "s3cret" not in " ".join(words)
        child = start_own(*words, module="child_of_ours", inherits=inherits, out=out.fileno())
    assert child.wait(timeout=60) == 0
    assert json.loads((tmp_path / "out").read_text()) == [
        place.target,
        place.title,
        "plant",
        True,
        False,
        False,
    ]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(inherits[0])


def test_a_path_is_handed_over_as_it_is(tmp_path: Path) -> None:
    with handed_over(Place(tmp_path / "w.db", "w.db")) as (words, inherits):
        assert (words, inherits) == (["--db", str(tmp_path / "w.db")], [])


@pytest.mark.parametrize("said", ["fd:0", "fd:x", "fd:999999", "fd:", "fd:\x1b[31m"])
def test_a_descriptor_that_nobody_handed_over_is_refused(said: str) -> None:
    with pytest.raises(BadInput, match="no database was handed over there") as told:
        place_of(said)
    assert str(told.value).isprintable()


def test_an_unknown_name_names_the_nearest() -> None:
    kept("plant", URL, "none")
    from console.connections.book import read_book

    with pytest.raises(NotFound, match='Did you mean "plant"'):
        read_book().named("plnat")


def test_who_opens_a_file_pays_for_no_driver_and_no_keyring(database: Path) -> None:
    source = (
        "import sys; from console.connections.resolving import place_of; place_of(sys.argv[1]); place_of(None)\n"
        "print(*sorted({'psycopg', 'keyring', 'tomllib', 'cryptography', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", source, str(database)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_what_is_resolved_is_what_the_store_opens(postgres: Database, tmp_path: Path) -> None:
    from core.store.store import backend_for

    postgres.role("ada", "a&b=c/d?e#f%g+h i")
    key = private(tmp_path / "key", "a&b=c/d?e#f%g+h i")
    kept("plant", postgres.loopback_url("ada"), f"file:{key}")
    target = place_of("plant").target
    assert backend_for(target).is_shared
    with psycopg.connect(str(target)) as one:
        assert one.info.user == "ada"
