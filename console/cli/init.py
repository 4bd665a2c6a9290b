"""`watchfloor init [DIR]`: a real service system to begin with."""

from __future__ import annotations

from argparse import SUPPRESS
from pathlib import Path
from typing import TYPE_CHECKING

from console.places import (
    catalog_named,
    default_catalog,
    default_database,
    is_empty,
    said_path,
    state_directory,
)
from console.starter import starter_files, write_starter
from core.counting import counted

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `init`."""
    parser.add_argument(
        "directory",
        nargs="?",
        type=said_path,
        metavar="DIR",
        help="where to write (default: the user's own catalog)",
    )
    parser.add_argument(
        "--db",
        type=said_path,
        metavar="FILE",
        default=SUPPRESS,
        help="the database whose agent will watch it",
    )
    parser.add_argument("--once", action="store_true", help="do nothing where a catalog is already")


def run(options: argparse.Namespace) -> int:
    """Writes what is missing and says what was kept."""
    directory = catalog_named(options.directory)
    if options.once and any(directory.glob("*.toml")):
        return 0
    database = Path(options.db).expanduser().absolute() if options.db else default_database()
    if options.db:
        from core.store.store import Store

        is_new = not database.exists() or is_empty(database)
        Store.at(database).close()  # refused here, and nothing written, where no agent could ever use it
        if is_new:
            print(f"{database}: made an empty database")
    wrote = write_starter(directory, state=state_directory() / "orders", database=database)
    kept = len(starter_files(directory)) - len(wrote)
    print(
        f"{directory}: wrote {counted(len(wrote), 'file')}"
        + (f", kept {kept} that were there" if kept else "")
    )
    print(f"Start the sample service with: {directory}/orders start")
    if directory != default_catalog():
        print(
            f"Watch it with: watchfloor --catalog {directory}" + (f" --db {database}" if options.db else "")
        )
    return 0
