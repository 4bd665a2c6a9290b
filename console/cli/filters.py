"""A filter as it is given on the command line: read whole, or refused with every mistake named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.finding.parsing import parse
from core.errors import BadInput

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from core.desk.finding.fields import Kind
    from core.desk.finding.tree import Tree

HELP = "such as: state:open service:mail 'due<2h' @me (docs/filter.md); to begin with not, write !"


def add_filter(parser: argparse.ArgumentParser, what: str) -> None:
    """Adds the words of a filter as they stand behind a command."""
    parser.add_argument("filter", nargs="*", metavar="FILTER", help=f"{what}, {HELP}")


def read_filter(words: Sequence[str], kinds: frozenset[Kind]) -> Tree:
    """Returns what a filter says; raises BadInput for the first thing in it that says nothing, with how many more there are."""
    text = " ".join(words)
    found = parse(text, kinds)
    if found.problems:
        first, *more = found.problems
        others = f" (and {len(more)} more)" if more else ""
        raise BadInput(f"the filter, column {first.at + 1}: {first.what}{others}", next_step=first.next_step)
    return found.tree
