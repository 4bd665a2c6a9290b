"""The key that signs seals: found where it may be, refused where others could have put it, made only when told so."""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING

import pytest

from console.connections import keyring_door
from console.connections.place import Place
from console.sealing_key import CREDENTIAL, find_key, key_beside, make_in_keyring, read_key, write_key
from core.errors import BadInput, NotPossible, Unavailable

if TYPE_CHECKING:
    from pathlib import Path

FAKE = """
import os, pathlib, time
from keyring.backend import KeyringBackend

class PasswordStoreBackend(KeyringBackend):
    priority = 5
    def __init__(self):
        super().__init__()
        self.file = pathlib.Path(os.environ["FAKE_KEYRING"])
    def get_password(self, service, name):
        if self.file.name == "hangs":
            time.sleep(60)
        if self.file.name == "asks":
            open("/dev/tty")
        return self.file.read_text() if self.file.exists() else None
    def set_password(self, service, name, secret):
        self.file.write_text(secret)

class PlaintextKeyring(PasswordStoreBackend):
    pass
"""


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A database's place on a machine without keyring and credentials."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    return Place.of_file(tmp_path / "w.db")


@pytest.fixture
def keyring(database: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A keyring that the child trusts, which keeps its one secret in a file."""
    (tmp_path / "keyring_pass.py").write_text(FAKE)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring_pass.PasswordStoreBackend")
    monkeypatch.setenv("FAKE_KEYRING", str(tmp_path / "secret"))
    return tmp_path / "secret"


def test_without_a_key_there_is_none(database: Place) -> None:
    assert find_key(database) is None
    with pytest.raises(Unavailable, match="no keyring service answers"):
        make_in_keyring(database)
    assert find_key(database) is None


def test_a_key_file_is_only_ours_and_never_written_over(database: Place) -> None:
    beside = key_beside(database)
    made = write_key(beside)
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    found = find_key(database)
    assert found
    assert (found.key.key_id, found.source) == (made.key_id, str(beside))
    with pytest.raises(NotPossible, match="already"):
        write_key(beside)
    assert read_key(beside).key_id == made.key_id


def test_a_key_that_others_could_have_put_there_is_refused(database: Place, tmp_path: Path) -> None:
    beside = key_beside(database)
    write_key(tmp_path / "elsewhere")
    beside.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput, match="cannot be read"):
        find_key(database)
    beside.unlink()
    write_key(beside)
    beside.chmod(0o640)
    with pytest.raises(BadInput, match="others may read"):
        find_key(database)
    beside.unlink()
    os.mkfifo(beside)
    with pytest.raises(BadInput, match="is no file"):
        find_key(database)


@pytest.mark.parametrize(
    "text", [b"", b"hello", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"\xff" * 9000]
)
def test_a_file_that_holds_no_key_says_so_and_is_not_quoted(database: Place, text: bytes) -> None:
    beside = key_beside(database)
    beside.write_bytes(text)
    beside.chmod(0o600)
    with pytest.raises(BadInput, match="no Ed25519 private key") as refused:
        find_key(database)
    assert "AAAA" not in str(refused.value)


def test_the_keyring_is_before_the_credential_and_that_before_the_file(
    database: Place, keyring: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = write_key(key_beside(database))
    folder = tmp_path / "credentials"
    folder.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    assert (found := find_key(database))
    assert found.key.key_id == beside.key_id
    credential = write_key(folder / CREDENTIAL)
    assert (found := find_key(database))
    assert found.key.key_id == credential.key_id
    made = make_in_keyring(database)
    assert keyring.exists()
    assert (found := find_key(database))
    assert found.key.key_id == made.key_id
    assert (found := find_key(database, ask_keyring=False))
    assert found.key.key_id == credential.key_id
    with pytest.raises(NotPossible, match="already"):
        make_in_keyring(database)


def test_a_keyring_that_writes_a_plain_file_is_not_trusted(
    database: Place, keyring: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring_pass.PlaintextKeyring")
    with pytest.raises(Unavailable, match="PlaintextKeyring"):
        make_in_keyring(database)
    assert not keyring.exists()


def test_a_keyring_that_hangs_is_given_up(
    database: Place, keyring: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring_door, "LIMIT_S", 1.0)
    monkeypatch.setenv("FAKE_KEYRING", str(keyring.with_name("hangs")))
    began = time.monotonic()
    assert find_key(database) is None
    assert time.monotonic() - began < 10


def test_a_keyring_cannot_ask_on_the_terminal(
    database: Place, keyring: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_KEYRING", str(keyring.with_name("asks")))
    assert find_key(database) is None
