"""`watchfloor admin`: prepares a shared database and upgrades it; moves, saves and restores any."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from console.cli.printing import add_store_arguments
from console.cli.words import refuse_unused
from console.places import said_path

if TYPE_CHECKING:
    import argparse


class Verb(NamedTuple):
    """Where a verb is carried out, what is said to it, and its help."""

    module: str
    takes: tuple[str, ...]
    help: str


VERBS = {
    "create": Verb("console.cli.admin_prepare", (), "prepare an empty database of a server"),
    "upgrade": Verb(
        "console.cli.admin_prepare", (), "bring one to this program's schema, consoles may stay attached"
    ),
    "move": Verb(
        "console.cli.admin_move", ("path", "take_back", "with_rights"),
        "move the embedded database FILE to an empty one of a server (--db); said again, go on where it was",
    ),
    "backup": Verb(
        "console.cli.admin_backup", ("path", "force", "even_broken"), "save any database in FILE, and check what was saved"
    ),
    "restore": Verb(
        "console.cli.admin_backup", ("path", "with_rights"), "make a database (--db, a new file or an empty one) of the backup FILE"
    ),
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `admin`."""
    add_store_arguments(parser)
    told = "; ".join(f"{name}: {verb.help}" for name, verb in VERBS.items())
    parser.add_argument("verb", choices=list(VERBS), help=told)
    parser.add_argument(
        "path", nargs="?", type=said_path, metavar="FILE", help="move, backup, restore: the file"
    )
    parser.add_argument("--force", action="store_true", help="backup: replace FILE")
    parser.add_argument(
        "--even-broken", action="store_true",
        help="backup: save a database whose journal does not hold, too, and write into the copy what is broken",
    )  # fmt: skip
    parser.add_argument(
        "--with-rights", action="store_true",
        help="move, restore: on the server, let those in who are listed as staff, in their roles; else they are kept out",
    )  # fmt: skip
    parser.add_argument(
        "--take-back", action="store_true", help="move: let FILE, which was moved, be written again"
    )


def run(options: argparse.Namespace) -> int:
    """Carries out the verb."""
    verb = VERBS[options.verb]
    refuse_unused(
        options,
        ("path", "force", "take_back", "even_broken", "with_rights"),
        verb.takes,
        f"admin {options.verb}",
    )
    return int(import_module(verb.module).run(options))
