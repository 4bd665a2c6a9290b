"""`watchfloor agent`: the always-on half, as a process of its own."""

from __future__ import annotations

from argparse import SUPPRESS
from typing import TYPE_CHECKING

from console.places import catalog_named, said_path
from core.errors import BadInput

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `agent`."""
    parser.add_argument(
        "--db", type=said_path, metavar="FILE", default=SUPPRESS, help="the database to write to"
    )
    parser.add_argument(
        "--catalog",
        type=said_path,
        metavar="DIR",
        default=SUPPRESS,
        help="the catalog directory to read and watch",
    )
    parser.add_argument(
        "--zone",
        default="",
        help="watch this zone's components only, as the catalog in the database declares them",
    )
    parser.add_argument(
        "--for-console", action="store_true",
        help="say once a second on standard output why it is not in force, and end when nobody reads that any more",
    )  # fmt: skip
    parser.add_argument(
        "--over", metavar="TOKEN[@BEAT]", default="",
        help="follow at once on the agent with this lease, which the caller knows to be dead",
    )  # fmt: skip
    parser.add_argument(
        "--standby", action="store_true", help="wait until no other agent is in force, instead of ending"
    )


def run(options: argparse.Namespace) -> int:
    """Runs the agent until it is ended; 3 when another one is in force."""
    if options.zone and options.catalog:
        raise BadInput(
            "--catalog and --zone exclude each other",
            next_step="The home zone's agent, which is given no --zone, puts the catalog in force for all",
        )
    from console.agent import run_agent
    from console.connections.asking import typed_password
    from console.connections.resolving import place_of

    return run_agent(
        place_of(options.db, ask=typed_password),
        catalog_named(options.catalog),
        zone=options.zone,
        for_console=options.for_console,
        standby=options.standby,
        over=options.over,
    )
