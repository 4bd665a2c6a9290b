"""Asks the system's keyring in a process of its own: `python -m console.keyring_child get|set SERVICE NAME`.

A keyring may ask on the terminal, hang on a dead bus, or write warnings of its own: this process has no terminal, and
whoever started it waits a few seconds only. A secret to keep comes on standard input, one that is asked for goes to
standard output; why there is none, to standard error.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

ALLOWED = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
        "keyring_pass.PasswordStoreBackend",
    }
)
"""Keyrings that keep a secret as such. Others write it into a plain file, ask on the terminal, or keep nothing."""
FOUND, NONE_THERE, NO_KEYRING = 0, 1, 3


def main() -> int:
    """Does what is asked and returns FOUND, NONE_THERE or NO_KEYRING."""
    verb, service, name = sys.argv[1:]
    import keyring

    chosen = allowed(keyring.get_keyring())
    if chosen is None:
        sys.stderr.write(
            f"the system has no keyring to trust with a secret ({full_name(keyring.get_keyring())})"
        )
        return NO_KEYRING
    secret = sys.stdin.read() if verb == "set" else None
    try:
        if secret is not None:
            chosen.set_password(service, name, secret)
        found = chosen.get_password(service, name)
    except Exception as error:  # noqa: BLE001  (each keyring has errors of its own, and all mean the same here)
        sys.stderr.write(f"the keyring cannot be used: {error or type(error).__name__}")
        return NO_KEYRING
    if secret is not None:
        return FOUND if found == secret else NONE_THERE
    sys.stdout.write(found or "")
    return FOUND if found else NONE_THERE


def allowed(backend: KeyringBackend) -> KeyringBackend | None:
    """Returns the backend if it may be used; of one that tries several, the first that may."""
    among = (
        getattr(backend, "backends", None)
        if full_name(backend).startswith("keyring.backends.chainer.")
        else None
    )
    return next((each for each in among or [backend] if full_name(each) in ALLOWED), None)


def full_name(backend: object) -> str:
    """Returns a backend's module and class."""
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


if __name__ == "__main__":
    sys.exit(main())
