"""`watchfloor demo`: a made-up month in a database of its own, and the console on it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.words import whole
from console.demo.making import CATALOG, DATABASE, DEFAULT_REQUESTS, make_demonstration
from console.places import said_path, state_directory
from core.timekeeping import age, utc_now

if TYPE_CHECKING:
    from datetime import datetime

FRESH_S = 12 * 3600
"""A demonstration older than that is made anew: its clocks would all be past."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `demo`."""
    parser.add_argument(
        "directory",
        nargs="?",
        type=said_path,
        metavar="DIR",
        help="where it is made (default: a folder of the user's own)",
    )
    parser.add_argument("--new", action="store_true", help="make it anew, even where one is there")
    parser.add_argument("--seed", type=whole, default=1, metavar="N", help="another number, another month")
    parser.add_argument(
        "--items",
        type=whole,
        default=DEFAULT_REQUESTS,
        metavar="N",
        help=f"so many requests (default: {DEFAULT_REQUESTS})",
    )
    parser.add_argument("--only-make", action="store_true", help="make it, and open no console")
    parser.add_argument("--view", metavar="NAME", default="", help="the screen to open first")


def run(options: argparse.Namespace) -> int:
    """Makes the demonstration where there is no fresh one, and opens a console on it."""
    directory = (
        Path(options.directory).expanduser().absolute() if options.directory else state_directory() / "demo"
    )
    database, now = directory / DATABASE, utc_now()
    old_s = _age_s(database, now)
    if options.new or old_s is None or old_s > FRESH_S:
        if old_s is not None and not options.new:
            print(f"The demonstration here is {age(old_s)} old: it is made anew.")
        make_demonstration(directory, now, seed=options.seed, requests=options.items, tell=_tell)
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        print(f"{directory}: a month of a made-up team was made. Nothing in it ever happened.")
    if options.only_make:
        print(
            f"Look at it with: watchfloor demo {directory}"
            if options.directory
            else "Look at it with: watchfloor demo"
        )
        return 0
    from console.launch import open_console

    return open_console(
        argparse.Namespace(
            db=str(database), catalog=str(directory / CATALOG), view=options.view, theme="", glyphs="", wall=False,
            no_agent=False,
        )
    )  # fmt: skip


def _age_s(database: Path, now: datetime) -> float | None:
    """Returns how long ago the demonstration was made; None where there is none."""
    try:
        return now.timestamp() - (database.parent / CATALOG).stat().st_mtime if database.exists() else None
    except OSError:
        return None


def _tell(share: float) -> None:
    if sys.stderr.isatty():
        print(f"\rMaking a month of a made-up team … {share:.0%}", end="", file=sys.stderr, flush=True)
