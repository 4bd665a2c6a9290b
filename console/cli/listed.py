"""Of a list that may be long so many are printed; where that is not all, it is said."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

from console.cli.words import whole

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

T = TypeVar("T")
MOST = 500


def add_limit_argument(parser: argparse.ArgumentParser) -> None:
    """Adds --limit."""
    parser.add_argument(
        "--limit", type=whole, default=None, metavar="N", help=f"at most so many of a list ({MOST})"
    )


def to_read(options: argparse.Namespace) -> int:
    """Returns how many are to be read: one more than are printed, which tells whether there are more."""
    return _most(options) + 1


def first_of(found: Sequence[T], options: argparse.Namespace) -> Sequence[T]:
    """Returns those that are printed; says beside, where pipes do not take it for a row, that there are more."""
    most = _most(options)
    if len(found) > most:
        print(f"These are the first {most}; there are more. --limit N prints N.", file=sys.stderr)
    return found[:most]


def _most(options: argparse.Namespace) -> int:
    return MOST if options.limit is None else int(options.limit)
