"""What is opened: a file, a shared database by URL or by name, or what this person made the default."""

from __future__ import annotations

import json
import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from console.connections.model import NAME
from console.connections.place import Place
from console.places import default_database, named_database
from core.errors import BadInput
from core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from console.connections.address import Address
    from console.connections.book import Book
    from console.connections.model import Connection

HANDED = "fd:"
MOST_BYTES = 1 << 16
CREDENTIAL = "watchfloor-password"
"""The credential of a service that is given a URL and keeps no connections."""


_handed: dict[str, Place] = {}
"""What this process was handed: a pipe is read once."""


def place_of(said: str | None, ask: Callable[[str], str] | None = None) -> Place:
    """Returns the database that `--db` says, or that is opened where nothing is said.

    `said` is a path, a postgresql:// URL, the name of a connection, or what `handed_over` made; a word that is both
    a name and a file here is refused, `./word` is always the file. Nothing said is the default connection, else the
    embedded database. `ask` is given a title and returns the password a person types (`asking.typed_password`);
    without it nobody is asked.

    Raises StoreUnavailable for a path without a database; BadInput for a wrong URL or a broken file of connections;
    NotFound for a connection that is none; Unavailable where the secret cannot be had. May take seconds where the
    keyring does: never on the event loop.
    """
    from console.connections.address import is_url

    if said and said.startswith(HANDED):
        return _received(said)
    if said and is_url(said):
        return _of_url(said, ask)
    if said and not NAME.fullmatch(said):
        return Place.of_file(named_database(said))
    book = _book()
    if not said:
        return (
            _of_connection(book.named(book.default), ask)
            if book.default
            else Place.of_file(default_database())
        )
    if said not in book.connections:
        return Place.of_file(named_database(said))
    if Path(said).exists():
        raise BadInput(
            f"{said} is a connection, and a file here as well",
            next_step=f"Write ./{said} for the file, or go elsewhere",
        )
    return _of_connection(book.named(said), ask)


def place_without_secret(said: str | None) -> Place:
    """Returns what `place_of` would, without its secret: for what lies beside a database on this machine."""
    from console.connections.address import address_of, is_url

    if said and is_url(said):
        return _with(address_of(said))
    if said and not NAME.fullmatch(said):
        return Place.of_file(Path(said).expanduser().absolute())
    book = _book()
    name = said or book.default
    if name and name in book.connections:
        connection = book.named(name)
        return Place(connection.address.url, connection.address.title, name, connection.address.file_name)
    return Place.of_file(Path(said).expanduser().absolute() if said else default_database())


@contextmanager
def handed_over(place: Place) -> Iterator[tuple[list[str], list[int]]]:
    """Makes what a child process is started with: the words of its command line, the descriptors it inherits.

    The complete URL of a shared database, with its secret, lies in a pipe that has no other reader; the child's
    `place_of` takes it out and closes it, so that its own children have it only where it hands it on. Start the
    child inside (`start_own(…, *words, inherits=descriptors)`); afterwards this process has closed its end.
    """
    if isinstance(place.target, Path):
        yield ["--db", str(place.target)], []
        return
    reader, writer = os.pipe()
    try:
        with os.fdopen(writer, "wb") as file:
            file.write(json.dumps([place.target, place.title, place.connection, place.key]).encode())
        yield ["--db", f"{HANDED}{reader}"], [reader]
    finally:
        os.close(reader)


def _received(said: str) -> Place:
    if said in _handed:
        return _handed[said]
    try:
        with os.fdopen(_pipe(int(said.removeprefix(HANDED))), "rb") as file:
            target, title, connection, key = json.loads(file.read(MOST_BYTES))
    except (ValueError, OSError):
        raise BadInput(
            f"{printable(said, 40)}: no database was handed over there",
            next_step="That is how this program tells its own processes; name a file, a URL or a connection",
        ) from None
    return _handed.setdefault(said, Place(target, title, connection, key))


def _pipe(number: int) -> int:
    """Returns a descriptor that is a pipe, and none of the three that a person could fill; raises ValueError, OSError."""
    if number <= 2 or not stat.S_ISFIFO(os.fstat(number).st_mode):
        raise ValueError
    return number


def _book() -> Book:
    from console.connections.book import Book, book_path

    path = book_path()
    if not path.exists():
        return Book({})  # most have none: neither a TOML reader nor a driver is imported for them
    from console.connections.book import read_book

    return read_book(path)


def _of_connection(connection: Connection, ask: Callable[[str], str] | None) -> Place:
    from console.connections.secret import secret_of

    address = connection.address
    title = f"{connection.name} ({address.title})"
    return Place(address.complete_url(secret_of(connection, ask)), title, connection.name, address.file_name)


def _of_url(url: str, ask: Callable[[str], str] | None) -> Place:
    """Returns the database of a URL, with the secret of the connection that is kept for it, if one is."""
    from console.connections.address import address_of
    from console.connections.secret import credential_path, secret_from_file

    address = address_of(url)
    kept = next((one for one in _book().connections.values() if one.address == address), None)
    if kept is not None:
        return _of_connection(kept, ask)
    given = credential_path(CREDENTIAL)
    if given is not None and given.exists():
        return _with(address, secret_from_file(given, f"the credential {CREDENTIAL}"))
    if ask is None:
        return _with(address)
    from console.connections.trial import PasswordNeeded, try_connection

    try:
        try_connection(address, None)
    except PasswordNeeded:
        return _with(address, ask(address.title))
    return _with(address)


def _with(address: Address, secret: str | None = None) -> Place:
    return Place(address.complete_url(secret), address.title, key=address.file_name)
