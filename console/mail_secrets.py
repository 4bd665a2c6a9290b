"""The secrets of contact: passwords of mailboxes, addresses (URLs) at which staff are reached, passwords of sources of grants.

Each has a name and lies in the system's keyring, in a credential of the service manager, or in a file beside the
database that only this user reads; the catalog holds none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.connections.keyring_door import (
    KeyringUnavailable,
    keep_in_keyring,
    secret_in_keyring,
)
from console.connections.private_file import read_private, write_private
from console.connections.secret import credential_path
from core.errors import BadInput, Unavailable

if TYPE_CHECKING:
    from pathlib import Path

    from console.connections.place import Place

PASSWORD, REACHED_AT, SOURCE = "mail", "staff", "access"


def contact_secret(database: Place, kind: str, name: str) -> str | None:
    """Returns a secret, None where none is kept. Raises BadInput for a file or credential that cannot be used.

    Looking into the keyring takes a process, and up to five seconds.
    """
    try:
        found = secret_in_keyring(_key(database, kind, name))
    except KeyringUnavailable:
        found = None
    if found is not None:
        return found
    credential = credential_path(f"watchfloor.{kind}-{name}")
    if credential is not None and credential.exists():
        return _line(
            read_private(credential, what=f"the credential {credential.name}", secret=False), credential
        )
    path = secret_beside(database, kind, name)
    held = read_private(path, what="the file of the secret", secret=True)
    return None if held is None else _line(held, path)


def keep_contact_secret(database: Place, kind: str, name: str, secret: str, *, in_file: bool) -> str:
    """Keeps a secret and returns where it is, in words. Raises Unavailable where there is no keyring, with what to do."""
    if in_file:
        path = secret_beside(database, kind, name)
        write_private(path, secret.encode() + b"\n")
        return f"in {path}, in plain text, for you alone"
    try:
        return f"in the keyring {keep_in_keyring(_key(database, kind, name), secret)}"
    except KeyringUnavailable as error:
        raise Unavailable(
            error.what,
            next_step="Keep it in a file for you alone instead: add --file. A service is given it as a credential:"
            f" LoadCredential=watchfloor.{kind}-{name}:/PATH",
        ) from error


def secret_beside(database: Place, kind: str, name: str) -> Path:
    """Returns the file of a secret, whether or not there is one."""
    return database.beside(f".{kind}-{name}")


def _key(database: Place, kind: str, name: str) -> str:
    return f"{kind} {name} of {database.key or database.target}"


def _line(data: bytes | None, path: Path) -> str:
    try:
        text = (data or b"").decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        text = ""
    if not text or "\n" in text or "\0" in text:
        raise BadInput("does not hold one line of text", where=str(path), next_step="Keep the secret anew")
    return text
