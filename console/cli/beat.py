"""`watchfloor beat NAME`: the other half of a heartbeat probe. Imports next to nothing, for it runs often."""

from __future__ import annotations

import sys
from argparse import SUPPRESS
from pathlib import Path
from typing import TYPE_CHECKING

from console.connections.resolving import place_without_secret
from console.places import said_path
from core.monitoring.beats import VERDICTS, Beat, expected_beats, leave_beat
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `beat`."""
    parser.add_argument("name", metavar="NAME", help="the heartbeat's name, as the catalog's probe gives it")
    parser.add_argument("--verdict", default="ok", choices=VERDICTS, help="what it says of itself")
    parser.add_argument("--note", default="", help="one line in its own words")
    parser.add_argument(
        "--db", type=said_path, metavar="FILE", default=SUPPRESS, help="the database whose agent listens"
    )


def run(options: argparse.Namespace) -> int:
    """Leaves the beat; one that nobody waits for is left all the same, and told."""
    place = place_without_secret(options.db)
    folder = place.beats
    leave_beat(folder, options.name, Beat(utc_now(), options.verdict, options.note))
    names = expected_beats(folder)
    if names is not None and options.name not in names:
        from core.catalog.nearest import did_you_mean

        otherwise = "Add a heartbeat probe of that name to the catalog"
        print(
            f"watchfloor: the beat was left, but no probe waits for {options.name}. "
            f"{did_you_mean(options.name, names, otherwise)}",
            file=sys.stderr,
        )
    elif names is None and isinstance(place.target, Path) and not place.target.exists():
        print(
            f"watchfloor: the beat was left, but there is no database {place.title} whose agent would hear it. "
            f"Name one that is there, or make it: watchfloor init --db {place.title}",
            file=sys.stderr,
        )
    return 0
