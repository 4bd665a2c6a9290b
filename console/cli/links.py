"""Links of an item on the command line: what they are asked for with, and how they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.desk.links.model import CHOSEN

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from core.desk.links.model import Link


def add_relation_argument(parser: argparse.ArgumentParser) -> None:
    """Adds `--as`, which says what one item is to that of `--to`."""
    parser.add_argument(
        "--as", dest="relation", metavar="RELATION", default="",
        help=f"what it is to the item of --to: {', '.join(CHOSEN)}",
    )  # fmt: skip


def link_facts(links: Sequence[Link]) -> list[tuple[str, str]]:
    """Returns links as facts of an item, each with what it is called."""
    return [("link", " ".join(f"{each.words} {each.label} {each.title}".split())) for each in links]


def link_data(links: Sequence[Link]) -> list[dict[str, Any]]:
    """Returns links as JSON holds them."""
    return [
        {"is": each.words, "item": each.label, "title": each.title, "state": each.state} for each in links
    ]
