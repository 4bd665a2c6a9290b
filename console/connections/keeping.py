"""Keeping the secret of a connection where it was chosen to be, and removing it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from console.connections.keyring_door import KeyringUnavailable, keep_in_keyring, remove_from_keyring
from console.connections.model import SecretKind, SecretSource
from console.connections.passfile import keep_in_passfile, passfile_path, remove_from_passfile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.connections.address import Address
    from console.connections.model import Connection


class Kept(NamedTuple):
    """Where a secret is kept; `where` says it for people, `why_not` why the keyring does not keep it (else empty)."""

    source: SecretSource
    where: str
    why_not: str = ""


def keep_secret(address: Address, password: str, source: SecretSource) -> Kept:
    """Keeps a password where `source` says; where that is the keyring and it cannot, nowhere, and says why.

    Raises BadInput or Unavailable where the passfile cannot take it.
    """
    if source.kind == SecretKind.PASSFILE:
        return Kept(source, f"in {keep_in_passfile(address, password)}, in plain text, for you alone")
    if source.kind != SecretKind.KEYRING:
        return Kept(source, where_kept(source, address))
    try:
        return Kept(source, f"in the keyring {keep_in_keyring(address.key, password)}")
    except KeyringUnavailable as error:
        return Kept(
            SecretSource(SecretKind.ASK), where_kept(SecretSource(SecretKind.ASK), address), str(error)
        )


def remove_secret(connection: Connection, others: Iterable[Connection]) -> None:
    """Removes what this program kept of a connection's secret, unless another connection uses the same.

    Raises KeyringUnavailable, BadInput or Unavailable where it cannot be removed.
    """
    kind = connection.secret.kind
    if any(one.secret.kind == kind and one.address.key == connection.address.key for one in others):
        return
    if kind == SecretKind.KEYRING:
        remove_from_keyring(connection.address.key)
    elif kind == SecretKind.PASSFILE:
        remove_from_passfile(connection.address)


def where_kept(source: SecretSource, address: Address) -> str:
    """Says for people where a secret comes from."""
    return {
        SecretKind.NONE: "no password is needed",
        SecretKind.LIBPQ: "in PostgreSQL's own files (a passfile or service file)",
        SecretKind.PASSFILE: f"in {passfile_path(address)}, in plain text, for you alone",
        SecretKind.CREDENTIAL: f"in the service's credential {source.name}",
        SecretKind.FILE: f"in the key file {source.name}",
        SecretKind.KEYRING: "in the keyring",
        SecretKind.ASK: "kept nowhere: asked for at each start",
    }[source.kind]
