"""A named connection, and where its secret comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from core.errors import BadInput

if TYPE_CHECKING:
    from console.connections.address import Address

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
SPEAKS_OF_NAMES = (
    "A name has letters, digits, - and _, begins with a letter or a digit, and has at most 40 of them"
)


class SecretKind(StrEnum):
    """Where a secret comes from, in the order in which it is looked for."""

    NONE = "none"
    """No secret is needed: peer, ident or a client certificate."""
    LIBPQ = "libpq"
    """libpq finds it by itself: in its passfile or its service file."""
    PASSFILE = "passfile"
    """As libpq, and this program wrote the line of the passfile: it is removed with the connection."""
    CREDENTIAL = "credential"
    """A credential that systemd handed to the service."""
    FILE = "file"
    """A key file of mode 0600."""
    KEYRING = "keyring"
    """The keyring of this user."""
    ASK = "ask"
    """Nowhere: it is typed at each start and kept in memory only."""


class SecretSource(NamedTuple):
    """Where a secret comes from; `name` is the credential's name or the key file's path, else empty."""

    kind: SecretKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)


@dataclass(frozen=True)
class Connection:
    """A shared database by the name this person gave it."""

    name: str
    address: Address
    secret: SecretSource


def connection_name(text: str) -> str:
    """Returns a name a connection may have; raises BadInput for another."""
    if not NAME.fullmatch(text):
        raise BadInput(f"{text!r} is no name for a connection", next_step=SPEAKS_OF_NAMES)
    return text


def secret_source(text: str) -> SecretSource:
    """Returns the source that a word says: `keyring`, `file:/run/secrets/x`, `credential:plant`; raises BadInput."""
    kind, colon, name = text.partition(":")
    if kind not in {*SecretKind} or bool(colon) != (kind in {SecretKind.CREDENTIAL, SecretKind.FILE}):
        raise BadInput(
            f"{text!r} is no place a password comes from",
            next_step="There are: none, libpq, passfile, credential:NAME, file:PATH, keyring, ask",
        )
    if kind == SecretKind.FILE and not Path(name).is_absolute():
        raise BadInput(f"the key file {name!r} must be named from the root: /…")
    if kind == SecretKind.CREDENTIAL and (not name or "/" in name or name.startswith(".")):
        raise BadInput(f"{name!r} is no name of a credential")
    return SecretSource(SecretKind(kind), name)


def suggested_name(address: Address, taken: set[str]) -> str:
    """Returns a name for a connection nobody named: its database's or its host's, with a number where that is taken."""
    words = address.words
    for said in (words.get("dbname", ""), words.get("service", ""), words.get("host", "").split(".")[0]):
        base = re.sub(r"[^A-Za-z0-9_-]+", "-", said).strip("-_")[:36]
        if base and base != "postgres":
            break
    else:
        base = "shared"
    return next(name for n in range(1, 10_000) if (name := f"{base}-{n}" if n > 1 else base) not in taken)
