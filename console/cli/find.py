"""`watchfloor find`: requests and incidents by their words, whether they are open or over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli import incidents, queue
from console.cli.filters import add_filter, read_filter
from console.cli.printing import add_store_arguments, open_store, print_json, print_table, who
from core.desk.finding.fields import BOTH
from core.desk.finding.queries import MOST, find
from core.desk.finding.reading import Sight
from core.desk.finding.tree import EVERYTHING
from core.desk.requests.model import Request
from core.errors import BadInput
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from core.desk.model import Incident

MOST_AT_ONCE = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `find`."""
    add_store_arguments(parser)
    add_filter(parser, "words, or a whole filter")
    parser.add_argument(
        "--most", type=int, default=MOST, metavar="N", help=f"print at most N (default {MOST})"
    )


def run(options: argparse.Namespace) -> int:
    """Prints what is found, the newest first; 1 where nothing is."""
    if not 1 <= options.most <= MOST_AT_ONCE:
        raise BadInput(f"--most {options.most} is not from 1 to {MOST_AT_ONCE}")
    tree = read_filter(options.filter, BOTH)
    if tree == EVERYTHING:
        raise BadInput(
            "there is nothing to look for", next_step="Write words, as in: watchfloor find printer berlin"
        )
    now = utc_now()
    with open_store(options) as store:
        found = store.read(find, tree, Sight(who(store), now), limit=options.most)
    if options.json:
        print_json([_as_data(item, now) for item in found])
    else:
        print_table(
            ("ID", "P", "STATE", "OPENED", "SERVICE", "TITLE", "OWNER"),
            [_row(item) for item in found],
            "Nothing is found.",
        )
    return 0 if found else 1


def _row(item: Request | Incident) -> tuple[Any, ...]:
    grade = item.priority if isinstance(item, Request) else item.severity
    opened = f"{item.opened_at:%Y-%m-%d %H:%M}Z"
    return item.label, grade, item.standing, opened, item.service, item.title, item.owner or "-"


def _as_data(item: Request | Incident, now: datetime) -> dict[str, Any]:
    return queue.as_data(item, now) if isinstance(item, Request) else incidents.as_data(item, now)
