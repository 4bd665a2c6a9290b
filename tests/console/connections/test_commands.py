"""`watchfloor connect` and `watchfloor connections`, against a real server, from the password to the last trace of it."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from console.__main__ import main
from console.connections.book import read_book
from core.gate.rights import Role
from core.store.postgresql.preparing import group_of, prepare
from tests.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Database

KEEPS = """
import json, pathlib
from keyring.backend import KeyringBackend
class PasswordStoreBackend(KeyringBackend):
    priority = 1
    place = pathlib.Path(__file__).with_name("kept.json")
    def _all(self):
        return json.loads(self.place.read_text()) if self.place.exists() else {}
    def get_password(self, service, key):
        return self._all().get(key)
    def set_password(self, service, key, secret):
        self.place.write_text(json.dumps({**self._all(), key: secret}))
    def delete_password(self, service, key):
        self.place.write_text(json.dumps({k: v for k, v in self._all().items() if k != key}))
"""


@pytest.fixture
def ada(postgres: Database) -> str:
    prepare(postgres.socket_url())
    postgres.role("ada", "s3cret", [group_of(postgres.name, Role.OPERATOR)])
    return postgres.loopback_url("ada")


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A keyring that keeps, under the name of one that is allowed; returns where it keeps."""
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "keyring_pass.py").write_text(KEEPS)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring_pass.PasswordStoreBackend")
    return folder / "kept.json"


def give(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))


def connect(monkeypatch: pytest.MonkeyPatch, *words: str, password: str = "s3cret") -> int:
    give(monkeypatch, f"{password}\n".encode())
    return main(["connect", *words, "--password-stdin"])


