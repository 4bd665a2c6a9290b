"""`watchfloor rights`: who may do what, and what whoever asks may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.printing import add_store_arguments, print_json, print_table
from core.gate.model import VERBS
from core.gate.rights import NEEDED, PEOPLE, WORDS, Role, includes

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `rights`."""
    add_store_arguments(parser)
    parser.add_argument("--role", choices=[role.value for role in Role], help="only what this role may do")


def run(options: argparse.Namespace) -> int:
    """Prints the table of rights; it is the same for every database."""
    roles = [Role(options.role)] if options.role else list(PEOPLE)
    if options.json:
        print_json({
            role: {"means": WORDS[role], "may": [verb for verb, least in NEEDED.items() if includes(role, least)]}
            for role in roles
        })  # fmt: skip
        return 0
    for role in roles:
        print(f"{role:<9} {WORDS[role]}")
    print()
    rows = [
        (
            verb,
            VERBS[verb].words or verb.replace(".", " "),
            *("yes" if includes(role, least) else "-" for role in roles),
        )
        for verb, least in NEEDED.items()
    ]
    print_table(("VERB", "WHAT", *(role.upper() for role in roles)), rows, "nothing")
    return 0
