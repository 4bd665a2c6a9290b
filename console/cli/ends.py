"""`watchfloor ends`: whatever weakens control and ends soon, with its owner and reason; what has no end, or is past it, first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from console.cli.printing import add_store_arguments, open_store, print_json, print_table
from console.cli.words import whole
from core.endings.queries import endings
from core.printable import printable
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from core.endings.model import Ending

DAYS = 7
MOST_DAYS = 3660


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `ends`."""
    add_store_arguments(parser)
    parser.add_argument("--days", type=whole, default=DAYS, help=f"what ends within so many days ({DAYS})")
    parser.add_argument("--plain", action="store_true", help="print a sentence for each, without columns")


def run(options: argparse.Namespace) -> int:
    """Prints what ends; returns 1 where something is past its end or has none."""
    now, days = utc_now(), min(options.days, MOST_DAYS)
    with open_store(options) as store:
        found = store.read(endings, now, now + timedelta(days=days))
    nothing = f"Nothing that weakens control ends within {days} days."
    if options.json:
        print_json([as_data(each, now) for each in found])
    elif options.plain:
        for each in found:
            print(printable(sentence(each, now), 1000))
        if not found:
            print(nothing)
    else:
        print_table(
            ("ENDS", "SORT", "ID", "WHAT", "OWNER", "REASON", "STANDING"),
            [
                (
                    e.end, e.sort, e.subject, e.what, e.owner or "nobody", e.reason or "-",
                    e.standing(now),
                )
                for e in found
            ],
            nothing,
        )  # fmt: skip
    return 1 if any(each.needs_somebody(now) for each in found) else 0


def sentence(ending: Ending, now: datetime) -> str:
    """Returns what ends in one sentence."""
    end = f"ends {ending.end}" if ending.ends_at else ending.end
    return (
        f"{ending.subject} {ending.sort}, {ending.standing(now)}: {ending.what}; {end}; "
        f"{ending.owner or 'nobody'}: {ending.reason or 'no reason is known'}"
    )


def as_data(ending: Ending, now: datetime) -> dict[str, Any]:
    """Returns what ends as JSON holds it."""
    return {
        "sort": ending.sort, "id": ending.subject, "what": ending.what, "owner": ending.owner, "reason": ending.reason,
        "ends_at": ending.ends_at, "standing": ending.standing(now), "is_past": ending.is_past(now),
    }  # fmt: skip
