"""`watchfloor rights`: who may do what, and what whoever asks may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.printing import add_store_arguments, print_json, print_table
from core.gate.model import VERBS
from core.gate.rights import INCLUDES, KEEPING, NEEDED, PEOPLE, WORDS, WRITES, Role, includes, may

if TYPE_CHECKING:
    import argparse


OWNER = "its owner"
"""Who may do what no role of a database allows, for it is done before there is one, or to all of it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `rights`."""
    add_store_arguments(parser)
    parser.add_argument("--role", choices=[role.value for role in Role], help="only what this role may do")


def run(options: argparse.Namespace) -> int:
    """Prints the table of rights; it is the same for every database."""
    roles = [Role(options.role)] if options.role else list(PEOPLE)
    if options.json:
        print_json({
            role: {"means": WORDS[role], "may": [verb for verb, least, _ in doings() if _may(role, verb, least)]}
            for role in roles
        })  # fmt: skip
        return 0
    for role in roles:
        includes_too = f" (includes {', '.join(INCLUDES[role])})" if INCLUDES[role] else ""
        print(f"{role:<9} {WORDS[role]}{includes_too}")
    print()
    rows = [
        (verb, words, least or OWNER)
        for verb, least, words in doings()
        if not options.role or _may(roles[0], verb, least)
    ]
    print_table(("VERB", "WHAT", "LEAST ROLE"), rows, "nothing")
    return 0


def doings() -> list[tuple[str, Role | None, str]]:
    """Returns everything that can be done: its name, the least role for it (None: OWNER), and its words."""
    told = [(verb, least, VERBS[verb].words) for verb, least in NEEDED.items()]
    return [*told, *((verb, least, words) for verb, (least, words) in KEEPING.items())]


def rights_page() -> list[str]:
    """Returns the lines of the page of rights: the roles, who may do what, and who may write which kind of entry."""
    lines = ["## Roles", "", "| Role | What for | Includes |", "| --- | --- | --- |"]
    lines += [f"| {role} | {WORDS[role]} | {', '.join(INCLUDES[role])} |" for role in Role]
    lines += ["", "## Who may do what", ""]
    lines += [f"| Verb | What | {' | '.join(PEOPLE)} |", f"| --- | --- |{' --- |' * len(PEOPLE)}"]
    for verb, least, words in doings():
        marks = " | ".join("yes" if _may(role, verb, least) else "" for role in PEOPLE)
        words = words if least else f"{words}: {OWNER}"  # noqa: PLW2901
        lines.append(f"| {verb} | {words} | {marks} |")
    lines += ["", "## Who may write which entry", "", "| Kind of entry | Least role |", "| --- | --- |"]
    lines += [f"| {kind} | {' or '.join(least)} |" for kind, least in WRITES.items()]
    return lines


def _may(role: Role, verb: str, least: Role | None) -> bool:
    return may(role, verb) if verb in NEEDED else least is not None and includes(role, least)
