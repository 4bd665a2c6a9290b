"""How commands print: plain lines that a screen reader, a pipe or a mail can take, or JSON."""

from __future__ import annotations

import json
import sys
from argparse import SUPPRESS
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.connections.asking import typed_password
from console.connections.resolving import place_of
from console.identity import actor, new_seat
from console.places import is_empty, no_database_yet, said_path
from core.demonstration import is_demonstration
from core.errors import StoreUnavailable
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.printable import printable, printable_lines
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from console.connections.place import Place


MOST_SHOWN = 20
"""So many lines of each kind are printed; `--json` has them all."""


def add_store_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of every command that opens the database and prints.

    What the program itself takes, too, may stand before the command or behind it: SUPPRESS leaves alone what
    was said before.
    """
    parser.add_argument("--db", type=said_path, metavar="FILE", default=SUPPRESS, help="the database to open")
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_consent_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what a person says on the command line to mean it."""
    parser.add_argument("--yes", action="store_true", help="confirm what asks to be confirmed")
    add_name_arguments(parser)


def add_name_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what a person says to mean what is never done by a mere yes: the subject's name, and why."""
    parser.add_argument(
        "--confirm", metavar="NAME", default="", help="type the subject's name, where that is asked"
    )
    parser.add_argument("--reason", metavar="TEXT", default="", help="why; the journal keeps it")


def add_seen_argument(parser: argparse.ArgumentParser, of: str, number: Callable[[str], int]) -> None:
    """Adds --version, as `seen`: which version of what is changed the person saw. None where it is not said."""
    parser.add_argument(
        "--version", dest="seen", metavar="N", type=number, default=None,
        help=f"change {of} only where it still is at this version, which is printed with it",
    )  # fmt: skip


def consent_of(options: argparse.Namespace) -> Consent:
    """Returns what was said on the command line to mean it."""
    level = Level.NAME if options.confirm else Level.BOX if options.yes else Level.UNDOABLE
    return Consent(level, options.confirm, options.reason)


def database_of(options: argparse.Namespace) -> Place:
    """Returns the database the command line names, or the default one; asks for its password where nobody keeps it."""
    return place_of(options.db, ask=typed_password)


def existing_database(options: argparse.Namespace) -> Place:
    """Returns the same, for what makes none; raises StoreUnavailable where there is none yet."""
    place = database_of(options)
    if isinstance(place.target, Path):
        first = "Start watchfloor once, or name one with --db FILE"
        if not place.target.exists():
            raise StoreUnavailable(f"there is no database {place.title}", next_step=first)
        if is_empty(place.target):
            raise no_database_yet(place.target, first)
    return place


@contextmanager
def open_store(options: argparse.Namespace) -> Iterator[Store]:
    """Opens the database for one command, which makes none; raises StoreUnavailable where there is none yet."""
    store = Store.at(existing_database(options).target)
    if not getattr(options, "is_marked", False) and store.read(is_demonstration):
        options.is_marked = True  # a command that opens it once more says so once
        print("DEMO: nothing in this database ever happened.", file=sys.stderr)
    try:
        yield store
    finally:
        store.close()


def person() -> Author:
    """Returns the author of a change made on the command line."""
    return Author(actor(), Via.CLI, new_seat("cli"))


def who(store: Store) -> str:
    """Returns who asks: as a shared database knows them, else as this machine does."""
    return store.identity or actor()


def print_json(value: Any) -> None:
    """Prints `value` (dataclasses, instants and tuples allowed) as indented JSON."""
    # Elsewhere than in UTF-8 the terminal's "?" for what it cannot hold would be a text that nobody wrote.
    holds_all = (getattr(sys.stdout, "encoding", "") or "").lower().replace("-", "") == "utf8"
    print(json.dumps(value, default=_plain, indent=1, ensure_ascii=not holds_all))


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)


def print_table(titles: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Prints columns under their titles, two blanks apart; `empty` when there is no row."""
    texts = [[printable("" if cell is None else str(cell), 200) for cell in row] for row in rows]
    if not texts:
        print(empty)
        return
    widths = [max(len(line[n]) for line in [list(titles), *texts]) for n in range(len(titles))]
    for line in [list(titles), *texts]:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def print_some(title: str, lines: Sequence[str]) -> None:
    """Prints the first MOST_SHOWN lines under a title, and how many more there are."""
    for line in lines[:MOST_SHOWN]:
        print(f"  {title} {printable(line, 300)}")
    if len(lines) > MOST_SHOWN:
        print(f"  {title} {len(lines) - MOST_SHOWN} more (--json has them all)")


def indented(text: str) -> str:
    """Returns a text as it stands behind its name in a page of one: each line below the first begins where that does."""
    return printable_lines(text).replace("\n", f"\n{'':14}")
