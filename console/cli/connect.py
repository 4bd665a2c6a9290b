"""`watchfloor connect URL`: tries a shared database, keeps its secret where it is safe, and names it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.cli.printing import print_json
from console.connections.address import address_of
from console.connections.asking import given_password, typed_password
from console.connections.book import read_book
from console.connections.changing import keep_connection
from console.connections.keeping import Kept, keep_secret, remove_secret, where_kept
from console.connections.model import (
    Connection,
    SecretKind,
    SecretSource,
    connection_name,
    secret_source,
    suggested_name,
)
from console.connections.passfile import passfile_path
from console.connections.secret import credential_path, secret_from_file
from console.connections.trial import PasswordNeeded, try_connection
from console.places import said_path
from core.errors import NotPossible, TurnedAway, WatchfloorError

if TYPE_CHECKING:
    import argparse

    from console.connections.address import Address
    from console.connections.book import Book
    from console.connections.trial import Trial

EPILOGUE = (
    "The password is asked for on the terminal and kept in the keyring of this user. Without a keyring it is kept "
    "nowhere, and asked for at each start. TLS is said in the URL: ?sslmode=verify-full&sslrootcert=FILE, a client "
    "certificate with &sslcert=FILE&sslkey=FILE, a service of libpq's own file with ?service=NAME."
)


TRIES = 3
"""So often a password is asked for on the terminal before it is given up."""
WRONG_WORD = "password authentication failed"
"""Said of being turned away where another password may help."""


@dataclass(frozen=True)
class _Tried:
    """A connection that answered: with which password, which may come from where."""

    trial: Trial
    password: str | None
    source: SecretSource


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `connect`."""
    parser.epilog = f"{EPILOGUE} {parser.epilog or ''}".rstrip()
    parser.add_argument("url", metavar="URL", help="postgresql://USER@HOST/DATABASE, without the password")
    parser.add_argument("--name", default="", help="what to call it (default: the database's name)")
    parser.add_argument("--no-default", action="store_true", help="do not open it where nothing else is said")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--passfile",
        action="store_true",
        help="write the password into libpq's passfile: plain text, mode 0600",
    )
    where.add_argument(
        "--key-file",
        type=said_path,
        metavar="FILE",
        help="read the password from this file, mode 0600",
    )
    where.add_argument(
        "--credential", metavar="NAME", default="", help="read it from the credential systemd gives a service"
    )
    where.add_argument(
        "--ask", action="store_true", help="keep the password nowhere: ask for it at each start"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Tries the connection and keeps it; nothing is kept of one that does not answer."""
    address = address_of(options.url)
    book = read_book()
    name = _name(options.name, address, book)
    if os.environ.pop("PGPASSWORD", None):
        _say(
            "PGPASSWORD is not heeded: whoever may see this process's environment reads it, and nobody has it later"
        )
    tried = _try(options, address)
    if not address.words.get("service"):
        address = address.with_words(
            **{k: v for k, v in tried.trial.pinned.items() if not address.words.get(k) and v}
        )
    _refuse_another(name, address, book)
    kept = _keep_secret(address, tried)
    connection = Connection(name, address, kept.source)
    before = keep_connection(connection, as_default=not options.no_default)
    if before is not None:
        _remove_former(before, connection, book)
    for warning in tried.trial.warnings():
        _say(f"WARNING: {warning}")
    if kept.why_not:
        _say_what_else(kept.why_not, address)
    is_default = not options.no_default or book.default == name
    if options.json:
        print_json(_as_data(connection, tried.trial, kept, is_default=is_default))
    else:
        print(
            f"{name}: {address.title}: {tried.trial.server} as {tried.trial.user}, {tried.trial.line_words}"
        )
        print(f"The password: {kept.where}.")
        why_not = tried.trial.standing.why_not(address.title)
        if why_not is not None:
            print(f"It is kept, and cannot be opened yet: {why_not}")
        elif is_default:
            print("It is opened where nothing else is said.")
        else:
            print(f"Open it with: watchfloor --db {name}")
    return 0


def _name(said: str, address: Address, book: Book) -> str:
    if said:
        return connection_name(said)
    same = next((one.name for one in book.connections.values() if one.address == address), "")
    return same or suggested_name(address, set(book.connections))


def _refuse_another(name: str, address: Address, book: Book) -> None:
    there = book.connections.get(name)
    if there is not None and there.address.key != address.key:
        raise NotPossible(
            f"{name} is the name of another connection: {there.address.title}",
            next_step=f"Nothing was changed. Take another --name, or first: watchfloor connections forget {name}",
        )


def _try(options: argparse.Namespace, address: Address) -> _Tried:
    """Tries it, first without any password: that of peer, a certificate or libpq's own files is none to keep."""
    given = given_password() if options.password_stdin else None
    source = _chosen(options)
    if source.kind == SecretKind.KEYRING:
        try:
            trial = try_connection(address, None)
        except PasswordNeeded:
            pass
        except TurnedAway as error:
            if WRONG_WORD not in error.what:
                raise
            if given is None:
                error.next_step = f"The password came from libpq's own files ({passfile_path(address)}): mend it there, or use --passfile"
                raise
        else:
            if given is not None:
                _say("no password of ours is needed: the one that was given is not kept")
            return _Tried(
                trial, None, SecretSource(SecretKind.LIBPQ if trial.used_password else SecretKind.NONE)
            )
    password = _from_source(source)
    if password is None:
        password = given
    if password is None:
        return _try_typed(address, source)
    return _Tried(try_connection(address, password), password, source)


def _try_typed(address: Address, source: SecretSource) -> _Tried:
    """Tries it with a password that is typed; a wrong one may be typed again."""
    for left in reversed(range(TRIES)):
        password = typed_password(address.title)
        try:
            return _Tried(try_connection(address, password), password, source)
        except TurnedAway as error:
            if WRONG_WORD not in error.what or not left:
                raise
            _say(f"{error.what}. Once more")
    raise AssertionError


def _chosen(options: argparse.Namespace) -> SecretSource:
    if options.key_file:
        from pathlib import Path

        return secret_source(f"file:{Path(options.key_file).expanduser().absolute()}")
    if options.credential:
        return secret_source(f"credential:{options.credential}")
    if options.passfile:
        return SecretSource(SecretKind.PASSFILE)
    return SecretSource(SecretKind.ASK if options.ask else SecretKind.KEYRING)


def _from_source(source: SecretSource) -> str | None:
    """Returns the password that is there already: in a key file, or in a credential where this process has one."""
    from pathlib import Path

    if source.kind == SecretKind.FILE:
        return secret_from_file(Path(source.name), "the key file")
    path = credential_path(source.name) if source.kind == SecretKind.CREDENTIAL else None
    return secret_from_file(path, f"the credential {source.name}") if path is not None else None


def _keep_secret(address: Address, tried: _Tried) -> Kept:
    if tried.password is None:
        return Kept(tried.source, where_kept(tried.source, address))
    return keep_secret(address, tried.password, tried.source)


def _remove_former(before: Connection, now: Connection, book: Book) -> None:
    """Removes the secret from where it was kept before, if that is another place."""
    if (before.secret.kind, before.address.key) == (now.secret.kind, now.address.key):
        return
    others = [one for one in book.connections.values() if one.name != now.name]
    try:
        remove_secret(before, others)
    except WatchfloorError as error:
        _say(f"its former password is still {where_kept(before.secret, before.address)}: {error}")


def _say_what_else(why_not: str, address: Address) -> None:
    again = f"watchfloor connect '{address.url}'"
    _say(
        f"{why_not}. So it is kept nowhere, and asked for at each start. Other ways:\n"
        f"  {again} --passfile\n"
        f"      writes it into {passfile_path(address)}: plain text that you alone may read (mode 0600)\n"
        f"  {again} --key-file FILE\n"
        f"      reads it from a file that you make yourself, mode 0600; --credential NAME for a systemd service\n"
        f"  no password at all: peer through the server's socket (postgresql:///DATABASE?host=/DIR), or a client\n"
        f"      certificate (&sslcert=FILE&sslkey=FILE), where the server's pg_hba.conf has it so"
    )


def _as_data(connection: Connection, trial: Trial, kept: Kept, *, is_default: bool) -> dict[str, object]:
    return {
        "name": connection.name, "url": connection.address.url, "default": is_default, "secret": str(connection.secret),
        "server": trial.server, "user": trial.user, "encrypted": trial.is_encrypted, "checks_server": trial.checks_server,
        "local": trial.is_local, "milliseconds": trial.milliseconds, "warnings": trial.warnings(), "no_keyring": kept.why_not,
    }  # fmt: skip


def _say(text: str) -> None:
    print(f"watchfloor: {text}", file=sys.stderr)
