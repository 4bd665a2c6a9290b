"""The secret of a connection, from where it comes; it is kept in memory only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from console.connections.asking import usable_password
from console.connections.model import SecretKind
from console.connections.private_file import read_private
from core.errors import BadInput, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.connections.address import Address
    from console.connections.model import Connection


def secret_of(connection: Connection, ask: Callable[[str], str] | None) -> str | None:
    """Returns the password of a connection; None where none is needed, or libpq finds it.

    A credential that systemd gave this service for the connection comes before a keyring and before asking: a
    service has neither. `ask` is given the connection's title and returns what a person types; without it nobody is
    asked. Raises Unavailable (also as KeyringUnavailable) where the secret cannot be had, BadInput for a bad file.
    """
    kind, name = connection.secret
    if kind in {SecretKind.NONE, SecretKind.LIBPQ, SecretKind.PASSFILE}:
        return None
    if kind == SecretKind.CREDENTIAL:
        return _credential(name)
    if kind == SecretKind.FILE:
        return secret_from_file(Path(name), "the key file")
    given = credential_path(credential_name(connection.name))
    if given is not None and given.exists():
        return secret_from_file(given, "the credential")
    if kind == SecretKind.KEYRING:
        return _from_keyring(connection)
    return _asked(connection.address, ask)


def credential_name(connection: str) -> str:
    """Returns the name a service gives the credential of a connection: `LoadCredential=watchfloor-plant:/etc/…`."""
    return f"watchfloor-{connection}"


def credential_path(name: str) -> Path | None:
    """Returns where systemd puts a credential of this service, None where this process is none."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    return Path(folder) / name if folder else None


def _credential(name: str) -> str:
    path = credential_path(name)
    if path is None:
        raise Unavailable(
            f"the password is in the credential {name}, and this process was given none",
            next_step=f"It is given by systemd: LoadCredential={name}:/PATH in the service's file",
        )
    return secret_from_file(path, f"the credential {name}")


def secret_from_file(path: Path, what: str) -> str:
    """Returns the one line of a file that only this user reads; `what` names it. Raises BadInput or Unavailable."""
    data = read_private(path, what=what, secret=True)
    if data is None:
        raise Unavailable(f"{what} is not there", where=str(path))
    line = data.removesuffix(b"\n").removesuffix(b"\r")
    if b"\n" in line:
        raise BadInput(f"{what} holds more than the one line of a password", where=str(path))
    try:
        return usable_password(line.decode())
    except UnicodeDecodeError:
        raise Unavailable(f"{what} is not UTF-8", where=str(path)) from None


def _from_keyring(connection: Connection) -> str:
    from console.connections.keyring_door import secret_in_keyring

    secret = secret_in_keyring(connection.address.key)
    if secret is None:
        raise Unavailable(
            f"the keyring keeps no password for the connection {connection.name}",
            next_step=f"Give it once more: watchfloor connect '{connection.address.url}' --name {connection.name}",
        )
    return secret


def _asked(address: Address, ask: Callable[[str], str] | None) -> str:
    if ask is None:
        raise Unavailable(
            f"the password of {address.title} is typed at each start, and nobody can be asked here",
            next_step="Give a service a credential or a key file: watchfloor connect URL --key-file FILE",
        )
    return usable_password(ask(address.title))