def test_with_a_keyring_the_password_lies_there_and_nowhere_else(
    ada: str, keyring: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert connect(monkeypatch, ada, "--name", "plant") == 0
    told = capsys.readouterr()
    assert "plant: ada@127.0.0.1" in told.out
    assert "in the keyring keyring_pass.PasswordStoreBackend" in told.out
    assert told.err == ""
    assert list(json.loads(keyring.read_text()).values()) == ["s3cret"]
    written = [path for path in home.rglob("*") if path.is_file() and b"s3cret" in path.read_bytes()]
    assert written == []
    assert main(["connections", "test"]) == 0
    told = capsys.readouterr()
    assert "plant: ok: PostgreSQL 18" in told.out
    assert "keyring: keyring_pass.PasswordStoreBackend" in told.out
    assert main(["connections", "rename", "plant", "works"]) == 0
    assert main(["connections", "test", "works"]) == 0
    assert main(["connections", "forget", "works"]) == 0
    assert json.loads(keyring.read_text()) == {}
    assert read_book().connections == {}


def test_a_secret_two_connections_share_stays_until_the_last_is_forgotten(
    ada: str, keyring: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, ada, "--name", "one")
    connect(monkeypatch, f"{ada}?application_name=x", "--name", "two")
    assert main(["connections", "forget", "one"]) == 0
    assert main(["connections", "test", "two"]) == 0
    assert main(["connections", "forget", "two"]) == 0
    assert json.loads(keyring.read_text()) == {}


def test_without_a_keyring_nothing_is_written_and_the_ways_are_told(
    ada: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert connect(monkeypatch, ada) == 0
    told = capsys.readouterr().err
    for said in (
        "no keyring service answers",
        "--passfile",
        "--key-file",
        "mode 0600",
        "peer",
        "certificate",
    ):
        assert said in told
    assert not (home / ".pgpass").exists()
    assert [str(one.secret) for one in read_book().connections.values()] == ["ask"]
    assert "s3cret" not in told


def test_a_passfile_is_written_only_when_told_to_and_cleared_again(
    ada: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / ".pgpass").write_text("# mine\nelsewhere:1:d:u:p\n")
    (home / ".pgpass").chmod(0o600)
    assert connect(monkeypatch, ada, "--name", "plant", "--passfile") == 0
    assert ":ada:s3cret\n" in (home / ".pgpass").read_text()
    assert stat.S_IMODE((home / ".pgpass").stat().st_mode) == 0o600
    assert main(["connections", "test", "plant"]) == 0
    assert main(["connect", f"{ada}?application_name=x", "--name", "second"]) == 0  # libpq finds it by itself
    assert str(read_book().named("second").secret) == "libpq"
    assert main(["connections", "forget", "plant"]) == 0
    assert (home / ".pgpass").read_text() == "# mine\nelsewhere:1:d:u:p\n"
    assert "s3cret" not in "".join(capsys.readouterr())


def test_a_passfile_that_others_may_read_is_refused(
    ada: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / ".pgpass").write_text("")
    (home / ".pgpass").chmod(0o644)
    assert connect(monkeypatch, ada, "--passfile") == 2
    assert "others may read the passfile (mode 0644)" in capsys.readouterr().err
    assert read_book().connections == {}


def test_a_key_file_is_read_and_must_be_private(
    ada: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "key"
    key.write_text("s3cret\n")
    key.chmod(0o640)
    assert main(["connect", ada, "--name", "plant", "--key-file", str(key)]) == 2
    assert f"chmod 600 {key}" in capsys.readouterr().err
    key.chmod(0o600)
    assert main(["connect", ada, "--name", "plant", "--key-file", str(key)]) == 0
    assert str(read_book().named("plant").secret) == f"file:{key}"
    assert main(["connections", "test", "plant", "--json"]) == 0


def test_where_no_password_is_needed_none_is_asked_for(
    postgres: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    postgres.role("ben", groups=["peer_users"])
    assert main(["connect", postgres.socket_url("ben"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["secret"], found["user"], found["encrypted"], found["default"]) == (
        "none",
        "ben",
        False,
        True,
    )


@pytest.mark.parametrize(
    ("password", "code", "said"),
    [
        ("wrong", 3, "does not let you in"),
        ("", 2, "no password was given"),
        ("two\nlines", 2, "more than the one line"),
    ],
)
def test_a_wrong_password_keeps_nothing(
    ada: str,
    password: str,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert connect(monkeypatch, ada, password=password) == code
    assert said in capsys.readouterr().err
    assert read_book().connections == {}


def test_one_that_cannot_be_reached_is_no_connection(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["connect", "postgresql://ada@127.0.0.1:1/w"]) == 3
    assert "cannot be reached" in capsys.readouterr().err


def test_a_name_is_not_taken_from_another_database(
    ada: str, postgres: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    connect(monkeypatch, ada, "--name", "plant")
    postgres.role("ben", groups=["peer_users"])
    assert main(["connect", postgres.socket_url("ben"), "--name", "plant"]) == 1
    assert "is the name of another connection" in capsys.readouterr().err


def test_the_default_is_chosen(postgres: Database, capsys: pytest.CaptureFixture[str]) -> None:
    postgres.role("ben", groups=["peer_users"])
    url = postgres.socket_url("ben")
    assert main(["connect", url, "--name", "one"]) == 0
    assert main(["connect", f"{url}&application_name=x", "--name", "two", "--no-default"]) == 0
    assert read_book().default == "one"
    assert main(["connections", "default", "two"]) == 0
    capsys.readouterr()
    assert main(["connections", "--json"]) == 0
    assert [(one["name"], one["default"]) for one in json.loads(capsys.readouterr().out)] == [
        ("one", False),
        ("two", True),
    ]
    assert main(["connections", "default", "--none"]) == 0
    assert "the embedded database is opened" in capsys.readouterr().out
    assert main(["connections", "forget", "three"]) == 1


@pytest.mark.parametrize(
    "words", [["rename", "a"], ["forget"], ["default"], ["default", "a", "--none"], ["test", "a", "b"], ["--none"],
              ["test", "--leave-secret"]]
)  # fmt: skip
def test_wrong_use_is_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["connections", *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_secret_that_cannot_be_removed_keeps_its_connection(
    ada: str, keyring: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    connect(monkeypatch, ada, "--name", "plant")
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    monkeypatch.setenv("PYTHONPATH", "")
    assert main(["connections", "forget", "plant"]) == 3
    assert "--leave-secret" in capsys.readouterr().err
    assert main(["connections", "forget", "plant", "--leave-secret"]) == 0
    assert "still in the keyring" in capsys.readouterr().err


def test_the_password_is_typed_unseen(ada: str) -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-m", "console", "connect", ada, "--name", "plant", "--ask"]
    with Terminal.start(words, env=env, size=(160, 24)) as terminal:
        terminal.wait_for("Password for ada@127.0.0.1")
        terminal.type_text("s3cret")
        terminal.press("enter")
        screen = terminal.wait_for("It is opened where nothing else is said.")
        assert terminal.wait_exit() == 0
    assert "s3cret" not in screen
    assert str(read_book().named("plant").secret) == "ask"


def test_a_wrong_password_may_be_typed_again(ada: str) -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-m", "console", "connect", ada, "--name", "plant", "--ask"]
    with Terminal.start(words, env=env, size=(160, 24)) as terminal:
        terminal.wait_for("Password for ada@127.0.0.1")
        terminal.type_text("secret")
        terminal.press("enter")
        terminal.wait_until(lambda text: text.count("Password for") == 2 and "Once more" in text)
        terminal.type_text("s3cret")
        terminal.press("enter")
        terminal.wait_for("It is opened where nothing else is said.")
        assert terminal.wait_exit() == 0


def test_a_script_without_a_terminal_is_told_what_to_do(ada: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "console", "connect", ada], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        start_new_session=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "--password-stdin" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_password_in_the_environment_is_not_heeded(
    ada: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The connection would answer now, and nobody could open it later."""
    monkeypatch.setenv("PGPASSWORD", "s3cret")
    assert connect(monkeypatch, ada, password="wrong") == 3
    assert "PGPASSWORD is not heeded" in capsys.readouterr().err
    assert read_book().connections == {}


def test_a_service_of_libpqs_own_file_is_used_and_kept_as_such(
    postgres: Database, ada: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = postgres.server
    (home / ".pg_service.conf").write_text(
        f"[plant]\nhost=127.0.0.1\nport={server.port}\ndbname={postgres.name}\nuser=ada\npassword=s3cret\n"
    )
    assert main(["connect", "postgresql:///?service=plant"]) == 0
    assert (home / "watchfloor" / "connections.toml").read_text().count("postgresql:///?service=plant") == 1
    assert str(read_book().named("plant").secret) == "libpq"
    assert "s3cret" not in "".join(capsys.readouterr())
    assert main(["connections", "test"]) == 0


def test_a_file_broken_by_hand_is_told_by_each_command(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "watchfloor" / "connections.toml"
    path.parent.mkdir()
    path.write_text('[connection.a]\nurl = "postgresql://h/d"\n')
    path.chmod(0o600)
    for words in (
        ["connections"],
        ["connections", "test"],
        ["connections", "forget", "a"],
        ["connect", "postgresql://h/d"],
    ):
        assert main(words) == 2
        told = capsys.readouterr().err
        assert f'{path}: line 1: connection.a needs secret = "…"' in told
        assert told.count("\n") == 1
    assert path.read_text() == '[connection.a]\nurl = "postgresql://h/d"\n'
