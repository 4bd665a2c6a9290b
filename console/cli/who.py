"""`watchfloor who`: which consoles are open now, whose they are, and what each has open or writes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.printing import add_store_arguments, open_store, print_json, print_table
from core.counting import counted
from core.errors import BadInput
from core.presence.model import GONE_S, silent_s
from core.presence.queries import everyone
from core.timekeeping import age, utc_now

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from core.presence.model import Present


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `who`."""
    add_store_arguments(parser)
    parser.add_argument(
        "subject", nargs="?", metavar="SUBJECT",
        help="only who has this open or writes in it: I-7, PR-31, A-118, or a component",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Prints who is here; with a subject who has it open, and 1 when nobody has."""
    wanted = options.subject
    if wanted is not None and not wanted.strip():
        raise BadInput("an empty text is no subject", next_step="Name one, as I-7, or leave it out")
    with open_store(options) as store:
        known = store.read(everyone)
    now = utc_now()
    here = [each for each in known if silent_s(each, now) < GONE_S]
    found = [each for each in here if wanted is None or _has_open(each, wanted.strip())]
    found.sort(key=lambda each: (each.actor, each.since, each.seat))
    if options.json:
        print_json([as_data(each, now) for each in found])
    else:
        print_table(
            ("PERSON", "HAS OPEN", "WRITES", "SINCE", "HEARD", "WHERE"),
            [_line(each, now) for each in found],
            "Nobody is here." if wanted is None else f"Nobody has {wanted} open.",
        )
        _tell_of_silent(len(known) - len(here))
    return 0 if found or wanted is None else 1


def _has_open(each: Present, wanted: str) -> bool:
    return each.has_open(wanted) or each.has_open(wanted.upper())


def _tell_of_silent(count: int) -> None:
    if count:
        was = "was" if count == 1 else "were"
        print(f"Not counted: {counted(count, 'console')} that {was} not heard of for {GONE_S:.0f} s.")


def _line(each: Present, now: datetime) -> tuple[object, ...]:
    since = age((now - each.since).total_seconds())
    return each.actor, each.open.words or "-", each.doing() or "-", since, age(silent_s(each, now)), each.host


def as_data(each: Present, now: datetime) -> dict[str, Any]:
    """Returns a console that is here as JSON holds it; `heard_s` is the age of its last sign of life."""
    return {
        "person": each.actor, "seat": each.seat, "where": each.host, "view": each.open.view,
        "open": each.open.subject, "writes_in": each.edited, "writing": each.doing(), "since": each.since,
        "heard_s": round(silent_s(each, now), 1),
    }  # fmt: skip
