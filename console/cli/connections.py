"""`watchfloor connections`: lists the connections to shared databases, tries them, renames and forgets them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from console.cli.printing import print_json, print_table
from console.connections.asking import typed_password
from console.connections.book import read_book
from console.connections.changing import forget_connection, make_default, rename_connection
from console.connections.keeping import remove_secret, where_kept
from console.connections.keyring_door import look_at_keyring
from console.connections.model import connection_name
from console.connections.secret import secret_of
from console.connections.trial import try_connection
from core.counting import counted
from core.errors import BadInput, Unavailable, WatchfloorError
from core.gate.rights import role_words

if TYPE_CHECKING:
    import argparse

    from console.connections.book import Book
    from console.connections.model import Connection
    from console.connections.trial import Trial

TAKES = {"": (0, 0), "test": (0, 1), "rename": (2, 2), "forget": (1, 1), "default": (0, 1)}
"""How many names each verb takes, at least and at most."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `connections`."""
    parser.add_argument(
        "verb", nargs="?", metavar="VERB",
        choices=[verb for verb in TAKES if verb], help="test [NAME], rename OLD NEW, forget NAME, default NAME; nothing lists them",
    )  # fmt: skip
    parser.add_argument("names", nargs="*", metavar="NAME", help="which connection")
    parser.add_argument(
        "--none", action="store_true", help="with default: none, the embedded database is opened"
    )
    parser.add_argument(
        "--leave-secret", action="store_true", help="with forget: also where its password cannot be removed"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Does what the verb says."""
    verb, names = options.verb or "", options.names
    least, most = TAKES[verb]
    if not least <= len(names) <= most or (verb == "default" and bool(names) == options.none):
        raise BadInput(
            f"connections {verb} was given {counted(len(names), 'name')}".replace("  ", " "),
            next_step="It is: connections [test [NAME] | rename OLD NEW | forget NAME | default NAME | default --none]",
        )
    for word, of in (("none", "default"), ("leave_secret", "forget")):
        if getattr(options, word) and verb != of:
            raise BadInput(
                f"--{word.replace('_', '-')} goes with {of} only", next_step="Nothing was done. Leave it out"
            )
    if verb == "test":
        return _test(read_book(), names[0] if names else "", as_json=options.json)
    if verb == "rename":
        rename_connection(names[0], connection_name(names[1]))
    elif verb == "forget":
        _forget(names[0], leave_secret=options.leave_secret)
    elif verb == "default":
        make_default("" if options.none else names[0])
    _list(read_book(), as_json=options.json)
    return 0


def _list(book: Book, *, as_json: bool) -> None:
    if as_json:
        print_json([_as_data(one, book) for one in book.connections.values()])
        return
    print_table(
        ("", "NAME", "DATABASE", "TLS", "PASSWORD"),
        [
            ("*" if one.name == book.default else "", one.name, one.address.title,
             one.address.words.get("sslmode", "if it is offered"), where_kept(one.secret, one.address))
            for one in book.connections.values()
        ],
        "No connection is kept. Make one: watchfloor connect postgresql://USER@HOST/DATABASE",
    )  # fmt: skip
    if not book.default:
        print("Where nothing is said the embedded database is opened.")


def _as_data(one: Connection, book: Book) -> dict[str, Any]:
    return {
        "name": one.name, "url": one.address.url, "default": one.name == book.default, "secret": str(one.secret),
    }  # fmt: skip


def _test(book: Book, name: str, *, as_json: bool) -> int:
    """Tries one connection or all, and names the keyring; returns the worst of their answers."""
    chosen = [book.named(name)] if name else list(book.connections.values())
    found = [(one, *_tried(one)) for one in chosen]
    keyring = look_at_keyring()
    if as_json:
        print_json(
            {
                "connections": [
                    {**_as_data(one, book), **_answer_data(trial, error)} for one, trial, error in found
                ],
                "keyring": {"backend": keyring.backend, "refused": keyring.refused},
            }
        )
    else:
        for one, trial, error in found:
            print(f"{one.name}: {_answer_line(trial, error)}")
            for warning in trial.warnings() if trial is not None else []:
                print(f"  WARNING: {warning}")
        if not found:
            print("No connection is kept.")
        print(f"keyring: {keyring}")
    return max((error.exit_code for _, _, error in found if error is not None), default=0)


def _tried(connection: Connection) -> tuple[Trial | None, WatchfloorError | None]:
    try:
        password = secret_of(connection, typed_password if _has_terminal() else None)
        trial = try_connection(connection.address, password)
    except WatchfloorError as error:
        return None, error
    return trial, trial.standing.why_not(connection.address.title)


def _answer_line(trial: Trial | None, error: WatchfloorError | None) -> str:
    if trial is None:
        return f"FAILED: {error}"
    answer = f"{trial.server} as {trial.user}, {trial.line_words}, {trial.milliseconds} ms"
    if error is not None:
        return f"NOT TO BE OPENED: {error} ({answer})"
    return f"ok: {answer}, {role_words(trial.standing.roles)}"


def _answer_data(trial: Trial | None, error: WatchfloorError | None) -> dict[str, Any]:
    if trial is None:
        return {"ok": False, "error": str(error)}
    return {
        "ok": error is None, **({"error": str(error)} if error is not None else {}),
        "role": role_words(trial.standing.roles), "server": trial.server, "user": trial.user, "encrypted": trial.is_encrypted,
        "checks_server": trial.checks_server, "local": trial.is_local, "milliseconds": trial.milliseconds,
        "warnings": trial.warnings(),
    }  # fmt: skip


def _forget(name: str, *, leave_secret: bool) -> None:
    """Removes the secret, then the connection: one that is still listed still knows where its secret lies."""
    book = read_book()
    connection = book.named(name)
    try:
        remove_secret(connection, [one for one in book.connections.values() if one.name != name])
    except WatchfloorError as error:
        if not leave_secret:
            raise Unavailable(
                f"{name} is kept, for its password cannot be removed: {error}",
                next_step=f"Forget it all the same: watchfloor connections forget {name} --leave-secret",
            ) from None
        print(
            f"watchfloor: its password is still {where_kept(connection.secret, connection.address)}",
            file=sys.stderr,
        )
    forget_connection(name)


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
