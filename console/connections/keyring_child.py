"""The process that speaks to the keyring: it has no terminal, so that nothing in it can ask on one, and may be killed.

It is given one request as JSON on an inherited socket (its number is the only word on the command line) and answers
with one object: `backend` (the class that answers, empty where none was found), `refused` (why it is not used, or
what it said), `secret`.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from contextlib import suppress
from typing import Any

SERVICE = "watchfloor"
ALLOWED = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
        "keyring_pass.PasswordStoreBackend",
    }
)
"""What keeps a secret encrypted and asks nothing on a terminal."""
CHAINER = "keyring.backends.chainer.ChainerBackend"
WHY_NOT = {
    "keyring.backends.fail.Keyring": "no keyring service answers in this session",
    "keyring.backends.null.Keyring": "it keeps nothing",
    "keyrings.alt.file.PlaintextKeyring": "it writes a file that is not encrypted",
    "keyrings.alt.file.EncryptedKeyring": "it asks for a password of its own on the terminal",
    CHAINER: "none of the keyrings it hands on to keeps secrets encrypted",
}


def name_of(backend: object) -> str:
    """Returns the full name of a keyring's class."""
    return f"{type(backend).__module__}.{type(backend).__name__}"


def accepted(found: Any) -> tuple[Any, str, str]:
    """Returns the backend to use (None where there is none), its name, and why there is none.

    Of several that a chain would try, only one that is allowed is used: a chain goes on to the next, whatever that is.
    """
    name = name_of(found)
    if name in ALLOWED:
        return found, name, ""
    if name == CHAINER:
        good = next((one for one in found.backends if name_of(one) in ALLOWED), None)
        if good is not None:
            return good, name_of(good), ""
        name_of_all = ", ".join(name_of(one) for one in found.backends)
        return None, name, f"{WHY_NOT[CHAINER]} ({name_of_all})"
    return (
        None,
        name,
        WHY_NOT.get(name, "it is none of those known to keep secrets encrypted and to ask nothing"),
    )


def answer(request: dict[str, str]) -> dict[str, str]:
    """Does what is asked (`look`, `get`, `set`, `delete`) and says how it went."""
    name = ""
    try:
        import keyring

        backend, name, refused = accepted(keyring.get_keyring())
        if backend is None or request["verb"] == "look":
            return {"backend": name, "refused": refused}
        secret = ""
        if request["verb"] == "get":
            secret = backend.get_password(SERVICE, request["key"]) or ""
        elif request["verb"] == "set":
            refused = _set(backend, request["key"], request["secret"])
        else:
            _delete(backend, request["key"])
    except Exception as error:  # noqa: BLE001 – KeyringError, RuntimeError, EOFError, and whatever else a backend lets out
        said = f"{type(error).__name__}: {error}"
        secret = request.get("secret", "")
        return {"backend": name, "refused": said.replace(secret, "…") if secret else said}
    return {"backend": name, "refused": refused, "secret": secret}


def _set(backend: Any, key: str, secret: str) -> str:
    """Keeps a secret; one that is not given back (locked, cut short) is taken out again."""
    given_back = False
    try:
        backend.set_password(SERVICE, key, secret)
        given_back = backend.get_password(SERVICE, key) == secret
    finally:
        if not given_back:
            with suppress(Exception):
                backend.delete_password(SERVICE, key)
    return "" if given_back else "it did not give back what was put in"


def _delete(backend: Any, key: str) -> None:
    """Removes what is kept under a key; what was not there is removed, whatever a backend says of it."""
    try:
        backend.delete_password(SERVICE, key)
    except Exception:
        if backend.get_password(SERVICE, key) is not None:
            raise


def ask_nowhere() -> None:
    """Keeps gpg's agent from asking on the terminal of the person: it would draw over the console."""
    os.environ.pop("GPG_TTY", None)
    if not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        options = os.environ.get("PASSWORD_STORE_GPG_OPTS", "")
        os.environ["PASSWORD_STORE_GPG_OPTS"] = f"{options} --pinentry-mode cancel".strip()


def main() -> int:
    """Answers the one request on the socket whose number is given."""
    ask_nowhere()
    with socket.socket(fileno=int(sys.argv[1])) as line, line.makefile("rw", encoding="utf-8") as file:
        line.set_inheritable(False)  # what a keyring starts is not handed it
        request = json.loads(file.readline())
        file.write(json.dumps(answer(request)) + "\n")
        file.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
