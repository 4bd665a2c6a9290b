"""`watchfloor windows`: what is in maintenance, what is to come, and what is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.printing import add_store_arguments, open_store, print_json, print_table
from console.cli.then import add_at_argument, at
from core.operations.windows.as_of import windows_at
from core.operations.windows.queries import windows
from core.operations.windows.when import local_words
from core.printable import printable
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import datetime

    from core.operations.windows.model import Window


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `windows`."""
    add_store_arguments(parser)
    add_at_argument(parser)
    parser.add_argument("--all", action="store_true", help="those that are over, too")
    parser.add_argument("--plain", action="store_true", help="print a sentence for each, without columns")


def run(options: argparse.Namespace) -> int:
    """Prints windows; returns 1 where one is not begun or not ended in time, for no agent was there."""
    now, then = utc_now(), None
    with open_store(options) as store:
        if options.at is not None:
            then = at(store, options.at)
            now = then.instant
            found = store.read(windows_at, then.seq, over=options.all)
        else:
            found = store.read(windows, over=options.all)
    if then is not None and not options.json:
        print(then.words)
    print_windows(options, found, now)
    return 1 if any(each.standing(now) != each.state for each in found) else 0


def print_windows(options: argparse.Namespace, found: Sequence[Window], now: datetime) -> None:
    """Prints windows in the form that was asked for."""
    nothing = (
        "No maintenance window." if options.all else "Nothing is in maintenance, and nothing is planned."
    )
    if options.json:
        print_json([as_data(each, now) for each in found])
        return
    if options.plain:
        for each in found:
            print(printable(sentence(each, now), 1000))
        if not found:
            print(nothing)
        return
    print_table(
        ("ID", "STANDING", "BEGINS", "ENDS", "IN", "COVERS", "OWNER", "REASON", "AGAIN", "VERSION"),
        [
            (
                w.label, w.standing(now), f"{w.begins_at:%Y-%m-%d %H:%M}Z", f"{w.over_at:%Y-%m-%d %H:%M}Z", w.left(now) or "-",
                w.scope.words, w.owner, w.reason, w.rule or "-", w.version,
            )
            for w in found
        ],
        nothing,
    )  # fmt: skip


def sentence(window: Window, now: datetime) -> str:
    """Returns a window in one sentence."""
    again = f"; again {window.rule}" if window.recurs else ""
    return (
        f"{window.label} {window.standing(now)}: {window.scope.words}, from {local_words(window.begins_at, window.zone)} to "
        f"{local_words(window.over_at, window.zone)}; {window.owner}: {window.reason}{again}; version {window.version}"
    )


def as_data(window: Window, now: datetime) -> dict[str, Any]:
    """Returns a window as JSON holds it."""
    names = (
        "owner", "reason", "zone", "begins_at", "ends_at", "every", "at", "last_on", "began_at", "made_at", "made_by", "ended_at", "ended_by",
    )  # fmt: skip
    return {
        "id": window.label, "version": window.version, "state": window.state, "standing": window.standing(now),
        "components": window.scope.components, "services": window.scope.services, "zones": window.scope.zones,
        **{name: getattr(window, name) for name in names},
    }  # fmt: skip
