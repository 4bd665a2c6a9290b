"""Where the key that signs seals is: the system's keyring, a credential of the service manager, or a file beside the database.

In this order: who may write beside the database must not be able to put another key in the place of one that the
keyring or the service manager keeps. A key is made only when somebody says so; without one, seals are not signed.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from console.connections.keyring_door import KeyringUnavailable, keep_in_keyring, secret_in_keyring
from core.errors import BadInput, NotPossible, Unavailable

if TYPE_CHECKING:
    from console.connections.place import Place
    from core.journal.signing import PrivateKey

CREDENTIAL = "watchfloor.sealing-key"
MOST_BYTES = 4096


class FoundKey(NamedTuple):
    """A key and where it was found, in words."""

    key: PrivateKey
    source: str


def find_key(database: Place, *, ask_keyring: bool = True) -> FoundKey | None:
    """Returns the key that signs this database's seals; None when nobody made one.

    Raises BadInput where there is one that cannot be used: the journal is not to be sealed unsigned for that.
    Looking into the keyring takes a process, and up to five seconds.
    """
    from core.journal.signing import PrivateKey

    text = from_keyring(database) if ask_keyring else None
    if text is not None:
        return FoundKey(PrivateKey.from_pem(text, "the keyring"), "the system's keyring")
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    credential = Path(folder) / CREDENTIAL if folder else None
    if credential is not None and credential.exists():
        return FoundKey(read_key(credential, private=False), f"the credential {credential}")
    beside = key_beside(database)
    return FoundKey(read_key(beside), str(beside)) if os.path.lexists(beside) else None


def key_beside(database: Place) -> Path:
    """Returns the key file of a database, whether or not there is one."""
    return database.beside(".sealing-key")


def read_key(path: Path, *, private: bool = True) -> PrivateKey:
    """Returns the key in a file, which nobody else may read where it must be `private`. Raises BadInput."""
    from core.journal.signing import PrivateKey

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise BadInput(f"the key cannot be read: {error.strerror}", where=str(path)) from error
    with open(descriptor, "rb") as file:  # noqa: PTH123  (a descriptor, opened so that no link is followed)
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise BadInput("is no file", where=str(path), next_step="Remove it, or put the key file there")
        if private and (found.st_mode & 0o077 or found.st_uid not in {os.getuid(), 0}):
            raise BadInput(
                "others may read or change the key that signs the journal", where=str(path),
                next_step=f"If nobody did: chmod 600 {path}. Else remove it and make another",
            )  # fmt: skip
        return PrivateKey.from_pem(file.read(MOST_BYTES), str(path))


def write_key(path: Path) -> PrivateKey:
    """Makes a key in a new file that only this user may read. Raises NotPossible where something is there already."""
    from core.journal.signing import PrivateKey

    key = PrivateKey.make()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise NotPossible(
            "there is something of that name already", where=str(path),
            next_step="Nothing was changed. A key is never overwritten; name another file",
        ) from error  # fmt: skip
    except OSError as error:
        raise Unavailable(f"the key cannot be written: {error.strerror}", where=str(path)) from error
    with open(descriptor, "wb") as file:  # noqa: PTH123  (a descriptor, opened so that nothing is overwritten)
        file.write(key.pem())
        file.flush()
        os.fsync(descriptor)
    return key


def from_keyring(database: Place) -> bytes | None:
    """Returns the key's PEM from the keyring; None where there is none, or no keyring to trust."""
    try:
        found = secret_in_keyring(_name(database))
    except KeyringUnavailable:
        return None
    return found.encode() if found else None


def make_in_keyring(database: Place) -> PrivateKey:
    """Makes a key in the keyring. Raises Unavailable where there is no keyring, NotPossible where a key is there."""
    from core.journal.signing import PrivateKey

    if from_keyring(database) is not None:
        raise NotPossible(
            "the keyring holds a key for this database already",
            next_step="Nothing was changed. `watchfloor journal key` shows its public key",
        )
    key = PrivateKey.make()
    try:
        keep_in_keyring(_name(database), key.pem().decode())
    except KeyringUnavailable as error:
        raise Unavailable(
            error.what,
            next_step=f"Keep the key in a file instead: watchfloor journal key --file {key_beside(database)}",
        ) from error
    return key


def _name(database: Place) -> str:
    """Returns the name under which the keyring keeps a database's key."""
    return f"sealing key of {database.key or database.target}"
