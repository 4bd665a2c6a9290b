"""The keyring: only one that keeps secrets encrypted, never on a terminal, never for longer than its time."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from console.connections import keyring_door
from console.connections.keyring_child import CHAINER, accepted
from console.connections.keyring_door import (
    Keyring,
    KeyringUnavailable,
    keep_in_keyring,
    look_at_keyring,
    remove_from_keyring,
    secret_in_keyring,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEEPS = """
import json, os, pathlib
from keyring.backend import KeyringBackend
class PasswordStoreBackend(KeyringBackend):
    priority = 1
    place = pathlib.Path(__file__).with_name("kept.json")
    def _all(self):
        return json.loads(self.place.read_text()) if self.place.exists() else {}
    def get_password(self, service, key):
        return self._all().get(f"{service} {key}")
    def set_password(self, service, key, secret):
        self.place.write_text(json.dumps({**self._all(), f"{service} {key}": secret}))
    def delete_password(self, service, key):
        kept = self._all()
        if kept.pop(f"{service} {key}", None) is None:
            raise OSError("nothing of that name: exit status 1")
        self.place.write_text(json.dumps(kept))
"""
OTHER = """
import os, time, getpass
from keyring.backend import KeyringBackend
class {name}(KeyringBackend):
    priority = 1
    def get_password(self, service, key):
        {does}
    def set_password(self, service, key, secret):
        {does}
    def delete_password(self, service, key):
        {does}
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], None]:
    """Puts a module where the keyring's process finds it, and chooses its class."""

    def put(module: str, name: str, source: str) -> None:
        folder = tmp_path / "modules"
        path = folder.joinpath(*module.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]))
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"{module}.{name}")

    return put


def test_without_any_the_reason_is_told(install: Callable[[str, str, str], None]) -> None:
    assert look_at_keyring() == Keyring(
        "keyring.backends.fail.Keyring", "no keyring service answers in this session"
    )
    for doing in (
        lambda: keep_in_keyring("k", "s3cret"),
        lambda: secret_in_keyring("k"),
        lambda: remove_from_keyring("k"),
    ):
        with pytest.raises(KeyringUnavailable, match="no keyring service answers") as told:
            doing()
        assert "s3cret" not in str(told.value)
        assert "keyring.backends" not in str(told.value)


def test_one_that_keeps_secrets_is_used(install: Callable[[str, str, str], None]) -> None:
    install("keyring_pass", "PasswordStoreBackend", KEEPS)
    assert look_at_keyring() == Keyring("keyring_pass.PasswordStoreBackend", "")
    assert secret_in_keyring("ada@h:/d") is None
    assert str(keep_in_keyring("ada@h:/d", "pä ss\n'\"")) == "keyring_pass.PasswordStoreBackend"
    assert secret_in_keyring("ada@h:/d") == "pä ss\n'\""
    remove_from_keyring("ada@h:/d")
    remove_from_keyring("ada@h:/d")
    assert secret_in_keyring("ada@h:/d") is None


def test_what_is_not_given_back_is_taken_out_again(
    install: Callable[[str, str, str], None], tmp_path: Path
) -> None:
    """A store that keeps the first line only, as `pass` does."""
    cut = KEEPS.replace(": secret})", ": secret.splitlines()[0]})")
    install("keyring_pass", "PasswordStoreBackend", cut)
    with pytest.raises(KeyringUnavailable, match="did not give back"):
        keep_in_keyring("k", "two\nlines")
    assert (tmp_path / "modules" / "kept.json").read_text() == "{}"
    keep_in_keyring("k", "one line")


@pytest.mark.parametrize(
    ("module", "name", "said"),
    [
        ("keyrings.alt.file", "PlaintextKeyring", "not encrypted"),
        ("keyrings.alt.file", "EncryptedKeyring", "asks for a password of its own"),
        ("somebodys", "Keyring", "none of those known"),
    ],
)
def test_one_that_is_not_worth_it_is_refused_by_name(
    install: Callable[[str, str, str], None], module: str, name: str, said: str
) -> None:
    install(module, name, OTHER.format(name=name, does="raise AssertionError"))
    with pytest.raises(KeyringUnavailable) as told:
        keep_in_keyring("k", "s3cret")
    assert f"{module}.{name}: " in str(told.value)
    assert said in str(told.value)
    assert "s3cret" not in str(told.value)


def test_one_that_keeps_nothing_is_refused(
    install: Callable[[str, str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    assert look_at_keyring() == Keyring("keyring.backends.null.Keyring", "it keeps nothing")


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("raise EOFError('closed')", "EOFError: closed"),
        ("raise RuntimeError('\\x1b[31mred')", "RuntimeError: red"),
        (
            "from keyring.errors import KeyringLocked; raise KeyringLocked('Failed to unlock')",
            "KeyringLocked: Failed to unlock",
        ),
        ("os.open('/dev/tty', os.O_RDWR)", "OSError: "),
        ("getpass.getpass()", "EOFError"),
        ("raise OSError(f'cannot keep {secret}')", "OSError: cannot keep …"),
        ("os._exit(3)", "ended without an answer"),
        ("return 'something else'", "did not give back what was put in"),
    ],
)
def test_whatever_goes_wrong_in_it_is_told(
    install: Callable[[str, str, str], None], does: str, said: str
) -> None:
    install("keyring_pass", "PasswordStoreBackend", OTHER.format(name="PasswordStoreBackend", does=does))
    with pytest.raises(KeyringUnavailable) as told:
        keep_in_keyring("k", "s3cret")
    assert said in str(told.value)
    assert str(told.value).isprintable()


def test_one_that_does_not_answer_is_left_after_its_time(
    install: Callable[[str, str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    does = "os.system('sleep 60 & sleep 60')"
    install("keyring_pass", "PasswordStoreBackend", OTHER.format(name="PasswordStoreBackend", does=does))
    monkeypatch.setattr(keyring_door, "LIMIT_S", 2.0)
    began = time.monotonic()
    with pytest.raises(KeyringUnavailable, match="did not answer within 2 seconds"):
        secret_in_keyring("k")
    assert time.monotonic() - began < 20


def test_the_secret_is_neither_in_the_arguments_nor_in_the_environment(
    install: Callable[[str, str, str], None], tmp_path: Path
) -> None:
    shown = "open(os.environ['SHOWN'], 'wb').write(open('/proc/self/cmdline', 'rb').read() + open('/proc/self/environ', 'rb').read())"
    install("keyring_pass", "PasswordStoreBackend", OTHER.format(name="PasswordStoreBackend", does=shown))
    os.environ["SHOWN"] = str(tmp_path / "shown")
    try:
        with pytest.raises(KeyringUnavailable):
            keep_in_keyring("k", "s3cret")
    finally:
        del os.environ["SHOWN"]
    assert b"keyring_child" in (tmp_path / "shown").read_bytes()
    assert b"s3cret" not in (tmp_path / "shown").read_bytes()


def made(full_name: str, *backends: object) -> object:
    module, _, name = full_name.rpartition(".")
    return type(name, (), {"__module__": module, "backends": backends})()


def test_of_a_chain_only_a_good_one_is_used() -> None:
    plain, good = made("keyrings.alt.file.PlaintextKeyring"), made("keyring.backends.SecretService.Keyring")
    assert accepted(made(CHAINER, plain, good)) == (good, "keyring.backends.SecretService.Keyring", "")
    backend, name, refused = accepted(made(CHAINER, plain))
    assert (backend, name) == (None, CHAINER)
    assert "PlaintextKeyring" in refused
