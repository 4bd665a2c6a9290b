"""`watchfloor check DIR`: every problem of a catalog at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.printing import print_json
from console.places import default_catalog, said_path
from core.counting import counted
from core.desk.escalation.whom import People
from core.desk.oncall.gaps import Sort, lacks
from core.printable import printable
from core.timekeeping import to_micros, utc_now

if TYPE_CHECKING:
    import argparse

    from core.catalog.model import Catalog

AHEAD_DAYS = 28
LISTED = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `check`."""
    parser.add_argument(
        "directory",
        nargs="?",
        type=said_path,
        metavar="DIR",
        help="the catalog directory (default: the user's own)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Prints every problem; 1 when there is any."""
    from console.catalog_source import read
    from core.catalog.problem import problem_count

    directory = Path(options.directory).expanduser().absolute() if options.directory else default_catalog()
    loaded = read(directory)
    if options.json:
        print_json([
            {"file": p.file, "line": p.line, "key": p.key, "what": p.what, "next_step": p.next_step}
            for p in loaded.problems
        ])  # fmt: skip
    else:
        for problem in loaded.problems:
            print(problem)
    if loaded.catalog is None:
        count = problem_count(loaded.problems)
        print(f"watchfloor: {directory}: {counted(count, 'problem')}", file=sys.stderr)
        return 1
    if not options.json:
        c = loaded.catalog
        print(
            f"{directory}: no problems. {counted(len(c.components), 'component')}, "
            f"{counted(len(c.services), 'service')}, {counted(len(c.agreements), 'agreement')}, "
            f"{counted(len(c.procedures), 'procedure')}"
        )
        for line in _worth_a_look(c):
            print(f"worth a look: {printable(line, 300)}")
    return 0


def _worth_a_look(catalog: Catalog) -> list[str]:
    """Returns what is no mistake, and may all the same be missed when it is needed: who would not be told.

    Addresses that are kept outside the catalog are not known here: `watchfloor oncall gaps` knows those of this machine.
    """
    begin = to_micros(utc_now())
    people = People(catalog.rotas, (), catalog.staff, catalog.groups_of_people)
    found = lacks(people, catalog.policies, begin, begin + AHEAD_DAYS * 86_400_000_000)
    return [each.words for each in found if each.sort is not Sort.CHANNEL][:LISTED]
