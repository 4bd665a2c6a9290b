"""`watchfloor beat NAME`: the other half of a heartbeat probe. Imports next to nothing, for it runs often."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from console.places import beats_beside, default_database
from core.monitoring.beats import VERDICTS, Beat, leave_beat
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `beat`."""
    parser.add_argument("name", metavar="NAME", help="the heartbeat's name, as the catalog's probe gives it")
    parser.add_argument("--verdict", default="ok", choices=VERDICTS, help="what it says of itself")
    parser.add_argument("--note", default="", help="one line in its own words")
    parser.add_argument("--db", metavar="FILE", help="the database whose agent listens")


def run(options: argparse.Namespace) -> int:
    """Leaves the beat."""
    database = Path(options.db).expanduser().absolute() if options.db else default_database()
    leave_beat(beats_beside(database), options.name, Beat(utc_now(), options.verdict, options.note))
    return 0
