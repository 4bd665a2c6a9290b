"""`watchfloor review`: access reviews, which `watchfloor access review` prints and works on, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli import access, access_reviews
from console.cli.printing import add_store_arguments

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `review`."""
    add_store_arguments(parser)
    usage = access_reviews.USAGE.replace("review ", "")
    parser.add_argument("names", nargs="*", help=f"nothing, or --all, for all of them; {usage}")
    access.add_options(parser)
    parser.set_defaults(verb="review")


def run(options: argparse.Namespace) -> int:
    """Prints reviews, or works on one."""
    return access.run(options)
