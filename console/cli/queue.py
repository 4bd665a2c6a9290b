"""`watchfloor queue`: print the requests."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from console.cli.filters import add_filter, read_filter
from console.cli.listed import add_limit_argument, first_of, to_read
from console.cli.plain import add_plain_argument, print_plain
from console.cli.printing import add_store_arguments, open_store, print_json, print_table, who
from console.cli.promises import clock_data
from console.cli.then import add_at_argument, at
from core.desk.clocks.due_words import due_words
from core.desk.clocks.promises import with_clocks
from core.desk.finding.queries import speaks_of_state
from core.desk.requests import pages, queries
from core.desk.requests.as_of import requests_at
from core.errors import BadInput
from core.timekeeping import age, utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import datetime

    from core.desk.requests.model import Request
    from core.store.store import Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `queue`."""
    add_store_arguments(parser)
    add_at_argument(parser)
    add_plain_argument(parser)
    add_limit_argument(parser)
    add_filter(parser, "only those that pass")
    parser.add_argument("--all", action="store_true", help="closed, cancelled, refused and merged ones too")


def run(options: argparse.Namespace) -> int:
    """Prints requests."""
    with open_store(options) as store:
        now = utc_now()
        if options.at is not None and options.filter:
            raise BadInput("a filter is of now, and --at of then", next_step="Leave out one of the two")
        if options.at is None:
            found = store.read(with_clocks, first_of(_wanted(store, options), options), now)
        else:
            then = at(store, options.at)
            now = then.instant
            stood = store.read(requests_at, then.seq, over=options.all)
            found = store.read(with_clocks, first_of(stood.requests, options), now, upto=then.seq)
            if not options.json:
                print(then.words)
            if stood.words:
                print(stood.words, file=sys.stderr)
    if options.plain:
        print_plain([as_data(request, now) for request in found], "No request is open.")
    elif options.json:
        print_json([as_data(request, now) for request in found])
    else:
        print_requests(
            found, now, "No request passes the filter." if options.filter else "No request is open."
        )
    return 0


def _wanted(store: Store, options: argparse.Namespace) -> Sequence[Request]:
    """Returns one more than are wanted of the newest requests, or those that pass the filter, what is due first; a filter that names a state shows any."""
    if not options.filter:
        return store.read(queries.requests, over=options.all, limit=to_read(options))
    tree = read_filter(options.filter, pages.REQUESTS)
    view = "all" if options.all or speaks_of_state(tree) else "all open"
    wanted = pages.Wanted(who(store), view, " ".join(options.filter))
    return store.read(pages.page, wanted, limit=to_read(options))


def print_requests(found: Sequence[Request], now: datetime, empty: str) -> None:
    """Prints a line for each request."""
    print_table(
        ("ID", "P", "STATE", "AGE", "DUE", "SERVICE", "TITLE", "FROM", "OWNER"),
        [
            (
                each.label, each.priority, each.standing, age((now - each.opened_at).total_seconds()),
                due_words(each.clocks, now) or "-", each.service,
                each.title, each.requester_name or each.requester, each.owner or "-",
            )
            for each in found
        ],
        empty,
    )  # fmt: skip


def as_data(request: Request, now: datetime) -> dict[str, Any]:
    """Returns a request as JSON holds it, its promises as they are at an instant."""
    return {
        "id": request.label, "state": request.state, "standing": request.standing, "priority": request.priority,
        "impact": request.impact, "urgency": request.urgency, "customer": request.customer,
        "agreement": request.agreement, "service": request.service, "type": request.type, "component": request.component,
        "requester": request.requester, "requester_name": request.requester_name, "title": request.title,
        "text": request.text, "form": request.form, "source": request.source, "opened_at": request.opened_at,
        "opened_by": request.opened_by, "owner": request.owner, "answered_at": request.answered_at,
        "answered_by": request.answered_by, "told_at": request.told_at, "waiting_for": request.waiting_for,
        "wait_until": request.wait_until, "held_why": request.held_why, "delivered_at": request.delivered_at,
        "closed_at": request.closed_at, "closed_by": request.closed_by, "outcome": request.outcome,
        "merged_into": None if request.merged_into is None else f"R-{request.merged_into}",
        "promises": [clock_data(clock, now) for clock in request.clocks],
    }  # fmt: skip
