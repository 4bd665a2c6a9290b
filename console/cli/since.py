"""`watchfloor since`: what others did to requests and incidents since one last said to have looked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from console.cli.printing import add_store_arguments, open_store, person, print_json, print_table, who
from core.counting import counted
from core.desk.shifts.commands import keep_mark
from core.desk.shifts.queries import since, since_last_look
from core.journal.past import number_at
from core.timekeeping import parse_instant, utc_now

if TYPE_CHECKING:
    import argparse

    from core.desk.shifts.model import Changed
    from core.desk.shifts.queries import Since
    from core.store.store import Store

AT_FIRST = timedelta(hours=24)
"""Who never said to have looked sees what happened in so long."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `since`."""
    add_store_arguments(parser)
    parser.add_argument(
        "--from", dest="begin", metavar="WHEN", help="since then instead, as 03:12, 2026-11-01 03:12 or 8h"
    )
    parser.add_argument("--seen", action="store_true", help="and keep that one has looked up to here")


def run(options: argparse.Namespace) -> int:
    """Prints a line for each item, the worst first; with --seen the next time begins here."""
    with open_store(options) as store:
        found = _found(store, options)
        if options.seen:
            store.write(person(), keep_mark, found.upto)
    if options.json:
        print_json(
            {
                "since": found.at,
                "entry": found.upto,
                "whole": found.is_whole,
                "items": [_as_data(i) for i in found.changed],
            }
        )
        return 0
    print(words_of(found))
    print_table(
        ("ID", "WHAT HAPPENED", "TITLE", "BY"),
        [_row(item) for item in found.changed],
        "Nothing that others did.",
    )
    return 0


def _found(store: Store, options: argparse.Namespace) -> Since:
    now = utc_now()
    if options.begin is None:
        return store.read(since_last_look, who(store), now - AT_FIRST)
    begin = parse_instant(options.begin, now)
    return store.read(since, who(store), store.read(number_at, begin), begin)


def words_of(found: Since) -> str:
    """Returns since when this is, and whether it is all of it."""
    when = (
        f"since {found.at:%Y-%m-%d %H:%M}Z"
        if found.at
        else "in the last 24 hours: you never said that you had looked"
    )
    part = "" if found.is_whole else "; the oldest of it is left out"
    return f"{counted(len(found.changed), 'item')} changed {when}{part}"


def _row(item: Changed) -> tuple[str, ...]:
    return item.label, item.words, item.title, ", ".join(item.who)


def _as_data(item: Changed) -> dict[str, Any]:
    return {
        "id": item.label, "title": item.title, "opened": item.is_new, "state": item.state, "priority": item.priority,
        "owner": item.owner, "said": item.said, "broken": item.broken, "at_risk": item.at_risk, "notes": item.notes,
        "at": item.at, "by": list(item.who), "words": item.words,
    }  # fmt: skip
